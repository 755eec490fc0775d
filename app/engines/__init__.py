"""The private engines, Valkey and PostgreSQL, as owned processes.

A process calls `attach(home, config.engines)` and works with the URLs it yields. When no URL is
configured, a keeper process (one per home, holder of `HOME/engines/engines.lock`) runs the engines
for as long as anybody is attached.
"""

from app.engines.attach import attach
from app.engines.contracts import EngineUrls

__all__ = ["EngineUrls", "attach"]

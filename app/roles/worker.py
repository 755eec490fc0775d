"""The worker: stands for leader, refreshes at every tick while it leads, works through the jobs.

Any number of workers may run; PostgreSQL and Valkey may go and come back at any time.
"""

from __future__ import annotations

import os
import signal
import threading

from app.config import Config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.roles.layer_work import layer_handlers
from app.roles.working import start

_GRACE_S = 2.0


def work(config: Config, urls: EngineUrls) -> None:
    """Work until SIGTERM or SIGINT, then end within three seconds."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    services = compose(config, urls)
    services.definitions.begin()
    services.definitions.watch(stop)
    threads = start(services, urls, stop, layer_handlers(services))
    stop.wait()
    for thread in threads:
        thread.join(_GRACE_S / len(threads))
    # Threads of runs under way must not hold the process: a run that is cut off is caught up on.
    os._exit(0)

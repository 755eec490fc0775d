"""What every command shares: its options, and the opened program behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli.options import ConfigOption, HomeOption, JsonOption, read_config
from app.engines.attach import attach
from app.engines.contracts import EngineUrls
from app.logs import configure_logs
from app.main import compose
from app.migrations import upgrade
from app.services import Services

__all__ = ["ConfigOption", "HomeOption", "JsonOption", "opened", "opened_on", "read_config"]


@contextmanager
def opened(home: Path | None, config: Path | None) -> Iterator[Services]:
    """Join or start the engines of the home, bring the database up to date, and compose."""
    with opened_on(home, config) as (services, _):
        yield services


@contextmanager
def opened_on(home: Path | None, config: Path | None) -> Iterator[tuple[Services, EngineUrls]]:
    """The same, and where the engines answer."""
    settings = read_config(home, config)
    configure_logs(settings.log, role="cli")
    with attach(settings.home_path, settings.engines) as urls:
        upgrade(urls.postgres)
        services = compose(settings, urls)
        services.definitions.refresh()
        yield services, urls

"""What every command shares: its options, and the opened program behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.config import Config, load_config
from app.engines.attach import attach
from app.logs import configure_logs
from app.main import compose, prepare_database
from app.services import Services

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="运行数据目录,默认取配置文件中的 home")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="配置文件,默认为当前目录的 config.toml")
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON,供脚本使用")]


def read_config(home: Path | None, config: Path | None) -> Config:
    """The configuration a command works with: the named file, ./config.toml, or all defaults."""
    beside = Path("config.toml")
    chosen = config if config is not None else (beside if beside.exists() else None)
    return load_config(chosen, home=home)


@contextmanager
def opened(home: Path | None, config: Path | None) -> Iterator[Services]:
    """Join or start the engines of the home, bring the database up to date, and compose."""
    settings = read_config(home, config)
    configure_logs(settings.log, role="cli")
    with attach(settings.home_path, settings.engines) as urls:
        prepare_database(urls)
        yield compose(settings, urls)

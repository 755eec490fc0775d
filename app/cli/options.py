"""The options every command shares, and reading the configuration; imports nothing heavy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.config import Config, load_config

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="运行数据目录,默认取配置文件中的 home")
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="配置文件,默认为当前目录的 config.toml")
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON,供脚本使用")]


def find_config(config: Path | None) -> Path | None:
    """The configuration file of a command: the named one, else ./config.toml, else none."""
    beside = Path("config.toml")
    return config if config is not None else (beside if beside.exists() else None)


def read_config(home: Path | None, config: Path | None) -> Config:
    """The configuration a command works with: the named file, ./config.toml, or all defaults."""
    return load_config(find_config(config), home=home)

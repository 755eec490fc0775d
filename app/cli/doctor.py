"""`tonglan doctor`: what is missing or wrong on this machine, and how to mend it."""

from __future__ import annotations

import dataclasses

import orjson
import typer
from rich.console import Console

from app.cli.checks import Check, check_all
from app.cli.options import ConfigOption, HomeOption, JsonOption, read_config

_MARKS = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "bad": "[red]✗[/]"}


def run(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """检查缺少什么、怎么补;有不能运行的问题时退出状态为 1。"""
    checks = list(check_all(read_config(home, config)))
    if as_json:
        rows = [dataclasses.asdict(one) for one in checks]
        typer.echo(orjson.dumps({"items": rows, "ok": not _bad(checks)}).decode())
    else:
        _show(checks)
    if _bad(checks):
        raise typer.Exit(1)


def _bad(checks: list[Check]) -> bool:
    return any(one.state == "bad" for one in checks)


def _show(checks: list[Check]) -> None:
    console = Console(highlight=False)
    for one in checks:
        console.print(f"{_MARKS[one.state]} {one.name}:", end="")
        console.print(one.found, markup=False, soft_wrap=True)
        if one.fix:
            console.print(f"    → {one.fix}", markup=False, soft_wrap=True)
    bad = sum(one.state == "bad" for one in checks)
    warn = sum(one.state == "warn" for one in checks)
    console.print(f"\n{len(checks)} 项检查:{bad} 项须处理,{warn} 项提醒")

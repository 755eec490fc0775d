"""`tonglan cases`: cases from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.case_report import show_imported
from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.cli.show import show_json, show_line
from app.errors import BadRequest
from app.intake.tables import CaseTables, read_options
from app.security.people import AuditEvent
from app.security.subjects import operator

group = typer.Typer(add_completion=False, no_args_is_help=True, help="事件")


@group.callback()
def _cases() -> None:
    """事件。"""


@group.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV 或 Excel;首行写列名")],
    crs: Annotated[str, typer.Option("--crs", help="坐标系:EPSG:编号、gcj02 或 bd09")] = "",
    dates: Annotated[str, typer.Option("--dates", help="日期写法:ymd 或 mdy")] = "ymd",
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """登记一个表里的事件,逐行说明没有收的;再导入一次不会重复登记。"""
    options = read_options(crs, dates)
    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise BadRequest(f"读不到 {file}({wrong.strerror});请检查路径") from wrong
    with opened(home, config) as services:
        who = operator().id
        services.audit.append(AuditEvent(who, "case.import", file.name))
        _, found = CaseTables(services).take(file.name, content, options, who)
    show_imported(file.name, found, as_json=as_json)


@group.command("check")
def check(
    repair: Annotated[bool, typer.Option("--repair", help="按经过重建不一致的列表行")] = False,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """核对事件列表与逐步经过是否一致。"""
    with opened(home, config) as services:
        differing = services.cases.store.differing(repair=repair)
    if as_json:
        show_json({"differing": differing, "repaired": repair})
    elif not differing:
        show_line("事件列表与经过一致")
    else:
        done = "已按经过重建" if repair else "加 --repair 按经过重建"
        show_line(f"有 {len(differing)} 个事件的列表行与经过不一致;{done}")
    if differing and not repair:
        raise typer.Exit(1)

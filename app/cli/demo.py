"""`tonglan demo`: more for the demo city than its first start makes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.case_report import show_imported
from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.cli.show import show_json, show_line
from app.demo.cases import YEAR_CASES, seed_year
from app.demo.replay import replay
from app.errors import BadRequest
from app.security.people import AuditEvent
from app.security.subjects import operator

group = typer.Typer(add_completion=False, no_args_is_help=True, help="示例城市")


@group.callback()
def _demo() -> None:
    """示例城市。"""


@group.command("replay-cases")
def replay_cases(
    file: Annotated[Path, typer.Argument(help="纽约 311 Service Requests 的 CSV 原文件")],
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """把一份真实的 311 投诉当作示例城市近一年的事件。"""
    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise BadRequest(f"读不到 {file}({wrong.strerror});请检查路径") from wrong
    with opened(home, config) as services:
        services.audit.append(AuditEvent(operator().id, "case.replay", file.name))
        found = replay(services.cases, content, until=datetime.now(UTC))
    show_imported(file.name, found, as_json=as_json)


@group.command("cases")
def year_of_cases(
    year: Annotated[bool, typer.Option("--year", help="近一年的事件,约 50,000 个")] = False,
    count: Annotated[
        int, typer.Option("--count", min=1, max=200_000, help="补到多少个")
    ] = YEAR_CASES,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """把示例城市近一年的事件补足到 5 万个(几分钟);再运行一次不会重复。"""
    if not year:
        raise BadRequest("请写明 --year:首次启动已有近 60 天的事件,这个命令补足近一年的")
    with opened(home, config) as services:
        added = seed_year(services, datetime.now(UTC), count)
        services.audit.append(AuditEvent(operator().id, "case.demo-year", str(added)))
    if as_json:
        show_json({"added": added})
    else:
        show_line(
            f"补了 {added:,} 个示例事件" if added else "近一年的示例事件已经有这么多,没有再补"
        )

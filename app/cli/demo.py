"""`tonglan demo`: more for the demo city than its first start makes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.case_report import show_imported
from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
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

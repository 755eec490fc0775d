"""`tonglan audit`: look at the audit trail and prove that nobody changed it."""

from __future__ import annotations

import json
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from app.cli.context import opened
from app.cli.options import ConfigOption, HomeOption, JsonOption
from app.cli.show import show_json, show_line, show_table
from app.security.people import AuditRecord

group = typer.Typer(help="审计记录", no_args_is_help=True, rich_markup_mode=None)

_SHOWN_IN = ZoneInfo("Asia/Shanghai")


@group.command("verify", help="核验审计记录没有被改动、删除、插入或截断")
def verify(
    as_json: JsonOption = False, home: HomeOption = None, config: ConfigOption = None
) -> None:
    """Check the whole chain; a fault is an error naming the row."""
    with opened(home, config) as services:
        end = services.audit.verify()
    if as_json:
        show_json({"ok": True, "count": end.count, "hash": end.hash})
        return
    show_line(f"审计记录完整:共 {end.count} 条,末条校验值 {end.hash[:16]}…")


@group.command("list", help="最近的审计记录")
def list_events(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="条数")] = 50,
    actor: Annotated[str | None, typer.Option("--actor", help="只看谁做的")] = None,
    action: Annotated[str | None, typer.Option("--action", help="只看哪类,如 login、user")] = None,
    about: Annotated[
        str | None, typer.Option("--object", help="只看对什么做的,如图层、上传单的编号")
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the newest events first."""
    with opened(home, config) as services:
        records = services.audit.list(limit=limit, actor=actor, action=action, about=about)
    if as_json:
        show_json({"items": [_record_json(one) for one in records], "next": None})
        return
    show_table(
        ("序号", "时间", "谁", "做了什么", "对象", "结果", "来自"),
        (
            (
                str(one.seq),
                f"{one.at.astimezone(_SHOWN_IN):%Y-%m-%d %H:%M:%S}",
                one.actor,
                one.action,
                one.object,
                one.outcome,
                one.address,
            )
            for one in records
        ),
    )


def _record_json(record: AuditRecord) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(record, name) for name in AuditRecord.__slots__}
    return {**values, "at": record.at.isoformat(), "detail": json.loads(record.detail)}

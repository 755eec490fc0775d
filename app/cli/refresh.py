"""`tonglan refresh [ID]`: bring values in now and say how it went."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.roles.refreshing import asked_for, refresh_runner
from app.security.people import AuditEvent
from app.security.subjects import operator
from app.services import Services
from topics.kit.errors import BadManifest
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.runs import RunRecord


def run(
    refresher: Annotated[
        str | None, typer.Argument(help="取数任务或专题编号;不写为全部", metavar="[ID]")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="只试一次,失败不重试")] = False,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """立即取数一次并给出结果;有任务失败时退出状态为 1。"""
    with opened(home, config) as services:
        chosen = _chosen(services, refresher)
        _note(services, refresher)
        records = [_refreshed(services, one, once=once) for one in chosen]
    if as_json:
        typer.echo(json.dumps({"items": [_shown(one) for one in records]}, ensure_ascii=False))
    else:
        _print(records)
    if any(not one.ok for one in records):
        raise typer.Exit(1)


def _chosen(services: Services, wanted: str | None) -> list[RefresherSpec]:
    pulling = [one for one in services.catalogue.refreshers() if one.kind != "push"]
    if wanted is None:
        return pulling
    found = [one for one in pulling if wanted in (one.id, one.id.partition(".")[0])]
    if not found:
        known = "、".join(one.id for one in pulling)
        raise BadManifest(f"没有取数任务 {wanted!r};现有:{known}")
    return found


def _note(services: Services, wanted: str | None) -> None:
    services.audit.append(AuditEvent(operator().id, "refresher.run", object=wanted or "*"))


def _refreshed(services: Services, spec: RefresherSpec, *, once: bool) -> RunRecord:
    record = refresh_runner(services).run(spec, retries=0 if once else None)
    services.events.append([asked_for(record, by=operator().id)])
    return record


def _shown(record: RunRecord) -> dict[str, Any]:
    return {
        "refresher": record.refresher,
        "ok": record.ok,
        "error": record.error or None,
        "read": record.read,
        "kept": record.kept,
        "refused": record.refused,
        "refusals": [{"row": one.row, "reason": one.reason} for one in record.refusals],
        "started": record.started.isoformat(),
        "finished": record.finished.isoformat() if record.finished else None,
    }


def _print(records: list[RunRecord]) -> None:
    table = Table("任务", "结果", "读到", "有变化", "拒收", "说明", box=None)
    for one in records:
        first = f"第 {one.refusals[0].row} 行:{one.refusals[0].reason}" if one.refusals else ""
        table.add_row(
            one.refresher,
            "完成" if one.ok else "失败",
            str(one.read),
            str(one.kept),
            str(one.refused),
            one.error or first,
        )
    Console().print(table)
    for one in records:
        if not one.ok:
            Console(stderr=True).print(f"{one.refresher}:{one.error}", markup=False)

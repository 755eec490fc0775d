"""`tonglan refresh [ID]`: bring values in now and say how it went."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.roles.refresh_jobs import require_by_time
from app.roles.refreshing import asked_for, refresh_runner, scheduled
from app.security.people import AuditEvent
from app.security.subjects import operator
from app.services import Services
from topics.kit.errors import BadManifest, BadPeriod
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.span import Span, span_of
from topics.kit.runs import RunRecord


def run(
    refresher: Annotated[
        str | None, typer.Argument(help="取数任务或专题编号;不写为全部", metavar="[ID]")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="补跑起日,如 2026-10-01", metavar="日期")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="补跑止日(含);不写为起日当天", metavar="日期")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="只试一次,失败不重试")] = False,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """立即取数一次并给出结果;写 --from、--to 则补跑这些天;有任务失败时退出状态为 1。"""
    with opened(home, config) as services:
        chosen = _chosen(services, refresher)
        span = _span(chosen, refresher, first, last)
        _note(services, refresher, span)
        if span is None:
            records = [_refreshed(services, one, once=once) for one in chosen]
        else:
            records = _filled(services, chosen[0], span)
    if as_json:
        typer.echo(json.dumps({"items": [_shown(one) for one in records]}, ensure_ascii=False))
    else:
        _print(records)
    if any(not one.ok for one in records):
        raise typer.Exit(1)


def _chosen(services: Services, wanted: str | None) -> list[RefresherSpec]:
    pulling = [one for one in scheduled(services) if one.kind != "push"]
    if wanted is None:
        return pulling
    found = [one for one in pulling if wanted in (one.id, one.id.partition(".")[0])]
    if not found:
        known = "、".join(one.id for one in pulling)
        raise BadManifest(f"没有取数任务 {wanted!r};现有:{known}")
    return found


def _span(
    chosen: list[RefresherSpec], wanted: str | None, first: str | None, last: str | None
) -> Span | None:
    if first is None and last is None:
        return None
    if first is None:
        raise BadPeriod("补跑要写起日;例如 --from 2026-10-01 --to 2026-10-15")
    if len(chosen) != 1 or wanted != chosen[0].id:
        raise BadManifest("补跑一次一个取数任务;请写出任务编号,如 ecology.air_hourly")
    require_by_time(chosen[0])
    return span_of(first, last or first, now=datetime.now(UTC))


def _filled(services: Services, spec: RefresherSpec, span: Span) -> list[RunRecord]:
    """Read the days of the span one after the other, telling each on stderr."""
    runner, records = refresh_runner(services), []
    for day in span.days():
        records.append(runner.run(spec, span=day))
        Console(stderr=True).print(f"补跑 {day}:{records[-1].error or '完成'}", markup=False)
    return records


def _note(services: Services, wanted: str | None, span: Span | None) -> None:
    detail = {"span": str(span)} if span else {}
    event = AuditEvent(operator().id, "refresher.run", object=wanted or "*", detail=detail)
    services.audit.append(event)


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
        "notes": list(record.notes),
        "span": record.span or None,
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

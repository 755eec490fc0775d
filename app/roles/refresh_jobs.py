"""The jobs about refreshers: run one now, read past days again.

Each may be killed at any moment and is simply done again: what is stored stays as it is.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from app.roles.refreshing import asked_for
from app.services import Services
from topics.kit.errors import BadManifest, RefresherPaused, RefreshFailed
from topics.kit.eventlog import Event, EventKind
from topics.kit.jobs import Handler, Job, Progress
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.runner import RefreshRunner
from topics.kit.refresh.span import span_of

_GIVES_UP_AFTER = 3
"""Days in a row that fail: then the source is away and the rest would fail too."""


def refresh_now(services: Services, runner: RefreshRunner) -> Handler:
    """The handler of REFRESH_JOB."""

    def handle(job: Job, _: threading.Event, __: Progress) -> Any:
        spec = _named(services, job)
        record = runner.run(spec)
        services.events.append([asked_for(record, by=_by(job))])
        return {"run": record.id, "ok": record.ok, "error": record.error, "kept": record.kept}

    return handle


def backfill(services: Services, runner: RefreshRunner) -> Handler:
    """The handler of BACKFILL_JOB: one run a day, in order; its result counts them."""

    def handle(job: Job, cancelled: threading.Event, progress: Progress) -> Any:
        spec = _named(services, job)
        require_by_time(spec)
        first, last = str(job.payload["from"]), str(job.payload["to"])
        span = span_of(first, last, now=datetime.now(UTC))
        days = list(span.days())
        done, kept, errors, in_row = 0, 0, list[str](), 0
        for number, day in enumerate(days):
            if cancelled.is_set():
                break
            progress(f"补跑 {day}", number, len(days))
            record = runner.run(spec, span=day)
            done, kept = done + 1, kept + record.kept
            in_row = 0 if record.ok else in_row + 1
            if not record.ok:
                errors.append(f"{day}:{record.error}")
            if in_row == _GIVES_UP_AFTER:
                break
        services.events.append([_told(spec, job, str(span), done, kept, len(errors))])
        if in_row == _GIVES_UP_AFTER or (errors and len(errors) == done):
            good = done - len(errors)
            raise RefreshFailed(
                f"补跑完成 {good} 天,失败 {len(errors)} 天,已停止;最后一次:{errors[-1]}"
            )
        return {"days": done, "of": len(days), "kept": kept, "failed": errors[:20]}

    return handle


def require_by_time(spec: RefresherSpec) -> None:
    """Return when the past can be asked of the source; else BadManifest says how it could."""
    if not spec.by_time:
        raise BadManifest(
            f"{spec.id} 不能补跑:来源没有按时间取数的写法;请在 topic.toml 的 path 或 query 里写 "
            "{from}、{to}(http、sql 来源)"
        )


def require_on(services: Services, refresher: str) -> None:
    """Return when the refresher is on; else RefresherPaused says who switched it off and why."""
    pause = services.refreshers.paused().get(refresher)
    if pause is not None:
        raise RefresherPaused(f"{refresher} 已停用({pause.reason});请先在“数据接入”页启用")


def _named(services: Services, job: Job) -> RefresherSpec:
    spec = services.catalogue.refresher(str(job.payload["refresher"]))
    if spec is None:
        raise BadManifest(f"没有取数任务 {job.payload['refresher']!r};它可能已从专题中删除")
    require_on(services, spec.id)
    return spec


def _by(job: Job) -> str:
    return str(job.payload.get("by", "system"))


def _told(spec: RefresherSpec, job: Job, span: str, days: int, kept: int, failed: int) -> Event:
    return Event(
        EventKind.REFRESHER_ASKED,
        spec.id,
        topic=spec.id.partition(".")[0],
        data={"span": span, "days": days, "kept": kept, "failed": failed},
        actor=_by(job),
        at=datetime.now(UTC),
    )

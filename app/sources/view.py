"""A refresher as the API tells it: state, schedule, runs; never a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from app.api.people_names import PeopleNames
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from layers.contracts import Classification
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.periods import ZONE
from topics.kit.refresh.circuit import opens_until
from topics.kit.refresh.contracts import SourceSettings
from topics.kit.refresh.held import HeldBatch, HeldState
from topics.kit.runs import Pause, RunRecord
from topics.kit.schedule import schedule_of

_RANK = {one: rank for rank, one in enumerate(Classification)}
_LATE_AFTER = 3  # intervals without success

STATES = {
    "open": "熔断",
    "failed": "失败",
    "late": "迟",
    "never": "未取过",
    "ok": "正常",
    "push": "推送",
    "off": "停用",
}
"""What a refresher's lamp says, worst first."""

KINDS = {
    "http": "接口",
    "sql": "数据库",
    "file": "文件夹",
    "push": "推送",
    "layer": "图层统计",
    "python": "专题程序",
    "cases": "由事件计算",
}
CAUSES = {
    "schedule": "按时",
    "catch-up": "补取",
    "retry": "重试",
    "manual": "人工",
    "backfill": "补跑",
}
HELD_STATES = {
    HeldState.HELD: "待确认",
    HeldState.RELEASED: "已确认入库",
    HeldState.DISCARDED: "已作废",
    HeldState.SUPERSEDED: "已被后来的批次取代",
}


def resource(services: Services, spec: RefresherSpec, kind: str = "refresher") -> Resource:
    """What a refresher is to `may`: internal at least, and as secret as what it brings."""
    topic = services.catalogue.topic_of(spec.id)
    brought = [services.catalogue.indicator(one).classification for one in spec.produces]
    secrecy = max([Classification.INTERNAL, *brought], key=_RANK.__getitem__)
    return Resource(kind, spec.id, topic.id, secrecy, topic.demo)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about all refreshers at one moment."""

    latest: Mapping[str, RunRecord]
    paused: Mapping[str, Pause]
    held: Mapping[str, int]
    durations: Mapping[str, Sequence[tuple[float, bool]]]
    sources: Mapping[str, SourceSettings]
    now: datetime

    def state(self, spec: RefresherSpec) -> str:
        """A key of STATES."""
        if spec.id in self.paused:
            return "off"
        schedule = schedule_of(spec)
        if schedule is None:
            return "push"
        last = self.latest.get(spec.id)
        if last is None or (last.ok is None and last.last_ok is None and not last.failures_in_row):
            return "never"
        if last.failures_in_row:
            until = opens_until(last, schedule.interval)
            return "open" if until is not None else "failed"
        patience = schedule.interval * _LATE_AFTER + spec.timeout
        return "late" if last.last_ok and last.last_ok + patience < self.now else "ok"


def standing(services: Services, sources: Mapping[str, SourceSettings]) -> Standing:
    """Ask the stores once for all refreshers."""
    return Standing(
        services.runs.latest(),
        services.refreshers.paused(),
        services.held.open(),
        services.runs.durations(30),
        sources,
        datetime.now(UTC),
    )


def source_json(
    services: Services, spec: RefresherSpec, known: Standing, subject: Subject, names: PeopleNames
) -> dict[str, Any]:
    """One refresher with its latest run."""
    topic = services.catalogue.topic_of(spec.id)
    last, pause = known.latest.get(spec.id), known.paused.get(spec.id)
    state = known.state(spec)
    indicators = [services.catalogue.indicator(one) for one in spec.produces]
    own = {one.owner for one in indicators} if indicators else {topic.topic.owner}
    return {
        "id": spec.id,
        "kind": spec.kind,
        "kind_title": KINDS[spec.kind],
        "topic": {"id": topic.id, "title": topic.topic.title},
        "source": spec.source or spec.layer or "",
        "source_title": "、".join(dict.fromkeys(one.source for one in indicators)),
        "owner": "、".join(services.organisations.name(one) for one in sorted(own)),
        "indicators": [{"id": one.id, "title": one.title} for one in indicators],
        "schedule": spec.schedule,
        "state": state,
        "state_title": STATES[state],
        "rank": list(STATES).index(state),
        "failures": last.failures_in_row if last else 0,
        "last_ok": _at(last.last_ok if last else None),
        "next": _at(_next(spec, state, last, known.now)),
        "last": run_json(last) if last else None,
        "durations": [[round(one, 3), ok] for one, ok in known.durations.get(spec.id, ())],
        "held": known.held.get(spec.id, 0),
        "by_time": spec.by_time,
        "pause": None if pause is None else _pause(pause, names),
        "may": rights(services, spec, subject),
    }


def rights(services: Services, spec: RefresherSpec, subject: Subject) -> dict[str, bool]:
    """What the person may do with it: take values now; decide (switch, release, discard)."""
    return {
        "refresh": bool(may(subject, Action.REFRESH, resource(services, spec))),
        "decide": bool(may(subject, Action.PUBLISH, resource(services, spec, "observation"))),
    }


def setup_json(spec: RefresherSpec, known: Standing) -> list[dict[str, str]]:
    """How the source is asked, in words; where it is, but never with which secret."""
    source = known.sources.get(spec.source)
    told = [
        ("地址", _place(source)),
        ("鉴权", _auth(spec, source)),
        ("路径", spec.path),
        ("查询", spec.query),
        ("文件", spec.glob),
        ("分页", spec.paging.kind if spec.paging else ""),
        ("递增列", spec.watermark),
        ("超时与重试", f"{spec.timeout.total_seconds():g} 秒,{spec.retry} 次"),
    ]
    return [{"name": name, "text": text} for name, text in told if text]


def run_json(run: RunRecord) -> dict[str, Any]:
    """One run."""
    seconds = run.duration.total_seconds() if run.duration is not None else None
    return {
        "id": run.id,
        "cause": run.cause,
        "cause_title": CAUSES.get(run.cause, run.cause),
        "started": _at(run.started),
        "finished": _at(run.finished),
        "seconds": seconds,
        "ok": run.ok,
        "error": run.error,
        "read": run.read,
        "kept": run.kept,
        "refused": run.refused,
        "refusals": [{"row": one.row, "reason": one.reason} for one in run.refusals],
        "notes": list(run.notes),
        "bytes": run.bytes,
        "http_status": run.http_status,
        "watermark": run.watermark,
        "span": run.span,
    }


def held_json(batch: HeldBatch, names: PeopleNames) -> dict[str, Any]:
    """One batch kept aside."""
    return {
        "id": batch.id,
        "at": _at(batch.at),
        "reason": batch.reason,
        "count": batch.count,
        "seen": batch.seen,
        "state": batch.state,
        "state_title": HELD_STATES[batch.state],
        "decided_by": names.shown(batch.decided_by),
        "decided_at": _at(batch.decided_at),
        "note": batch.note,
    }


def _next(
    spec: RefresherSpec, state: str, last: RunRecord | None, now: datetime
) -> datetime | None:
    schedule = schedule_of(spec)
    if schedule is None or state == "off":
        return None
    until = opens_until(last, schedule.interval)
    begin = max(now, until) if until is not None else now
    found: datetime | None = schedule.trigger().get_next_fire_time(None, begin)
    return found


def _pause(pause: Pause, names: PeopleNames) -> dict[str, Any]:
    return {"reason": pause.reason, "by": names.shown(pause.by), "at": _at(pause.at)}


def _place(source: SourceSettings | None) -> str:
    """Where a source is: scheme, host and path; no user, password or query."""
    if source is None or not source.url:
        return "没有登记(config.toml [sources])"
    if "://" not in source.url:
        return source.url
    parts = urlsplit(source.url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or '本机'}{port}{parts.path}"


def _auth(spec: RefresherSpec, source: SourceSettings | None) -> str:
    if source is None or not (source.secret or source.secret_file):
        return ""
    shown = source.auth if spec.kind == "http" else "数据库口令"
    return f"{shown}({'环境变量' if source.secret else '口令文件'})"


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat()

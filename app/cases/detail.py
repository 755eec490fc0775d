"""A case with all that its page shows: steps, tasks, clocks, what may be done, whom to give it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.api.people_names import PeopleNames
from app.cases.people import CaseDoors
from app.cases.rows import CaseRows
from app.cases.words import due_text, event_text, took_text
from app.security.contracts import Subject
from app.services import Services
from layers.export.masks import mask
from topics.kit.cases.contracts import Case, CaseEvent, CaseState
from topics.kit.cases.fold import apply
from topics.kit.cases.limits import read_limit
from topics.kit.cases.lines import line_of
from topics.kit.cases.machine import Option
from topics.kit.cases.near import LikelyCase
from topics.kit.errors import UncoveredYear
from topics.kit.words.clock import local
from topics.kit.words.lasting import lasting
from topics.kit.worktime.clock import Pause

_SOURCE_NOTE = "未核实,可改"
_OWN = frozenset({"签收", "处置", "反馈", "申请延期"})  # who takes it knows whose it is


class CaseDetail:
    """Writes one case for one person."""

    def __init__(self, services: Services, doors: CaseDoors, rows: CaseRows) -> None:
        """Use the stores and tables of `services`."""
        self._services = services
        self._doors = doors
        self._rows = rows
        self._names = PeopleNames(services)
        self.units = rows.units

    def full(
        self,
        case: Case,
        events: Sequence[CaseEvent],
        subject: Subject,
        now: datetime,
        as_of: datetime | None = None,
    ) -> dict[str, Any]:
        """The row of the case and everything else; a past moment offers no steps."""
        line = line_of(case, events[0].at)
        return {
            **self._rows.row(line, subject, now, as_of),
            "contact": self._contact(case, subject),
            **self._rules(case),
            "tasks": self._tasks(case, now),
            "timeline": self._timeline(events),
            "allowed": [] if as_of is not None else self._allowed(case, subject, now),
            "duplicates": [] if as_of is not None else self.likely(case, subject, now),
            "suggestions": self._suggestion(case),
            "clocks": self._clocks(case, events, now),
            "asked": self._asked(case.asked),
            "below": [] if as_of is not None else self._below(case),
            "doubt": case.report.data.get("doubt", ""),
            "reopened": case.reopened,
            "now": local(now).isoformat(),
        }

    def _below(self, case: Case) -> list[dict[str, str]]:
        """Where the case may be sent down to from who holds it now."""
        return [
            {"code": one, "name": self._rows.region_name(one)}
            for one in self._services.cases.lands.below(case.holder)
        ]

    def likely(self, case: Case, subject: Subject, now: datetime) -> list[dict[str, Any]]:
        """Open cases that may be the same; only a person says so."""
        if not case.open:
            return []
        sight = self._doors.sight(subject)
        return [_likely(one) for one in self._services.cases.likely(case.report, case.id, sight)]

    def _contact(self, case: Case, subject: Subject) -> str:
        contact = case.report.contact
        if not contact or self._doors.writes(subject, case):
            return contact
        return mask(mask(contact, "phone"), "text") if any(c.isdigit() for c in contact) else "****"

    def _rules(self, case: Case) -> dict[str, Any]:
        cases, report = self._services.cases, case.report
        category = cases.categories.find(report.category, report.at)
        local_rule = cases.clocks.local(report.category)
        limit = case.limit or cases.clocks.limit(report)
        opens, closes = (cases.clocks.condition(report, word) for word in ("立案", "结案"))
        own = category is not None and category.limit is not None
        verified = bool(limit) and own and category is not None and category.verified
        return {
            "opens": opens or "未规定",
            "closes": closes or "未规定",
            "limit_text": limit or "未规定",
            "limit_verified": verified,
            "limit_note": "" if verified or not limit else _SOURCE_NOTE,
            "limit_source": (category.source if own and category else "")
            or (local_rule.source if local_rule else ""),
        }

    def _tasks(self, case: Case, now: datetime) -> list[dict[str, Any]]:
        return [
            {
                "unit": one.unit,
                "name": self._rows.units.name(one.unit),
                "lead": one.lead,
                "state": one.state.value,
                "due": None if one.due is None else local(one.due).isoformat(),
                "due_text": _done_text(one.done_at, one.due)
                if one.done_at is not None
                else due_text(one.due, now, one.due_note or case.due_note),
                "overdue": one.due is not None and (one.done_at or now) > one.due,
                "limit_text": one.limit or "未规定",
                "done": one.done,
                "asked": self._asked(one.asked),
            }
            for one in case.tasks
        ]

    def _timeline(self, events: Sequence[CaseEvent]) -> list[dict[str, Any]]:
        found, case = [], None
        for event in events:
            before, case = case, apply(case, event)
            took = None
            if before is not None and before.state is not case.state and before.since is not None:
                took = (event.at - before.since).total_seconds()
            found.append(
                {
                    "at": local(event.at).isoformat(),
                    "step": event.step.value,
                    "text": event_text(event, self._rows.units.name),
                    "actor_name": self._names.name(event.actor),
                    "unit_name": self._rows.units.name(case.unit),
                    "state": case.state.value,
                    "note": event.note,
                    "photos": [
                        f"/api/v1/case-photos/{one}" for one in event.data.get("photos", ())
                    ],
                    "took_text": took_text(took),
                }
            )
        return found

    def _allowed(self, case: Case, subject: Subject, now: datetime) -> list[dict[str, Any]]:
        person = self._doors.person_or_none(subject, case)
        if person is None:
            return []
        return [
            {
                "to": one.word,
                "label": one.label if not one.unit or one.word in _OWN else self._about(one),
                "needs": list(one.needs),
                "why": one.why,
                "unit": one.unit,
            }
            for one in self._services.cases.allowed(case, person, now)
        ]

    def _about(self, one: Option) -> str:
        return f"{one.label}({self._rows.units.name(one.unit)})"

    def _suggestion(self, case: Case) -> dict[str, Any]:
        found = self._services.cases.suggest(case.report)
        name = self._rows.units.name
        return {
            "unit": found.unit,
            "unit_name": name(found.unit),
            "support": list(found.support),
            "support_names": [name(one) for one in found.support],
            "why": found.why,
            "verified": found.verified,
        }

    def _asked(self, asked: tuple[datetime, datetime, str] | None) -> dict[str, Any] | None:
        if asked is None:
            return None
        at, until, note = asked
        return {"at": local(at).isoformat(), "until": local(until).isoformat(), "note": note}

    def _clocks(
        self, case: Case, events: Sequence[CaseEvent], now: datetime
    ) -> list[dict[str, Any]]:
        stages = self._services.cases.clocks.stages
        began = events[0].at
        ends = case.closed_at or now
        found = [
            self._clock(
                "立案", began, case.filed_at, case.file_due, str(stages.get("立案", "")), now
            )
        ]
        if case.filed_at:
            found.append(
                self._clock(
                    "派遣", case.filed_at, case.dispatched_at, case.dispatch_due,
                    str(stages.get("派遣", "")), now,
                )
            )  # fmt: skip
        if case.dispatched_at:
            found.append(
                self._clock(
                    "处置", case.dispatched_at, case.answered_at, case.handle_due, case.limit, now,
                    case.pauses, case.state is CaseState.SUSPENDED,
                )
            )  # fmt: skip
        if case.respond_limit and case.dispatched_at:
            found.append(
                self._clock(
                    "到场或回复", case.dispatched_at, case.responded_at, case.respond_due,
                    case.respond_limit, now, case.pauses, case.state is CaseState.SUSPENDED,
                )
            )  # fmt: skip
        if case.answered_at:
            found.append(
                self._clock(
                    "核查", case.answered_at, case.closed_at, case.check_due,
                    str(stages.get("核查", "")), ends,
                )
            )  # fmt: skip
        return found

    def _clock(
        self,
        stage: str,
        started: datetime,
        ended: datetime | None,
        due: datetime | None,
        limit: str,
        now: datetime,
        pauses: Sequence[tuple[datetime, datetime | None]] = (),
        stands: bool = False,
    ) -> dict[str, Any]:
        until = ended or now
        unit = read_limit(limit).unit if limit else "小时"
        held = [one for one in pauses if one[0] < until]
        try:
            used = self._services.cases.clocks.work.used(
                started, until, unit, [Pause(*one) for one in held]
            )
            used_text = lasting(used)
        except UncoveredYear:
            used_text = "工作日历缺年份"
        return {
            "stage": stage,
            "started": local(started).isoformat(),
            "ended": None if ended is None else local(ended).isoformat(),
            "due": None if due is None else local(due).isoformat(),
            "used_text": used_text,
            "limit_text": limit or "未规定",
            "overdue": due is not None and until > due,
            "paused": stands,
            "pauses": [
                {
                    "from": local(begin).isoformat(),
                    "to": None if end is None else local(end).isoformat(),
                    "why": "停表",
                }
                for begin, end in held
            ],
        }


def _done_text(done: datetime, due: datetime | None) -> str:
    if due is None or done <= due:
        return "已完成"
    return f"已完成,超期 {lasting(done - due)}"


def _likely(one: LikelyCase) -> dict[str, Any]:
    line = one.line
    return {
        "id": line.id,
        "number": line.number,
        "text": line.text,
        "place": line.place,
        "state": line.state,
        "distance_m": round(one.likely.distance_m),
        "minutes": round(one.likely.apart / timedelta(minutes=1)),
    }

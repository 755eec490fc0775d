"""A case as one row of a list, in JSON ready to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.alerts.sight import AlertSight
from app.cases.units import Units
from app.cases.words import due_text
from app.security.contracts import Subject
from app.services import Services
from layers.errors import StoreUnavailable
from topics.kit.cases.contracts import CaseState, CategoryKey, stage_of
from topics.kit.cases.lines import CaseLine
from topics.kit.cases.reports import SOURCES
from topics.kit.words.clock import local


class CaseRows:
    """Writes rows; names are those of the case's day."""

    def __init__(self, services: Services) -> None:
        """Use the tables and stores of `services`."""
        self._services = services
        self.units = Units(services.organisations, services.regions)

    def rows(
        self,
        lines: Sequence[CaseLine],
        subject: Subject,
        now: datetime,
        as_of: datetime | None = None,
    ) -> list[dict[str, Any]]:
        """The rows of a page for one person, who may see less of what is linked than of the case.

        督办 stand there for those who are signed in. What is linked is looked up once for all.
        """
        known = [] if subject.anonymous else [line.id for line in lines]
        directives = self._directives(known, as_of, now)
        sight = AlertSight(self._services, subject)
        return [self._row(line, now, directives, as_of, sight) for line in lines]

    def row(
        self, line: CaseLine, subject: Subject, now: datetime, as_of: datetime | None = None
    ) -> dict[str, Any]:
        """One row."""
        return self.rows([line], subject, now, as_of)[0]

    def _row(
        self,
        line: CaseLine,
        now: datetime,
        directives: Mapping[str, dict[str, Any]],
        as_of: datetime | None,
        sight: AlertSight,
    ) -> dict[str, Any]:
        state = CaseState(line.state)
        stage = stage_of(state)
        place = self._services.regions.find(line.region)
        county = self._services.regions.find(line.county)
        on = local(line.reported_at).date()
        return {
            "id": line.id,
            "number": line.number,
            "category": self.category(line.category, line.reported_at),
            "state": state.value,
            "stage": "" if stage is None else stage.value,
            "region": line.region,
            "region_name": "" if place is None else place.name,
            "county": line.county,
            "county_name": "" if county is None else county.name,
            "holder": line.holder,
            "holder_name": self.region_name(line.holder),
            "place": line.place or ("" if place is None else place.name),
            "text": line.text,
            "lon": line.longitude,
            "lat": line.latitude,
            "at": local(line.reported_at).isoformat(),
            "source": line.source,
            "source_title": SOURCES.get(line.source, line.source),
            "unit": line.unit,
            "unit_name": self.units.name(line.unit, on),
            "support": [self._support(line, n, now, on) for n in range(len(line.support))],
            **self.clock(line, now),
            "alert": self._alert(line.alert, as_of, sight),
            "directive": directives.get(line.id),
            "drill": line.drill,
            "demo": line.demo,
            "photos": line.photos,
            "reworks": line.reworks,
            "merged_into": line.merged_into,
            "version": line.version,
        }

    def region_name(self, code: str) -> str:
        """What people call a region, village or grid; its code where it is unknown."""
        found = self._services.regions.find(code)
        return code if found is None else found.name

    def _support(self, line: CaseLine, number: int, now: datetime, on: date) -> dict[str, Any]:
        """A 协办 with its own clock."""
        unit, due, done = (
            line.support[number], line.support_due[number], line.support_done[number],
        )  # fmt: skip
        note = line.due_note if line.state == CaseState.SUSPENDED.value else "未规定时限"
        return {
            "unit": unit,
            "name": self.units.name(unit, on),
            "due": None if due is None else local(due).isoformat(),
            "due_text": "已反馈" if done else due_text(due, now, note),
            "overdue": due is not None and (done or now) > due,
            "done": done is not None,
        }

    def clock(self, line: CaseLine, now: datetime) -> dict[str, Any]:
        """When it is due, whether its clock runs, and which of its clocks is past due.

        `overdue` is what lists filter by: any of them, 协办 too (those say it of themselves).
        """
        if not line.open:
            none = {"overdue": False, "own_overdue": False, "respond_overdue": False}
            return {"due": None, "due_text": line.state, **none, "clock": "stopped"}
        paused = line.state == CaseState.SUSPENDED.value
        return {
            "due": None if line.due is None else local(line.due).isoformat(),
            "due_text": due_text(line.due, now, line.due_note),
            "overdue": line.overdue(now),
            "own_overdue": line.due is not None and line.due < now,
            "respond_overdue": line.unanswered(now),
            "clock": "paused" if paused else "stopped" if line.due is None else "running",
        }

    def category(self, key: CategoryKey, at: datetime) -> dict[str, Any]:
        """A category as people know it on that day."""
        categories = self._services.cases.categories
        found, major = categories.find(key, at), categories.major(key, at)
        return {
            "key": str(key),
            "name": key.code if found is None else found.name,
            "major": "" if major is None else major.name,
            "scheme": key.scheme,
            "kind": key.kind,
        }

    def _alert(
        self, alert: str | None, as_of: datetime | None, sight: AlertSight
    ) -> dict[str, Any] | None:
        if alert is None:
            return None
        try:
            found = self._services.alerts.find(alert, as_of=as_of)
        except StoreUnavailable:
            found = None
        if found is None or not sight.of(found):
            return {"id": alert, "level": None, "title": "监测告警", "open": False}
        return {
            "id": alert, "level": found.level.value, "title": found.title, "open": found.open,
        }  # fmt: skip

    def _directives(
        self, cases: Sequence[str], as_of: datetime | None, now: datetime
    ) -> dict[str, dict[str, Any]]:
        if not cases:
            return {}
        found = self._services.directives.open_about("case", cases, as_of=as_of)
        return {
            case: {
                "id": one.id,
                "state": one.state.value,
                "unit": one.unit,
                "unit_name": self.units.name(one.unit),
                "text": one.text,
                "reply": one.reply,
                "deadline": local(one.deadline).isoformat(),
                "due_text": due_text(one.deadline, now),
            }
            for case, one in found.items()
        }

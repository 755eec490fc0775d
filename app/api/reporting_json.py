"""Forms and filings as JSON, with names instead of ids and what the person may do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.api.people_names import PeopleNames
from app.services import Services
from topics.kit.period_labels import label
from topics.kit.periods import ZONE, local_start, spelt
from topics.kit.reporting.cells import read_cell
from topics.kit.reporting.checks import Finding, Known, check, unexplained
from topics.kit.reporting.contracts import Cell, Cells, Filing, Form, Place, Step
from topics.kit.reporting.history import last, reminders, standing
from topics.kit.reporting.machine import DONE, TITLES, Action, Person, allowed
from topics.kit.reporting.service import changed_places, digest, finding_json


def moment(at: datetime | None) -> str | None:
    """A moment on the clock of the city."""
    return None if at is None else at.astimezone(ZONE).isoformat(timespec="seconds")


class ReportJson:
    """Words filings for one person."""

    def __init__(self, services: Services) -> None:
        """Use the names of `services`."""
        self._services = services
        self._names = PeopleNames(services)

    def brief(
        self, form: Form, filing: Filing, steps: Sequence[Step], person: Person, now: datetime
    ) -> dict[str, Any]:
        """A line of the list."""
        handed = last(steps, Action.SUBMIT)
        told = reminders(steps)
        return {
            **self._head(form, now),
            "state": filing.state,
            "standing": standing(form, filing, steps, now),
            "filled": _filled(form, filing.cells),
            "cells": len(form.places()),
            "saved_by": self._names.shown(filing.saved_by),
            "saved_at": moment(filing.saved_at),
            "submitted_by": self._names.shown(handed.by) if handed else None,
            "submitted_at": moment(handed.at) if handed else None,
            "late_submission": bool(handed and handed.at > form.due_at and _first(steps) is handed),
            "reminders": len(told),
            "returned": _returned(filing, steps),
            "fills": person.fills,
            "reviews": person.reviews,
            "allowed": list(allowed(filing.state, person, filing.writers)),
        }

    def full(
        self,
        form: Form,
        filing: Filing,
        steps: Sequence[Step],
        person: Person,
        known: Mapping[Place, Known],
        now: datetime,
    ) -> dict[str, Any]:
        """Everything a person needs to fill in or review the form."""
        beside = self._services.reports.forms.neighbours(form)
        before = filing.accepted if filing.state in DONE else None
        return {
            **self.brief(form, filing, steps, person, now),
            "revision": filing.revision,
            "rows": [{"code": one.code, "name": one.name, "level": one.level} for one in form.rows],
            "columns": [
                {
                    "id": one.id,
                    "title": one.title,
                    "unit": one.unit,
                    "definition": one.definition,
                    "source": one.source,
                    "precision": one.precision,
                }
                for one in form.columns
            ],
            "last": {"label": label(beside.last, now=now), "period": spelt(beside.last)},
            "same": {"label": label(beside.same, now=now), "period": spelt(beside.same)},
            "known": {
                str(place): {"last": one.last, "same": one.same, "stored": one.stored}
                for place, one in known.items()
            },
            **self.cells(form, filing.cells, known),
            "changes": [] if before is None else self._changes(form, before, filing.cells),
            "steps": [self._step(one) for one in steps],
            "reminded": [self._step(one) for one in reminders(steps)],
            "receipt": self.receipt(form, steps),
        }

    def cells(self, form: Form, cells: Cells, known: Mapping[Place, Known]) -> dict[str, Any]:
        """The cells as typed and as read, and what is odd about them."""
        findings = check(form, cells, known)
        units = {one.id: one.unit for one in form.columns}
        return {
            "values": {
                str(place): {
                    "text": one.text,
                    "note": one.note,
                    "value": read_cell(one.text, units.get(place.indicator, "")).value,
                    "by": self._names.name(one.by) if one.by else "",
                    "at": one.at,
                }
                for place, one in cells.items()
            },
            "findings": [finding_json(one) for one in findings],
            "left": [f"{one.place}" for one in _distinct(unexplained(cells, findings))],
        }

    def receipt(self, form: Form, steps: Sequence[Step]) -> dict[str, Any] | None:
        """The receipt of what was last handed in."""
        step = last(steps, Action.SUBMIT)
        if step is None or step.cells is None:
            return None
        return {
            "number": step.detail.get("receipt", ""),
            "at": moment(step.at),
            "by": self._names.name(step.by),
            "digest": step.detail.get("digest", digest(form, step.cells)),
            "cells": len(form.places()),
            "filled": _filled(form, step.cells),
            "correction": step.from_state in DONE,
            "late": step.at > form.due_at,
        }

    def _head(self, form: Form, now: datetime) -> dict[str, Any]:
        spec = form.spec
        return {
            "form": spec.id,
            "title": spec.title,
            "topic": form.topic,
            "owner": {"id": spec.owner, "name": self._services.organisations.name(spec.owner)},
            "period": f"{local_start(form.period):%Y-%m}",
            "label": label(form.period, now=now),
            "opens_at": moment(form.opens_at),
            "due_at": moment(form.due_at),
        }

    def _step(self, one: Step) -> dict[str, Any]:
        return {
            "at": moment(one.at),
            "by": self._names.name(one.by),
            "action": one.action,
            "title": TITLES[Action(one.action)],
            "from": one.from_state,
            "to": one.to_state,
            "note": one.note,
            "receipt": one.detail.get("receipt"),
        }

    def _changes(self, form: Form, before: Cells, after: Cells) -> list[dict[str, Any]]:
        return [
            {
                "place": str(place),
                "before": before.get(place, Cell()).text,
                "after": after.get(place, Cell()).text,
            }
            for place in changed_places(before, after)
        ]


def _filled(form: Form, cells: Cells) -> int:
    units = {one.id: one.unit for one in form.columns}
    return sum(
        read_cell(cells.get(place, Cell()).text, units[place.indicator]).value is not None
        for place in form.places()
    )


def _first(steps: Sequence[Step]) -> Step | None:
    return next((one for one in steps if one.action == Action.SUBMIT), None)


def _returned(filing: Filing, steps: Sequence[Step]) -> str | None:
    step = steps[-1] if steps else None
    back = last(steps, Action.RETURN)
    waits = back is not None and back.to_state is filing.state and step is not None
    return back.note if waits and back is not None else None


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    return list({one.place: one for one in findings}.values())

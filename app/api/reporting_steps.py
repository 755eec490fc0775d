"""Steps of filings taken for somebody: one transaction for state, numbers and audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.api.people_names import PeopleNames
from app.api.reporting_json import moment
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.errors import FilingMoved
from topics.kit.reporting.contracts import Filing, Form, Place
from topics.kit.reporting.machine import Action, Person
from topics.kit.reporting.service import changed_places, written


class ReportSteps:
    """Saves drafts and takes steps."""

    def __init__(self, services: Services) -> None:
        """Use the stores of `services`."""
        self._services = services
        self._names = PeopleNames(services)

    def save(
        self,
        form: Form,
        texts: Mapping[Place, tuple[str, str]],
        person: Person,
        *,
        revision: int,
        actor: str,
        address: str = "",
    ) -> Filing:
        """Keep what was typed on top of `revision`; FilingMoved says who saved what meanwhile."""
        filing = self._at(form, revision, texts)
        now = datetime.now(UTC)
        reports = self._services.reports
        if person.id in filing.writers and filing.revision:
            return self._or_told(
                form, texts, lambda: reports.save(form, filing, texts, person, now=now)
            )
        event = self._event(actor, Action.SAVE, form, address, {"cells": len(texts)})

        def first() -> Filing:
            with self._services.audit.recording(event) as transaction:
                return reports.save(form, filing, texts, person, now=now, connection=transaction)

        return self._or_told(form, texts, first)

    def take(
        self,
        form: Form,
        action: Action,
        person: Person,
        *,
        revision: int,
        actor: str,
        note: str = "",
        address: str = "",
    ) -> Filing:
        """Take the step on `revision` or raise; accepted numbers are readable when it returns."""
        filing = self._at(form, revision, {}, binding=action is not Action.REMIND)
        reports = self._services.reports
        known = reports.forms.known(form)
        planned = reports.plan(
            form, filing, action, person, known, now=datetime.now(UTC), note=note
        )
        detail: dict[str, Any] = {
            "from": planned.step.from_state,
            "to": planned.step.to_state,
            "note": note,
        }
        if planned.step.detail.get("receipt"):
            detail["receipt"] = planned.step.detail["receipt"]
        if planned.rows:
            detail["rows"] = len(planned.rows)
        event = self._event(actor, action, form, address, detail)

        def taken() -> Filing:
            with self._services.audit.recording(event) as transaction:
                return reports.take(planned, connection=transaction)[0]

        done = self._or_told(form, {}, taken)
        if planned.rows:
            self._services.relay.relay()
        return done

    def _at(
        self,
        form: Form,
        revision: int,
        texts: Mapping[Place, tuple[str, str]],
        *,
        binding: bool = True,
    ) -> Filing:
        filing = self._services.report_store.find(form.spec.id, form.period)
        if binding and filing.revision != revision:
            raise self._told(form, texts, filing)
        return filing

    def _or_told(self, form: Form, texts: Mapping[Place, tuple[str, str]], do: Any) -> Filing:
        try:
            done: Filing = do()
        except FilingMoved:
            now = self._services.report_store.find(form.spec.id, form.period)
            raise self._told(form, texts, now) from None
        return done

    def _told(self, form: Form, texts: Mapping[Place, tuple[str, str]], now: Filing) -> FilingMoved:
        """What the second of two clerks is told: who, when, what stands there, what differs."""
        who = self._names.name(now.saved_by) if now.saved_by else "别人"
        mine = written(form, now.cells, texts, "", datetime.now(UTC))
        differing = changed_places(now.cells, mine) if texts else []
        at = now.saved_at
        when = f"{moment(at) or ''}"[11:16]
        text = f"{who} {when} 改过这张报表;您填的还在页面上,请看过对方的数后再保存"
        problem = {
            "revision": now.revision,
            "state": now.state,
            "by": who,
            "at": moment(at),
            "differing": [str(one) for one in differing],
            "cells": {
                str(place): {
                    "text": one.text,
                    "note": one.note,
                    "by": self._names.name(one.by) if one.by else "",
                    "at": one.at,
                }
                for place, one in now.cells.items()
            },
        }
        return FilingMoved(text, problem=problem)

    def _event(
        self, actor: str, action: Action, form: Form, address: str, detail: dict[str, Any]
    ) -> AuditEvent:
        named = f"{form.spec.id} {form.period.start:%Y-%m}"
        about = {"form": form.spec.id, "period": moment(form.period.start), **detail}
        return AuditEvent(actor, f"report.{action}", named, address=address, detail=about)

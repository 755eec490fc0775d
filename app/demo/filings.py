"""The demo city's bureaus have reported for some months: most in time, some late, some returned.

The numbers are those of the history, so that nothing is said twice; the newest period is left to
be filled in by whoever tries 报数, but for those that are done or wait for their review.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.services import Services
from topics.kit.reporting import calendar
from topics.kit.reporting.checks import Known, check
from topics.kit.reporting.contracts import Cell, Cells, Filing, Form, Place
from topics.kit.reporting.machine import Action, Person

_CLERK = Person("demo:clerk", fills=True)
_REVIEWER = Person("demo:reviewer", reviews=True)
_MONTHS = timedelta(days=120)
_LATE = {"water.supply_report": timedelta(days=2), "economy.revenue_report": timedelta(hours=9)}
_RETURNED = frozenset({"water.sewage_report", "economy.revenue_report"})
_WAITING = frozenset({"water.supply_report"})
_READY = frozenset({"market.complaints_report", "economy.revenue_report"})
_BACK = "与单位月报不符,请核对"
_REASON = "示例说明:按单位月报,已核对"


@dataclass(frozen=True, slots=True)
class _Times:
    """When a demo bureau did what."""

    handed_in: datetime
    returned: datetime
    again: datetime
    accepted: datetime


def seed_filings(services: Services, now: datetime) -> None:
    """File what is not filed yet; asking again adds nothing."""
    store = services.report_store
    for spec in services.reports.forms.specs():
        if not services.catalogue.topic_of(spec.id).demo or store.has_begun(spec.id):
            continue
        column = services.reports.forms.columns(spec)[0]
        since = calendar.start_of(spec, column, now - _MONTHS)
        for number, period in enumerate(calendar.owed(column, since, now)):
            form = services.reports.forms.form(spec, period)
            if number or spec.id in _WAITING | _READY:
                _file(services, form, now, waiting=not number and spec.id in _WAITING)
        store.begun(spec.id, now - _MONTHS)


def filings_seeded(services: Services) -> bool:
    """Whether every form of the demo topics has its history."""
    return all(
        services.report_store.has_begun(spec.id)
        for spec in services.reports.forms.specs()
        if services.catalogue.topic_of(spec.id).demo
    )


def _file(services: Services, form: Form, now: datetime, *, waiting: bool) -> None:
    filing = services.report_store.find(form.spec.id, form.period)
    if filing.revision:
        return
    known = services.reports.forms.known(form)
    at = _times(form)
    if at.accepted > now and not waiting:
        return
    if waiting:
        _hand_in(services, form, filing, known, min(at.handed_in, now - timedelta(hours=1)))
        return
    sheet = dict(_sheet(form, known))
    if form.spec.id in _RETURNED:
        # Somebody typed one county wrong; the review found it.
        wrong = form.places()[len(form.columns) * 3]
        slipped = sheet | {wrong: (_off(sheet[wrong][0]), _REASON)}
        filing = _typed(services, form, filing, known, slipped, at.handed_in)
        filing = _step(services, form, filing, Action.SUBMIT, _CLERK, known, at.handed_in)
        filing = _step(services, form, filing, Action.RETURN, _REVIEWER, known, at.returned, _BACK)
        filing = _typed(services, form, filing, known, sheet, at.again)
        filing = _step(services, form, filing, Action.SUBMIT, _CLERK, known, at.again)
    else:
        filing = _hand_in(services, form, filing, known, at.handed_in)
    _step(services, form, filing, Action.ACCEPT, _REVIEWER, known, at.accepted)


def _times(form: Form) -> _Times:
    due = form.due_at
    month = form.period.start.month
    early = timedelta(days=1 + month % 3, hours=3)
    handed = due + _LATE[form.spec.id] if form.spec.id in _LATE and month % 2 else due - early
    return _Times(
        handed,
        handed + timedelta(hours=2),
        handed + timedelta(hours=5),
        handed + timedelta(hours=20),
    )


def _hand_in(
    services: Services, form: Form, filing: Filing, known: Mapping[Place, Known], at: datetime
) -> Filing:
    filing = _typed(services, form, filing, known, dict(_sheet(form, known)), at)
    return _step(services, form, filing, Action.SUBMIT, _CLERK, known, at)


def _sheet(form: Form, known: Mapping[Place, Known]) -> Iterator[tuple[Place, tuple[str, str]]]:
    """The history's numbers, with a sentence where the checks ask for one."""
    texts = {
        place: (f"{known[place].stored:.6g}" if _has(known, place) else "-")
        for place in form.places()
    }
    cells: Cells = {place: Cell(text) for place, text in texts.items()}
    odd = {one.place for one in check(form, cells, known) if one.severity == "explain"}
    for place, text in texts.items():
        yield place, (text, _REASON if place in odd else "")


def _has(known: Mapping[Place, Known], place: Place) -> bool:
    return place in known and known[place].stored is not None


def _off(text: str) -> str:
    try:
        return f"{float(text) * 0.97:.5g}"
    except ValueError:
        return text


def _typed(
    services: Services,
    form: Form,
    filing: Filing,
    known: Mapping[Place, Known],
    texts: Mapping[Place, tuple[str, str]],
    at: datetime,
) -> Filing:
    cells: Cells = {place: Cell(text) for place, (text, _) in texts.items()}
    odd = {one.place for one in check(form, cells, known) if one.severity == "explain"}
    said = {
        place: (text, note or (_REASON if place in odd else ""))
        for place, (text, note) in texts.items()
    }
    return services.reports.save(form, filing, said, _CLERK, now=at)


def _step(
    services: Services,
    form: Form,
    filing: Filing,
    action: Action,
    person: Person,
    known: Mapping[Place, Known],
    at: datetime,
    note: str = "",
) -> Filing:
    planned = services.reports.plan(form, filing, action, person, known, now=at, note=note)
    # The history has said these numbers already, when they became known.
    return services.report_store.save(planned.after, planned.step)

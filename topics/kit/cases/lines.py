"""A case as one row of a list: what desks filter by and evaluations count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from topics.kit.cases.contracts import Case, CaseState, CategoryKey
from topics.kit.cases.transitions import TASKS_OPEN


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One row of the index; the fields are the columns of case_file. See `Case` for most.

    `county` is the six-digit county the region lies in (the city's code for the city itself);
    `recorded_at` is when we learned of it; `ended_at` when it was closed or voided. `support_due`
    and `support_done` stand beside `support`; `next_due` is the earliest due of whatever clock
    runs, `wake_at` when the program itself has to do something about it.
    """

    id: str
    number: str
    version: int
    source: str
    reference: str | None
    reporter: str
    scheme: str
    kind: str
    code: str
    major: str
    region: str
    county: str
    grid: str | None
    holder: str
    text: str
    place: str
    contact: str
    longitude: float | None
    latitude: float | None
    state: str
    unit: str | None
    support: tuple[str, ...]
    handlers: tuple[str, ...]
    reported_at: datetime
    recorded_at: datetime
    since: datetime
    accepted_at: datetime | None
    filed_at: datetime | None
    dispatched_at: datetime | None
    signed_at: datetime | None
    answered_at: datetime | None
    checked_at: datetime | None
    closed_at: datetime | None
    ended_at: datetime | None
    due: datetime | None
    due_note: str
    file_due: datetime | None
    dispatch_due: datetime | None
    handle_due: datetime | None
    check_due: datetime | None
    filed_by: str | None
    dispatched_by: str | None
    handled_by: str | None
    checked_by: str | None
    limit_text: str
    alert: str | None
    directive: str | None
    drill: bool
    demo: bool
    reworks: int
    returns: int
    extensions: int
    reopened: int
    photos: int
    merged_into: str | None
    support_due: tuple[datetime | None, ...]
    support_done: tuple[datetime | None, ...]
    respond_due: datetime | None
    responded_at: datetime | None
    next_due: datetime | None
    wake_at: datetime | None
    hidden: bool
    clocked_at: datetime | None

    @property
    def category(self) -> CategoryKey:
        """The category's key."""
        return CategoryKey(self.scheme, self.kind, self.code)

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.ended_at is None

    def overdue(self, now: datetime) -> bool:
        """Whether any clock that runs is past due: its own, 到场或回复, an open 协办's.

        What lists filter, count and mark by; `late_now` and `late_then` say the same in SQL.
        """
        return self.next_due is not None and self.next_due < now

    def unanswered(self, now: datetime) -> bool:
        """Whether the 主办 neither came nor answered within the time it was given for that."""
        due = self.respond_due
        late = due is not None and due < now and self.responded_at is None
        return late and self.overdue(now)


_COUNTY = 6


def line_of(case: Case, recorded_at: datetime) -> CaseLine:
    """The row of a case that was first recorded then."""
    report = case.report
    assert case.since is not None
    return CaseLine(
        id=case.id,
        number=case.number,
        version=case.version,
        source=report.source,
        reference=report.reference,
        reporter=report.reporter,
        scheme=report.category.scheme,
        kind=report.category.kind,
        code=report.category.code,
        major=report.category.code[:2],
        region=report.region,
        county=report.region[:_COUNTY],
        grid=report.grid,
        holder=case.holder,
        text=report.text,
        place=report.place,
        contact=report.contact,
        longitude=report.longitude,
        latitude=report.latitude,
        state=case.state.value,
        unit=case.unit,
        support=tuple(one.unit for one in case.tasks if not one.lead),
        handlers=case.handlers,
        reported_at=report.at,
        recorded_at=recorded_at,
        since=case.since,
        accepted_at=case.accepted_at,
        filed_at=case.filed_at,
        dispatched_at=case.dispatched_at,
        signed_at=case.signed_at,
        answered_at=case.answered_at,
        checked_at=case.checked_at,
        closed_at=case.closed_at,
        ended_at=None if case.open else case.since,
        due=case.due,
        due_note=case.due_note,
        file_due=case.file_due,
        dispatch_due=case.dispatch_due,
        handle_due=case.handle_due,
        check_due=case.check_due,
        filed_by=case.filed_by,
        dispatched_by=case.dispatched_by,
        handled_by=case.handler,
        checked_by=case.checked_by,
        limit_text=case.limit,
        alert=case.alert,
        directive=case.directive,
        drill=report.drill,
        demo=bool(report.data.get("demo")),
        reworks=case.reworks,
        returns=case.returns,
        extensions=case.extensions,
        reopened=case.reopened,
        photos=case.photos,
        merged_into=case.merged_into,
        support_due=tuple(one.due for one in case.tasks if not one.lead),
        support_done=tuple(one.done_at for one in case.tasks if not one.lead),
        respond_due=case.respond_due,
        responded_at=case.responded_at,
        next_due=_next_due(case),
        wake_at=_wake_at(case),
        hidden=bool(case.hidden),
        clocked_at=case.clocked_at,
    )


def beside_due(case: Case) -> datetime | None:
    """The earliest due of the clocks that run beside the case's own: 协办, 到场或回复."""
    if case.state not in TASKS_OPEN:
        return None
    dues = [one.due for one in case.tasks if not (one.lead or one.done)]
    dues += [case.respond_due] if case.responded_at is None else []
    return min((one for one in dues if one is not None), default=None)


def _next_due(case: Case) -> datetime | None:
    """The earliest due of the clocks that run."""
    if not case.open or case.state is CaseState.SUSPENDED:
        return None
    dues = (case.due, beside_due(case))
    return min((one for one in dues if one is not None), default=None)


def _wake_at(case: Case) -> datetime | None:
    if case.state is CaseState.SUSPENDED:
        return case.suspended_until
    return case.due if case.state is CaseState.COORDINATING else None


@dataclass(frozen=True, slots=True)
class Sight:
    """Which cases somebody may see: whole schemes, and of others only the public demo cases.

    With a `region` only those that lie in it, are held in it, or are given to its government.
    """

    schemes: tuple[str, ...] = ()
    demo_schemes: tuple[str, ...] = ()
    region: str = ""


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """What a list is asked for; empty means everything.

    `region` holds everything below it; `unit` as 主办 or 协办; `code` is a 小类 or 大类; `order` is
    "due" (the open ones by due, then those that ended) or "new"; `after` is the last row's place
    in that order, as the page before gave it.
    """

    sight: Sight
    states: tuple[CaseState, ...] = ()
    open: bool | None = None
    region: str = ""
    unit: str = ""
    scheme: str = ""
    kind: str = ""
    code: str = ""
    sources: tuple[str, ...] = ()
    alert: str = ""
    directive: str = ""
    handler: str = ""
    overdue: bool = False
    due_before: datetime | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    drill: bool | None = None
    order: str = "due"
    limit: int = 50
    after: Mapping[str, str] | None = None

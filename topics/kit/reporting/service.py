"""Filling in, handing in and accepting: the steps of filings over the store.

The caller asks `may`, records the audit and gives the transaction; a step is taken in it whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.errors import FilingIncomplete, StepRefused
from topics.kit.periods import ZONE, spelt
from topics.kit.reporting.cells import read_cell
from topics.kit.reporting.checks import Finding, Known, check, unexplained
from topics.kit.reporting.contracts import Cell, Cells, Filing, Form, Place, Step
from topics.kit.reporting.forms import Forms
from topics.kit.reporting.machine import EDITABLE, Action, Person, State, advance

SOURCE = "报数"
LONGEST_NOTE = 500


class ReportStore(Protocol):
    """Keeps filings and their steps; see PostgresReports."""

    def find(self, form: str, period: Period) -> Filing:
        """The filing; an untouched one of revision 0 where nobody has begun."""

    def save(self, filing: Filing, step: Step | None, *, connection: Any = None) -> Filing:
        """Store in place of its revision and log the step; FilingMoved when another stands."""

    def note(self, filing: Filing, step: Step, *, connection: Any = None) -> None:
        """Log a step that changes nothing of the filing."""


class Observations(Protocol):
    """Where accepted numbers go."""

    def append(
        self, observations: Sequence[Observation], *, run: str | None, connection: Any
    ) -> list[Observation]:
        """Store them in the caller's transaction."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A step that may be taken: the filing after it, and what is logged."""

    before: Filing
    after: Filing
    step: Step
    rows: tuple[Observation, ...] = ()


class Reports:
    """Takes the steps of filings."""

    def __init__(self, forms: Forms, store: ReportStore, observations: Observations) -> None:
        """Use the forms of the topics, the store of filings and that of observations."""
        self.forms = forms
        self._store = store
        self._observations = observations

    def save(
        self,
        form: Form,
        filing: Filing,
        texts: Mapping[Place, tuple[str, str]],
        person: Person,
        *,
        now: datetime,
        connection: Any = None,
    ) -> Filing:
        """Keep what the person typed: text and note by cell; the other cells stay.

        Raises StepRefused where nothing may be typed now, FilingMoved when somebody was faster.
        """
        state = advance(filing.state, Action.SAVE, person, filing.writers)
        cells = written(form, filing.cells, texts, person.id, now)
        writers = filing.writers
        if cells != filing.cells and person.id not in writers:
            writers = (*writers, person.id)
        after = replace(
            filing, state=state, cells=cells, writers=writers, saved_by=person.id, saved_at=now
        )
        begun = state is not filing.state
        step = _step(filing, Action.SAVE, person, state, now) if begun else None
        return self._store.save(after, step, connection=connection)

    def plan(
        self,
        form: Form,
        filing: Filing,
        action: Action,
        person: Person,
        known: Mapping[Place, Known],
        *,
        now: datetime,
        note: str = "",
    ) -> Planned:
        """What the step would do; StepRefused or FilingIncomplete when it may not be taken."""
        state = advance(filing.state, action, person, filing.writers, note)
        step = _step(filing, action, person, state, now, note)
        if action is Action.SUBMIT:
            return self._submit(form, filing, person, known, replace(step, cells=filing.cells))
        if action is Action.ACCEPT:
            after = replace(filing, state=state, accepted=filing.cells)
            rows = tuple(observations(form, filing, known))
            return Planned(filing, after, replace(step, cells=filing.cells), rows)
        if action is Action.CORRECT:
            return Planned(filing, replace(filing, state=state, writers=()), step)
        if action is Action.ABANDON:
            return Planned(filing, replace(filing, state=state, cells=filing.accepted or {}), step)
        return Planned(filing, replace(filing, state=state), step)

    def take(self, planned: Planned, *, connection: Any) -> tuple[Filing, list[Observation]]:
        """Take the step in the caller's transaction; the filing, and the values changed."""
        if planned.step.action == Action.REMIND:
            self._store.note(planned.before, planned.step, connection=connection)
            return planned.before, []
        saved = self._store.save(planned.after, planned.step, connection=connection)
        changed: list[Observation] = []
        if planned.rows:
            changed = self._observations.append(planned.rows, run=saved.id, connection=connection)
        return saved, changed

    def _submit(
        self,
        form: Form,
        filing: Filing,
        person: Person,
        known: Mapping[Place, Known],
        step: Step,
    ) -> Planned:
        findings = check(form, filing.cells, known)
        left = unexplained(filing.cells, findings)
        if left:
            raise FilingIncomplete(
                f"还有 {len({one.place for one in left})} 格要改正或说明;请按提示处理后再提交",
                problem={"findings": [finding_json(one) for one in left]},
            )
        if filing.accepted is not None and not changed_places(filing.accepted, filing.cells):
            raise StepRefused("更正没有改动任何数;请改正后再提交,或放弃更正")
        writers = filing.writers if person.id in filing.writers else (*filing.writers, person.id)
        detail = {
            "receipt": receipt_number(form, filing, step.at),
            "digest": digest(form, filing.cells),
            "findings": [finding_json(one) for one in findings if one.severity == "explain"],
        }
        after = replace(filing, state=step.to_state, writers=writers)
        return Planned(filing, after, replace(step, detail=detail))


def _step(
    filing: Filing, action: Action, person: Person, state: State, now: datetime, note: str = ""
) -> Step:
    return Step(filing.id, now, person.id, action.value, filing.state, state, note.strip())


def written(
    form: Form,
    cells: Cells,
    texts: Mapping[Place, tuple[str, str]],
    by: str,
    now: datetime,
) -> dict[Place, Cell]:
    """The cells with what somebody typed; places that the form has not are left out."""
    after = dict(cells)
    known = set(form.places())
    for place, (text, note) in texts.items():
        if place not in known:
            continue
        new = Cell(text.strip(), note.strip()[:LONGEST_NOTE], by, now.isoformat())
        if not new.same(cells.get(place)):
            after[place] = new
    return after


def changed_places(before: Cells, after: Cells) -> list[Place]:
    """Where the number or the sentence differs."""
    places = sorted({*before, *after})
    return [one for one in places if not after.get(one, Cell()).same(before.get(one))]


def observations(form: Form, filing: Filing, known: Mapping[Place, Known]) -> Sequence[Observation]:
    """The accepted numbers as the store takes them.

    A gap is stored only where no other source has a number: it never wipes out a good value, but
    a correction may take back what the same filing said.
    """
    rows = []
    for column in form.columns:
        for row in form.rows:
            place = Place(column.id, row.code)
            value = read_cell(filing.cells.get(place, Cell()).text, column.unit).value
            beside = known.get(place, Known())
            foreign = beside.stored is not None and beside.stored_source != SOURCE
            if value is None and foreign:
                continue
            status = ValueStatus.OK if value is not None else ValueStatus.MISSING
            rows.append(
                Observation(
                    column.id, row.code, form.period, value, status, column.unit, source=SOURCE
                )
            )
    return rows


def digest(form: Form, cells: Cells) -> str:
    """A SHA-256 over form, period and everything handed in: the same numbers, the same digest."""
    said = [[str(place), cells[place].text, cells[place].note] for place in sorted(cells)]
    text = json.dumps([form.spec.id, spelt(form.period), said], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def receipt_number(form: Form, filing: Filing, at: datetime) -> str:
    """The number on the receipt: the day, six signs of the filing, which change it was."""
    return f"BS{at.astimezone(ZONE):%Y%m%d}-{filing.id[:6].upper()}-{filing.revision + 1}"


def editable(state: State) -> bool:
    """Whether cells may be typed in now."""
    return state in EDITABLE


def finding_json(one: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {
        "place": str(one.place),
        "kind": one.kind,
        "severity": one.severity,
        "text": one.text,
        "suggest": one.suggest,
    }

"""Cases for everybody who reports, moves or asks: machine, clocks and store together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from topics.kit.cases.boards import Board, Funnel
from topics.kit.cases.categories import CaseCategories
from topics.kit.cases.contracts import Case, CaseEvent, CaseState, Report
from topics.kit.cases.duplicates import DuplicateRules, box_around
from topics.kit.cases.fold import fold
from topics.kit.cases.lands import Places, RegionLands
from topics.kit.cases.limits import CaseClocks
from topics.kit.cases.lines import CaseLine, CaseQuery, Sight
from topics.kit.cases.machine import (
    SYSTEM,
    Option,
    Order,
    Person,
    advance,
    begin,
    open_words,
    options,
)
from topics.kit.cases.near import LikelyCase, likely_of, spot_of
from topics.kit.cases.reports import KEPT_IN_DOUBT, wrong_of
from topics.kit.cases.routing import Routing, Suggestion
from topics.kit.cases.settling import clocked_again, woken
from topics.kit.errors import BadCase, CaseMoved, UnknownCase
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_case_map import CaseMap, Window
from topics.kit.stores.postgres_cases import PostgresCases, Written, written


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report came to; not new when its reference had made the case before."""

    case: Case
    new: bool


class Cases:
    """The cases of the city. Whether somebody may ask at all is the caller's to decide (`may`)."""

    def __init__(
        self,
        store: PostgresCases,
        lists: PostgresCaseLists,
        categories: CaseCategories,
        clocks: CaseClocks,
        routing: Routing,
        regions: RegionTree,
        *,
        dispatches: bool = False,
        duplicates: DuplicateRules | None = None,
        places: Places | None = None,
    ) -> None:
        """`dispatches`: a filed case whose duty is clear goes to its unit by itself."""
        self.store = store
        self.lists = lists
        self.categories = categories
        self.clocks = clocks
        self.routing = routing
        self.regions = regions
        self.lands = RegionLands(regions)
        self.dispatches = dispatches
        self.duplicates = duplicates
        self.places = places
        self._clocked: object = None  # the calendar's years when dues were last looked at anew

    def report(self, report: Report, *, now: datetime, connection: Any = None) -> Reported:
        """The case of the report; the same source and reference never make two.

        Of an alert: never two that are open. Raises UnknownCategory, UnknownRegion and BadCase for
        what cannot be; the text says how it should be.
        """
        self.check(report, now)
        with self.store.writing(connection) as transaction:
            for _ in range(2):
                known = self._known(report, transaction)
                if known is not None:
                    return Reported(self.require(known), new=False)
                report = self._placed(report)
                first = self._first(report, transaction, now)
                if self.store.add(first, transaction):
                    return Reported(first.after, new=True)
        # Somebody else reported the same and is about to commit: theirs is the case.
        raise CaseMoved("同一来源、同一编号的事件正由另一个请求登记;请稍后重试")

    def check(self, report: Report, now: datetime) -> None:
        """Raise what is wrong with a report: UnknownCategory, UnknownRegion, BadCase."""
        problems = dict(wrong_of(report, now))
        if problems:
            raise BadCase(
                ";".join(problems.values()),
                problem={"errors": [{"item": k, "problem": v} for k, v in problems.items()]},
            )
        self.categories.require(report.category, report.at)
        self.regions.require(report.region, report.at.astimezone(ZONE).date())

    def move(
        self,
        case: str,
        order: Order,
        person: Person,
        *,
        now: datetime,
        version: int | None = None,
        connection: Any = None,
    ) -> Case:
        """The case after the step; `version` is the one that the person saw, where known.

        Raises UnknownCase, CaseMoved, CaseStepRefused (both name the steps that are open) and
        BadCase. Of two people at once one is told.
        """
        log = self._log(case, connection)
        found = fold(log)
        assert found is not None
        if version is not None and version != found.version:
            raise self._overtaken(found, person, now)
        if order.into is not None:
            order = replace(order, into=self.require(order.into).id)
        first, at = log[0].at, max(now, log[-1].at)
        event = advance(found, order, person, self.clocks, self.lands, at)
        steps = [written(found, event, first)]
        steps += self._by_itself(steps[-1], at)
        try:
            with self.store.writing(connection) as transaction:
                self.store.append(steps, transaction)
        except CaseMoved as moved:
            if connection is not None:
                raise  # the caller's transaction is over: nothing more may be asked in it
            raise self.overtaken(case, person, now) from moved
        return steps[-1].after

    def overtaken(self, case: str, person: Person, now: datetime) -> CaseMoved:
        """What the second of two people is told: where the case stands and what is open."""
        return self._overtaken(self.require(case), person, now)

    def require(self, name: str, as_of: datetime | None = None) -> Case:
        """The case of that id or number, as of a moment; raises UnknownCase."""
        found = self.find(name, as_of)
        if found is None:
            raise UnknownCase(f"没有事件 {name[:40]!r};请从事件列表中选择")
        return found

    def find(self, name: str, as_of: datetime | None = None) -> Case | None:
        """The case of that id or number, as of a moment; None when there is none (yet)."""
        if "\x00" in name:
            return None
        found = self.store.find(name, as_of)
        if found is not None:
            return found
        known = self.store.id_of(name)
        return None if known is None or known == name else self.store.find(known, as_of)

    def events(self, case: str, as_of: datetime | None = None) -> list[CaseEvent]:
        """The steps of the case (by id), oldest first."""
        return self.store.events(case, as_of)

    def allowed(self, case: Case, person: Person, now: datetime) -> tuple[Option, ...]:
        """Every step that starts where the case stands, with why this person may not take it."""
        return tuple(
            replace(one, needs=(*one.needs, "confirmed"))
            if self.clocks.condition(case.report, one.word)
            else one
            for one in options(case, person, now)
        )

    def board(self, query: CaseQuery, *, now: datetime, as_of: datetime | None = None) -> Board:
        """One page of a list."""
        return self.lists.board(query, now, as_of=as_of)

    def on_map(
        self, query: CaseQuery, now: datetime, window: Window, *, as_of: datetime | None = None
    ) -> CaseMap:
        """Where all cases of a list lie, as of now or of a past moment."""
        return self.lists.on_map(query, now, window, as_of=as_of)

    def funnel(self, sight: Sight, since: datetime, until: datetime, region: str = "") -> Funnel:
        """The loop in [since, until), drills left out."""
        return self.lists.funnel(sight, since, until, region=region)

    def of_alerts(self, alerts: Sequence[str]) -> dict[str, CaseLine]:
        """The newest case of each alert that has one."""
        return self.store.of_alerts(alerts)

    def likely(self, report: Report, case: str, sight: Sight) -> list[LikelyCase]:
        """Open cases that may be the same thing, nearest first; only a person says so."""
        spot = spot_of(report, case)
        if self.duplicates is None or spot is None:
            return []
        rule = self.duplicates.nearness(report.category)
        lines = self.lists.around(
            sight,
            report.category,
            box_around(spot, rule.metres),
            (report.at - rule.within, report.at + rule.within),
        )
        return likely_of(self.duplicates, spot, lines)

    def suggest(self, report: Report) -> Suggestion:
        """To whom the table of duties gives the case, and why."""
        return self.routing.suggest(report.category, self._path(report))

    def settle(self, now: datetime, batch: int = 200) -> list[Case]:
        """What time alone brings: 挂账 that is over, 协调 that took too long goes to the place.

        All that are due for it, and dues that the calendar hid until now are told.
        """
        work, years = self.lists.work, self.clocks.work.calendar.years
        if years != self._clocked:
            _, whole = clocked_again(work, self.store, self.clocks, now, batch)
            self._clocked = years if whole else None

        def move(line: CaseLine, order: Order) -> Case:
            return self.move(line.id, order, SYSTEM, now=now, version=line.version)

        return woken(work, move, self._to_place, now, batch)

    def _to_place(self, line: CaseLine) -> Order:
        place = self.routing.territory([one.code for one in self.regions.path(line.region)])
        return Order("派遣", note=place.why, unit=place.unit)

    def _by_itself(self, step: Written, at: datetime) -> list[Written]:
        """Where the program dispatches: what follows the filing of a case."""
        if not self.dispatches or step.after.state is not CaseState.FILED:
            return []
        if step.after.returns or step.after.reopened:
            return []  # a person decides about what came back
        found = self.suggest(step.after.report)
        order = (
            Order("协调", note=found.why)
            if found.unit is None
            else Order("派遣", note=found.why, unit=found.unit, support=found.support)
        )
        event = advance(step.after, order, SYSTEM, self.clocks, self.lands, at)
        return [written(step.after, event, step.recorded_at)]

    def _overtaken(self, case: Case, person: Person, now: datetime) -> CaseMoved:
        words = open_words(case, person, now)
        return CaseMoved(
            f"事件刚被别人处理过,现在是“{case.state}”;您现在可以:{'、'.join(words) or '无'}",
            problem={"allowed": words, "state": case.state.value, "version": case.version},
        )

    def _placed(self, report: Report) -> Report:
        """With its grid; a point outside its region is refused, or kept to be verified."""
        longitude, latitude = report.longitude, report.latitude
        if self.places is None or longitude is None or latitude is None:
            return report
        if report.grid is None:
            report = replace(report, grid=self.places.grid(longitude, latitude))
        wrong = self.places.outside(report.region, longitude, latitude)
        if not wrong:
            return report
        if report.source not in KEPT_IN_DOUBT:
            raise BadCase(wrong, problem={"errors": [{"item": "lon", "problem": wrong}]})
        return replace(report, data={**report.data, "doubt": wrong})

    def _known(self, report: Report, transaction: Any) -> str | None:
        if report.reference is None:
            return None
        return self.store.reported(report.source, report.reference, transaction)

    def _first(self, report: Report, transaction: Any, now: datetime) -> Written:
        day = now.astimezone(ZONE).date()
        number = f"{day:%Y-%m%d}-{self.store.number(day, transaction):04d}"
        first = begin(
            uuid.uuid4().hex, number, report, self.clocks, now, self._first_holder(report)
        )
        return written(None, first)

    def _first_holder(self, report: Report) -> str:
        """What a grid's own people report begins at the grid; all else at its region."""
        if report.source != "grid-app" or not report.grid:
            return report.region
        known = self.regions.find(report.grid)
        return report.region if known is None else known.code

    def _path(self, report: Report) -> list[str]:
        return [one.code for one in self.regions.path(report.region)]

    def _log(self, name: str, connection: Any = None) -> list[CaseEvent]:
        """The steps of the case of that id or number; raises UnknownCase."""
        # What the caller's transaction made is seen by nobody else yet: it knows the id.
        if connection is not None and (own := self.store.events(name, None, connection)):
            return own
        known = None if "\x00" in name else self.store.id_of(name)
        if known is None:
            raise UnknownCase(f"没有事件 {name[:40]!r};请从事件列表中选择")
        return self.store.events(known)

"""The forms of the topics, for one period at a time, and what is known beside their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation, Period, Region
from topics.kit.errors import BadPeriod, UnknownReport
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_reports import ReportSpec
from topics.kit.period_labels import label
from topics.kit.period_texts import parse_period
from topics.kit.periods import a_year_before, end_of, local_start
from topics.kit.reading import ListedValues
from topics.kit.regions import RegionTree
from topics.kit.reporting import calendar
from topics.kit.reporting.checks import Known
from topics.kit.reporting.contracts import Form, Place


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The periods that a form is compared with."""

    last: Period
    same: Period


class Forms:
    """Makes forms of what the manifests declare."""

    def __init__(self, catalogue: Catalogue, regions: RegionTree, values: ListedValues) -> None:
        """Use the topics, the regions and the stored values."""
        self._catalogue = catalogue
        self._regions = regions
        self._values = values

    def specs(self) -> tuple[ReportSpec, ...]:
        """Every form there is."""
        return self._catalogue.reports()

    def spec(self, form: str) -> ReportSpec:
        """The form; UnknownReport when no manifest declares it."""
        found = self._catalogue.report(form)
        if found is None:
            raise UnknownReport(f"没有报表 {form!r};请从“报数”页面选择")
        return found

    def columns(self, spec: ReportSpec) -> tuple[IndicatorSpec, ...]:
        """Its indicators."""
        return tuple(self._catalogue.indicator(one) for one in spec.indicators)

    def form(self, spec: ReportSpec, period: Period) -> Form:
        """The form for a period."""
        day = local_start(period).date()
        rows: list[Region] = []
        kinds = {one.sites for one in self.columns(spec)}
        for level in spec.levels:
            found = self._regions.at_level(level, day)
            rows += [one for one in found if not one.kind or one.kind in kinds]
        return Form(
            spec=spec,
            topic=self._catalogue.topic_of(spec.id).id,
            period=period,
            rows=tuple(rows),
            columns=self.columns(spec),
            opens_at=end_of(period),
            due_at=calendar.due_at(spec, period),
        )

    def read(self, form: str, period: str, now: datetime) -> Form:
        """The form that an address names; UnknownReport when it has no such period yet."""
        spec = self.spec(form)
        column = self.columns(spec)[0]
        try:
            found = parse_period(period, column.period_kind)
        except BadPeriod as wrong:
            raise UnknownReport(f"{period!r} 不是“{spec.title}”的期次;写成 2026-10") from wrong
        if not calendar.is_due_period(found, column):
            raise UnknownReport(
                f"“{spec.title}”没有 {label(found)} 这一期;累计数 1—2 月合并报,季报只报季末"
            )
        if end_of(found) > now:
            raise UnknownReport(f"“{spec.title}”{label(found)}还没有结束;期末以后才能填报")
        return self.form(spec, found)

    def owed(self, known_since: Mapping[str, datetime], now: datetime) -> Iterator[Form]:
        """Every form and period that is over and owed, newest periods first within each form."""
        for spec in self.specs():
            column = self.columns(spec)[0]
            since = calendar.start_of(spec, column, known_since[spec.id])
            for period in calendar.owed(column, since, now):
                yield self.form(spec, period)

    def neighbours(self, form: Form) -> Neighbours:
        """The period before and the same one a year ago."""
        column = form.columns[0]
        return Neighbours(calendar.before(form.period, column), a_year_before(form.period))

    def known(self, form: Form, as_of: datetime | None = None) -> dict[Place, Known]:
        """What the store knows beside each cell."""
        beside = self.neighbours(form)
        first = min(beside.last.start, beside.same.start)
        found = self._values.listed(
            indicators=[one.id for one in form.columns],
            regions=[one.code for one in form.rows],
            start=first,
            end=form.period.start + timedelta(seconds=1),
            as_of=as_of,
            limit=100_000,
        )
        values: dict[Place, dict[datetime, Observation]] = {}
        for one in found:
            if one.period.kind is form.period.kind:
                place = Place(one.indicator, one.region)
                values.setdefault(place, {})[one.period.start] = one
        return {place: _known(of, form.period, beside) for place, of in values.items()}


def _known(of: Mapping[datetime, Observation], period: Period, beside: Neighbours) -> Known:
    last, same, now = (of.get(one.start) for one in (beside.last, beside.same, period))
    return Known(
        last=last.value if last else None,
        same=same.value if same else None,
        stored=now.value if now else None,
        stored_source=now.source if now else "",
    )

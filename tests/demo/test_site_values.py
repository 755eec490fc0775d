"""Every site of a kind has values of its own that follow its county's."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from app.demo import models, sites, tables
from app.demo.history import history
from app.demo.periods import CHINA, site_spans
from app.demo.readings import rows_of
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Observation, PeriodKind, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec

NOW = datetime(2026, 11, 22, 10, 24, 36, tzinfo=CHINA).astimezone(UTC)
CATALOGUE = Catalogue.load([SHIPPED])


def at_sites(indicator: str, frequency: timedelta, kind: PeriodKind) -> IndicatorSpec:
    """A shipped indicator as if it were measured at the sections only."""
    given = CATALOGUE.indicator(indicator)
    return given.model_copy(
        update={"levels": ("site",), "sites": "断面", "frequency": frequency, "period_kind": kind}
    )


def by_site(spec: IndicatorSpec) -> dict[str, list[Observation]]:
    found: defaultdict[str, list[Observation]] = defaultdict(list)
    for one in history(spec, NOW):
        found[one.region].append(one)
    return dict(found)


HOURLY = at_sites("water.supply_pressure", timedelta(hours=4), PeriodKind.HOUR)


def test_every_section_has_twelve_days_at_the_rhythm_of_the_indicator() -> None:
    found = by_site(HOURLY)
    assert set(found) == {one.code for one in sites.of_kind("断面")}
    for rows in found.values():
        starts = [one.period.start for one in rows]
        assert {b - a for a, b in pairwise(starts)} == {timedelta(hours=4)}
        assert starts[0].astimezone(CHINA).hour % 4 == 0
        assert timedelta(days=11) < NOW - starts[0] < timedelta(days=13)
        assert all(one.recorded_at and one.recorded_at <= NOW for one in rows)


def test_sections_of_one_county_are_alike_and_never_the_same() -> None:
    values = {
        code: np.array([one.value or np.nan for one in rows])
        for code, rows in by_site(HOURLY).items()
    }
    means = [float(np.nanmean(one)) for one in values.values()]
    assert len({round(one, 6) for one in means}) == len(means)
    limits = models.model("water.supply_pressure")
    assert all(limits.low <= one <= limits.high for one in means)


def test_what_adds_up_is_divided_among_the_sites_of_a_county() -> None:
    counties = {"a": "440203", "b": "440203", "c": "440204"}
    seconds = np.array([NOW.timestamp()])
    whole = models.by_region("water.supply_total", seconds)
    parts = models.by_site("water.supply_total", counties, seconds)
    assert parts["a"] + parts["b"] == pytest.approx(whole["440203"], rel=0.36)
    assert parts["c"] == pytest.approx(whole["440204"], rel=0.36)


@pytest.mark.parametrize(
    ("kind", "frequency", "periods"),
    [
        (PeriodKind.DAY, timedelta(days=1), 120),
        (PeriodKind.MONTH, timedelta(days=30), 24),
        (PeriodKind.INSTANT, timedelta(seconds=15), 290),
    ],
)
def test_the_history_of_a_site_is_short(
    kind: PeriodKind, frequency: timedelta, periods: int
) -> None:
    span = site_spans(at_sites("water.leakage", frequency, kind), NOW)
    assert abs(len(span.starts) - periods) <= 1


def test_a_source_goes_on_where_the_history_ends() -> None:
    rows = rows_of([HOURLY], NOW)
    newest = {code: found[-1] for code, found in by_site(HOURLY).items()}
    told = {str(one["code"]): one for one in rows}
    for code, one in newest.items():
        assert datetime.fromisoformat(str(told[code]["time"])) == one.period.start
        assert told[code]["supply_pressure"] == ("" if one.value is None else one.value)


def test_the_table_of_exceptions_names_what_exists() -> None:
    for row in tables.rows("demo/site_values.csv"):
        assert row["site"] in {one.code for one in CATALOGUE.sites}, row
        assert CATALOGUE.find(row["indicator"]), row
        assert row["status"] in sites.STATUSES, row


def test_a_series_may_be_never_monitored_or_missing_at_its_end() -> None:
    moments = np.arange(10.0) * 3600
    never = sites.Special(status=ValueStatus.NOT_MONITORED)
    assert set(sites.gaps(never, 1, moments)) == {ValueStatus.NOT_MONITORED}
    late = sites.Special(gap=0.0, status=ValueStatus.MISSING)
    assert sites.gaps(late, 1, moments) == [None] * 9 + [ValueStatus.MISSING]

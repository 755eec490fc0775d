"""What ecology declares: averaging times apart, words of codes, sites that can be judged."""

from __future__ import annotations

from datetime import date

import pytest

from topics.ecology import noise
from topics.ecology.aqi_functions import primary_labels
from topics.ecology.site_limits import place_limits
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.measured import unit_factor

CATALOGUE = Catalogue.load([SHIPPED])
ECOLOGY = next(one for one in CATALOGUE.topics if one.id == "ecology")
BY_ID = {one.id: one for one in ECOLOGY.indicators}
SITES = {
    kind: [one for one in CATALOGUE.sites if one.kind == kind] for kind in ("噪声点", "污染源")
}
DAY = date(2026, 6, 1)


def test_real_time_and_daily_numbers_never_stand_in_one_panel() -> None:
    """PRACTICE 5: AQI chips say 实时 or 日报; the page keeps them in tabs of their own."""
    for panel in (one for one in ECOLOGY.panels if one.place == "topic"):
        if panel.tab in ("air", "daily"):
            other = "_day" if panel.tab == "air" else "_hour"
            assert not [one for one in panel.indicators if one.endswith(other)], panel.title


@pytest.mark.parametrize(
    ("ending", "said"), [("_hour", ("小时", "实时")), ("_day", ("24 小时", "日", "昼间"))]
)
def test_the_averaging_time_is_in_the_title(ending: str, said: tuple[str, ...]) -> None:
    for one in ECOLOGY.indicators:
        if one.id.endswith(ending) and "wind" not in one.id:
            assert any(word in one.title for word in said), one.id


@pytest.mark.parametrize("indicator", ["ecology.primary_hour", "ecology.primary_day"])
def test_every_number_of_a_primary_pollutant_has_its_words(indicator: str) -> None:
    """HJ 633-2026 4.3.1: those that tie are named together."""
    classes = [(one.upto, one.label) for one in BY_ID[indicator].classes]
    assert classes == sorted(primary_labels().items())


def test_units_of_pollutants_are_those_of_the_standard() -> None:
    """HJ 633-2026 4.2.2: CO in mg/m³, the others in µg/m³."""
    for one in ECOLOGY.indicators:
        if one.id.split(".")[1].split("_")[0] in ("so2", "no2", "co", "o3", "pm10", "pm25"):
            wanted = "mg/m³" if ".co_" in one.id else "µg/m³"
            assert one.unit == wanted, one.id


def test_a_composite_index_is_said_to_be_unverified_and_is_on_no_overview() -> None:
    """PRACTICE 12."""
    assert "未核实" in BY_ID["ecology.composite"].definition
    shown = [one for panel in ECOLOGY.panels if panel.place != "topic" for one in panel.indicators]
    assert "ecology.composite" not in shown


def test_every_noise_point_lies_in_a_zone_with_limits() -> None:
    for site in SITES["噪声点"]:
        assert noise.limit_of(site.fact("zone"), "day", DAY) is not None, site.code
        assert place_limits("ecology.noise_night", site, DAY) is not None, site.code


def test_every_online_source_has_a_limit_in_a_unit_of_its_medium() -> None:
    for site in SITES["污染源"]:
        medium = {"废水": "mg/L", "废气": "mg/m³"}[site.fact("medium")]
        assert unit_factor(site.fact("unit"), medium) is not None, site.code
        assert float(site.fact("limit")) > 0, site.code


@pytest.mark.parametrize("indicator", sorted(one.id for one in ECOLOGY.indicators if one.limits))
def test_an_indicator_with_limits_of_a_place_gets_some_where_it_is_measured(indicator: str) -> None:
    kind = BY_ID[indicator].sites
    sites = [one for one in CATALOGUE.sites if one.kind == kind] or CATALOGUE.sites
    assert place_limits(indicator, sites[0], DAY) is not None

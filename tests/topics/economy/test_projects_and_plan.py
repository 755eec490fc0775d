"""The 24 projects and the 20 plan indicators of 韶府办〔2021〕11号, and their rules (6_city)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from topics.economy.projects import (
    project_invested,
    project_light,
    project_schedule,
    project_total,
    tolerances,
)
from topics.kit.catalogue import SHIPPED
from topics.kit.contracts import Region
from topics.kit.errors import BadManifest
from topics.kit.formula.domain import Frame
from topics.kit.manifest import load_manifest
from topics.kit.manifest_tables import SiteSpec
from topics.kit.sites import read_sites

HERE = Path(__file__).parent
ECONOMY = load_manifest(SHIPPED / "economy")
SITES = read_sites(SHIPPED / "economy", [SiteSpec(kind="项目", file="projects.csv")])


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_project_of_the_list_is_a_site_with_its_own_numbers() -> None:
    listed = table("projects24.csv")
    assert [one.name for one in SITES] == [row["project"] for row in listed]
    for site, row in zip(SITES, listed, strict=True):
        told = [site.fact(one) for one in ("builder", "start", "end", "total", "plan")]
        assert told == [
            row[one]
            for one in ("builder", "start_year", "end_year", "total_wan_yuan", "plan_14th_five")
        ]


def test_a_position_that_the_list_does_not_give_says_that_it_is_schematic() -> None:
    assert all("示意" in one.fact("position") for one in SITES)
    assert all("unverified" in one.fact("status") for one in SITES)


def test_every_plan_indicator_keeps_its_baseline_and_target() -> None:
    plan = [one for one in ECONOMY.indicators if one.id.startswith("economy.plan_")]
    rows = table("plan_table1.csv")
    assert [one.title for one in plan] == [row["indicator"] for row in rows]
    for one, row in zip(plan, rows, strict=True):
        (target,) = one.target
        assert one.unit == row["unit"]
        assert (target.value, target.year, target.since) == (float(row["target"]), 2025, 2021)
        assert target.baseline == (float(row["baseline"]) if row["baseline"] else None)
        assert "韶府办〔2021〕11号" in target.document


def project(**facts: str) -> Region:
    given = {"start": "2024", "end": "2025", "total": "1000"} | facts
    return Region(
        "P1", "甲", "甲", "site", "440203", 1, date.min, kind="项目", facts=tuple(given.items())
    )


def at(*days: date, **facts: str) -> Frame:
    return Frame([project(**facts)], days)


def row(*values: float) -> np.ndarray:
    return np.array([values])


def test_the_schedule_counts_the_days_of_the_projects_years_to_the_end_of_the_month() -> None:
    days = (date(2023, 12, 1), date(2024, 1, 1), date(2024, 12, 1), date(2025, 12, 1))
    found = project_schedule(at(*days), row(0, 0, 0, 0)).value[0]
    assert found == pytest.approx([0, 100 * 31 / 731, 100 * 366 / 731, 100])


@pytest.mark.parametrize(
    ("lag", "light"), [(-5, 1), (0, 1), (10, 1), (10.01, 2), (20, 2), (20.01, 3)]
)
def test_a_project_lags_only_beyond_the_tolerance(lag: float, light: int) -> None:
    frame = at(date(2025, 12, 1))
    assert project_light(frame, row(100 - lag)).value[0, 0] == light


def test_what_is_invested_is_the_share_of_the_total() -> None:
    frame = at(date(2025, 6, 1), total="11005")
    assert project_invested(frame, row(40)).value[0, 0] == pytest.approx(4402)
    assert project_total(frame, row(40)).value[0, 0] == 11005


@pytest.mark.parametrize("total", ["", "-", "面议", "0", "-5", "nan", "inf"])
def test_a_total_that_is_no_amount_gives_no_number(total: str) -> None:
    frame = at(date(2025, 6, 1), total=total)
    for found in (project_total(frame, row(40)), project_invested(frame, row(40))):
        assert np.isnan(found.value).all()
        assert "总投资" in found.why


@pytest.mark.parametrize("years", [("", "2025"), ("2025", "2024"), ("x", "2025"), ("1e9", "2e9")])
def test_years_that_make_no_span_give_no_light(years: tuple[str, str]) -> None:
    frame = at(date(2025, 6, 1), start=years[0], end=years[1])
    assert np.isnan(project_light(frame, row(40)).value).all()
    assert "年份" in project_light(frame, row(40)).why


def test_a_share_that_is_missing_or_negative_gives_no_number() -> None:
    frame = at(date(2025, 6, 1), date(2025, 7, 1))
    assert np.isnan(project_invested(frame, row(np.nan, -1)).value).all()
    assert np.isnan(project_light(frame, row(np.nan, np.nan)).value).all()


@pytest.mark.parametrize("lines", ["behind,20\nfar_behind,10\n", "behind,10\n", "behind,x\n"])
def test_tolerances_that_contradict_each_other_are_refused(tmp_path: Path, lines: str) -> None:
    path = tmp_path / "project_rules.csv"
    rows = "".join(f"{line},自定\n" for line in lines.split())
    path.write_text("rule,value,status\n" + rows, encoding="utf-8")
    with pytest.raises(BadManifest, match="behind"):
        tolerances(path)

"""The last 双随机 draw: published as drawn, redone by anybody, wrong codes flagged (4_market)."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from topics.kit.contracts import Observation, Period, PeriodKind, Region
from topics.kit.errors import BadManifest
from topics.kit.pages.own import OwnPage
from topics.kit.tables_in_force import use_home
from topics.market.credit import credit_classes
from topics.market.inspection_draw import BadDraw, rising_shares
from topics.market.panels import food_by_category, last_draw
from topics.market.publication import FOLDER, REGISTERS, publication, publication_rows, tasks
from topics.market.redo import main

NOW = datetime(2026, 11, 25, tzinfo=UTC)
OCTOBER = Period(datetime(2026, 9, 30, 16, tzinfo=UTC), PeriodKind.CUMULATIVE)
CITY = Region("440200", "韶关市", "韶关", "city", None, 0, date.min)


@pytest.fixture
def registers(tmp_path: Path) -> Path:
    return Path(shutil.copytree(REGISTERS, tmp_path / "draw"))


def test_redoing_the_draw_prints_the_same_list_and_digest(
    registers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    first = capsys.readouterr().out
    assert main([str(registers)]) == 0
    assert capsys.readouterr().out == first
    assert publication().draw.frame_digest in first


def test_an_object_left_out_of_the_register_changes_the_digest(registers: Path) -> None:
    path = registers / "objects.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    forget_digest(registers)
    assert publication(registers).draw.frame_digest != publication().draw.frame_digest


def test_registers_changed_after_the_draw_are_refused_for_the_published_digest(
    registers: Path,
) -> None:
    path = registers / "objects.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(BadDraw, match="抽取后改过"):
        publication(registers)


def test_a_ratio_changed_later_changes_no_published_list(registers: Path) -> None:
    before = publication().rows
    home = registers.parent / "home"
    (home / "topics" / "market").mkdir(parents=True)
    text = (FOLDER / "credit_classes.csv").read_text(encoding="utf-8")
    own = home / "topics" / "market" / "credit_classes.csv"
    own.write_text(text.replace(",0.10,", ",0.20,"), encoding="utf-8")
    use_home(home)
    try:
        assert [one.share for one in credit_classes()][1] == 0.2
        assert publication().rows == before
    finally:
        use_home(None)


def test_a_ratio_changed_in_the_task_itself_is_refused(registers: Path) -> None:
    path = registers / "tasks.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",0.10,", ",0.20,"), encoding="utf-8")
    with pytest.raises(BadDraw, match="抽取后改过"):
        publication(registers)


def test_any_task_can_be_redone(registers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, last = tasks()
    assert publication(registers).task == last
    assert main([str(registers), first.code]) == 0
    assert first.seed in capsys.readouterr().out
    assert main([str(registers), "SG-1999"]) == 1
    assert f"没有任务 SG-1999;现有:{first.code}" in capsys.readouterr().err


@pytest.mark.parametrize(("old", "new"), [(",0.05,", ",五,"), (",2,", ",两,")])
def test_a_task_whose_numbers_are_none_is_refused_with_its_row(
    registers: Path, old: str, new: str
) -> None:
    path = registers / "tasks.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadManifest, match=r"tasks\.csv 第 2 行"):
        publication(registers)


def test_another_city_is_not_shown_the_draw_of_this_one() -> None:
    heyuan = Region("441600", "河源市", "河源", "city", None, 0, date.min)
    shown = last_draw(replace(page({}), region=heyuan))
    assert not shown.rows
    assert "本市还没有双随机名录" in shown.sentence


def forget_digest(registers: Path) -> None:
    """Take the published digests out of tasks.csv."""
    path = registers / "tasks.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    at = rows[0].index("digest")
    kept = [rows[0], *([*row[:at], "", *row[at + 1 :]] for row in rows[1:])]
    path.write_text("\n".join(",".join(row) for row in kept) + "\n", encoding="utf-8")


def test_every_class_is_drawn_from_and_the_riskier_one_more_often() -> None:
    shares = publication().shares
    assert [one.risk for one in shares] == ["A", "B", "C", "D"]
    assert all(one.drawn >= one.asked * one.objects for one in shares)
    assert rising_shares({one.risk: one.percent or 0.0 for one in shares})
    assert sum(one.drawn for one in shares) == len(publication_rows())


def test_two_inspectors_go_to_each_object_and_none_to_one_to_keep_away_from() -> None:
    avoids = {
        line.split(",")[0]: set(line.split(",")[2].split())
        for line in (REGISTERS / "inspectors.csv").read_text(encoding="utf-8").splitlines()[1:]
    }
    for row in publication_rows():
        people = row["inspectors"].split("、")
        assert len(set(people)) == 2
        assert all(row["object"] not in avoids[one] for one in people)


def test_an_object_with_a_wrong_code_stays_on_the_list_with_its_flag(registers: Path) -> None:
    path = registers / "objects.csv"
    text = path.read_text(encoding="utf-8")  # the digest is of codes, not of what they are called
    first = publication_rows()[0]
    path.write_text(text.replace(first["uscc"], first["uscc"][:-1] + "?"), encoding="utf-8")
    again = publication(registers).rows[0]
    assert (again["object"], again["uscc_state"]) == (first["object"], "含不用的字符")


def test_a_register_that_allows_no_draw_is_refused_with_the_fix(
    registers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (registers / "inspectors.csv").write_text("code,name,avoids,status\nZF01,a,,x\n", "utf-8")
    with pytest.raises(BadDraw, match="补充名录"):
        publication(registers)
    assert main([str(registers)]) == 1
    assert "补充名录" in capsys.readouterr().err
    head = (registers / "tasks.csv").read_text("utf-8").splitlines()[0]
    (registers / "tasks.csv").write_text(head + "\n", "utf-8")
    with pytest.raises(BadManifest, match=r"tasks\.csv"):
        publication(registers)
    assert main(["a", "b", "c"]) == 2


def page(counts: dict[str, float | None], tested_in: Period = OCTOBER) -> OwnPage:
    def latest(indicator: str, region: str) -> Observation | None:
        value = counts.get(indicator)
        period = tested_in if "tested" in indicator else OCTOBER
        return None if value is None else Observation(indicator, region, period, value)

    return OwnPage(
        region=CITY,
        site=None,
        now=NOW,
        as_of=None,
        indicators=tuple(counts),
        latest=latest,
        recent=lambda indicator, region, count: (),
        children=lambda region: (),
        sites=lambda region, kind: (),
        colour=lambda token, theme: "#000",
    )


def grain(passed: float | None, tested: float | None) -> dict[str, float | None]:
    return {"market.food_grain_tested": tested, "market.food_grain_passed": passed}


def test_the_panel_of_the_draw_says_seed_and_digest() -> None:
    found = last_draw(page({}))
    assert publication().task.seed in found.subtitle
    assert publication().draw.frame_digest in found.subtitle
    assert len(found.rows) == 4
    assert "A ≤ B ≤ C ≤ D" in found.sentence


def test_a_category_has_its_rate_with_the_interval_and_its_sample() -> None:
    found = food_by_category(page(grain(81, 263)))
    row = found.rows[0]
    assert (row["percent"], row["low"], row["high"]) == (30.8, 25.5, 36.6)
    assert "81/263" in found.sentence


@pytest.mark.parametrize(("passed", "tested"), [(None, 5), (5, None), (6, 5), (0, 0), (-1, 5)])
def test_counts_that_lack_or_contradict_give_no_rate(
    passed: float | None, tested: float | None
) -> None:
    found = food_by_category(page(grain(passed, tested)))
    assert found.rows[0]["percent"] is None


def test_counts_of_different_periods_are_not_divided() -> None:
    other = Period(datetime(2026, 8, 31, 16, tzinfo=UTC), PeriodKind.CUMULATIVE)
    assert food_by_category(page(grain(80, 90), other)).rows[0]["percent"] is None

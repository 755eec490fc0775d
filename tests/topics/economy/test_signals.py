"""景气五色灯 as functions of formulas (3_economy signal_rules, signal_lights: unverified)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from topics.economy.lights import Light
from topics.economy.signals import (
    composite_light,
    composite_percent,
    industry_light,
    price_light,
    read_bounds,
    scores,
)
from topics.kit.catalogue import SHIPPED
from topics.kit.contracts import Region
from topics.kit.errors import BadManifest
from topics.kit.formula.domain import Frame
from topics.kit.manifest import load_manifest

CITY = Region("440200", "韶关市", "韶关", "city", None, 0, date.min)
FRAME = Frame([CITY], [date(2026, 10, 1)])


def row(*values: float) -> np.ndarray:
    return np.array([values])


@pytest.mark.parametrize(
    ("parts", "percent", "light"),
    [([3] * 10, 60, 3), ([5] * 9 + [1], 92, 5), ([2] * 10, 40, 2), ([1] * 10, 20, 1),
     ([4] * 10, 80, 4)],
)  # fmt: skip
def test_the_vectors_of_the_rule_give_their_light(
    parts: list[int], percent: float, light: int
) -> None:
    found = composite_percent(FRAME, *(row(float(one)) for one in parts))
    assert found.value[0, 0] == percent
    assert composite_light(FRAME, found.value).value[0, 0] == light


@pytest.mark.parametrize(
    ("percent", "light"),
    [(85, 5), (84.99, 4), (73, 4), (72.99, 3), (50, 3), (49.99, 2), (36, 2), (35.99, 1)],
)
def test_a_bound_of_the_composite_belongs_to_the_hotter_light(percent: float, light: int) -> None:
    assert composite_light(FRAME, row(percent)).value[0, 0] == light


@pytest.mark.parametrize(("growth", "score"), [(12, 5), (9, 4), (4, 3), (3.9, 2), (1, 2), (0.9, 1)])
def test_industry_is_scored_by_its_row_of_the_table(growth: float, score: int) -> None:
    assert industry_light(FRAME, row(growth)).value[0, 0] == score


def test_a_missing_component_leaves_the_full_score_and_marks_an_estimate() -> None:
    found = composite_percent(FRAME, row(3.0), row(np.nan), row(5.0))
    assert found.value[0, 0] == 80
    assert found.estimated is not None
    assert found.estimated[0, 0]
    whole = composite_percent(FRAME, row(3.0), row(5.0))
    assert whole.estimated is not None
    assert not whole.estimated[0, 0]


def test_without_any_component_there_is_no_light() -> None:
    found = composite_percent(FRAME, row(np.nan), row(np.nan))
    assert np.isnan(found.value).all()
    assert np.isnan(composite_light(FRAME, found.value).value).all()
    assert np.isnan(price_light(FRAME, row(np.nan)).value).all()
    assert np.isnan(scores("industry", FRAME, row(np.inf))).all()


def test_every_bound_says_that_it_is_unverified() -> None:
    table = (SHIPPED / "economy" / "lights.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert all(",unverified," in line for line in table)


def test_a_bound_holds_in_its_days_only(tmp_path: Path) -> None:
    path = tmp_path / "lights.csv"
    path.write_text(
        "component,red,yellow,green,pale_blue,source,status,valid_from,valid_to\n"
        "industry,9,7,5,3,x,unverified,,2026-01-01\n",
        encoding="utf-8",
    )
    ((name, since, until, bounds),) = read_bounds(path)
    assert (name, since, until, bounds) == ("industry", date.min, date(2026, 1, 1), (9, 7, 5, 3))


@pytest.mark.parametrize("cells", ["5,7,3,1", "9,7,x,1", "9,7,7,1"])
def test_bounds_that_do_not_fall_are_refused_with_their_row(tmp_path: Path, cells: str) -> None:
    path = tmp_path / "lights.csv"
    path.write_text(
        "component,red,yellow,green,pale_blue,source,status,valid_from,valid_to\n"
        f"industry,{cells},x,unverified,,\n",
        encoding="utf-8",
    )
    with pytest.raises(BadManifest, match="第 2 行"):
        read_bounds(path)


def test_the_classes_of_a_light_carry_the_words_of_the_rule() -> None:
    specs = {one.id: one for one in load_manifest(SHIPPED / "economy").indicators}
    lit = [one for name, one in specs.items() if name.startswith("economy.light_")]
    lit.append(specs["economy.signal_light"])
    assert len(lit) == 11
    cold_to_hot = [one.words for one in reversed(Light)]
    assert all([each.label for each in one.classes] == cold_to_hot for one in lit)

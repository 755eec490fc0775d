"""The draw of 双随机 can be repeated, cannot be steered, and keeps its shares.

Source: 4_market double_random.json (双随机一公开 of 国发〔2019〕5号, general practice, unverified):
seed and registers recorded, at least two inspectors, 回避, A ≤ B ≤ C ≤ D.
"""

from __future__ import annotations

import random
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.market.inspection_draw import (
    BadDraw,
    Inspector,
    Object,
    draw,
    frame_digest,
    rising_shares,
)

SHARES = {"A": 0.01, "B": 0.03, "C": 0.1, "D": 0.3}
OBJECTS = [
    Object(f"91440203MA{n:08d}", ("440203", "440204")[n % 2], "ABCD"[n % 4]) for n in range(400)
]
PEOPLE = [Inspector(f"粤F{n:03d}") for n in range(12)]


def test_the_same_task_and_seed_draw_the_same_whatever_the_order() -> None:
    shuffled = random.Random(3).sample(OBJECTS, len(OBJECTS))
    again = draw("2026-11", "s1", shuffled, PEOPLE[::-1], SHARES)
    assert draw("2026-11", "s1", OBJECTS, PEOPLE, SHARES) == again


def test_another_seed_draws_others() -> None:
    one, two = (draw("2026-11", seed, OBJECTS, PEOPLE, SHARES) for seed in ("s1", "s2"))
    assert [each.object for each in one.drawn] != [each.object for each in two.drawn]


def test_every_district_and_class_gives_its_share_rounded_up() -> None:
    found = draw("2026-11", "s1", OBJECTS, PEOPLE, SHARES)
    for district in ("440203", "440204"):
        for risk, share in SHARES.items():
            stratum = [one for one in OBJECTS if (one.district, one.risk) == (district, risk)]
            drawn = [
                one
                for one in found.drawn
                if (one.object.district, one.object.risk) == (district, risk)
            ]
            assert len(drawn) == ceil(len(stratum) * share)


def test_a_share_of_seven_percent_of_a_hundred_is_seven() -> None:
    objects = [Object(f"x{n}", "440203", "A") for n in range(100)]
    assert len(draw("t", "s", objects, PEOPLE, {"A": 0.07}).drawn) == 7


def test_nobody_is_drawn_twice_and_a_team_has_two_people() -> None:
    found = draw("2026-11", "s1", OBJECTS, PEOPLE, SHARES)
    codes = [one.object.code for one in found.drawn]
    assert len(set(codes)) == len(codes)
    assert all(len(set(one.inspectors)) == 2 for one in found.drawn)


def test_who_must_avoid_an_object_is_never_sent_there() -> None:
    avoiding = [Inspector(one.code, {each.code for each in OBJECTS[:200]}) for one in PEOPLE[:6]]
    found = draw("2026-11", "s1", OBJECTS, avoiding + PEOPLE[6:], SHARES)
    avoided = {one.code: one.avoids for one in avoiding}
    assert all(
        one.object.code not in avoided.get(person, ())
        for one in found.drawn
        for person in one.inspectors
    )


def test_work_is_spread_evenly() -> None:
    found = draw("2026-11", "s1", OBJECTS, PEOPLE, SHARES)
    sent = [person for one in found.drawn for person in one.inspectors]
    loads = [sent.count(one.code) for one in PEOPLE]
    assert max(loads) - min(loads) <= 1


def test_the_digest_tells_of_an_object_left_out() -> None:
    whole, less = (frame_digest(given, PEOPLE, SHARES, 2) for given in (OBJECTS, OBJECTS[1:]))
    assert whole != less
    assert draw("t", "s", OBJECTS, PEOPLE, SHARES).frame_digest == whole


@given(st.integers(0, 60), st.floats(0, 1))
def test_any_share_draws_between_nobody_and_everybody(count: int, share: float) -> None:
    objects = [Object(f"x{n}", "440203", "A") for n in range(count)]
    drawn = draw("t", "s", objects, PEOPLE, {"A": share}).drawn
    assert count * share - 1e-6 <= len(drawn) <= min(count, count * share + 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seed": ""}, "随机种子"),
        ({"team": 1}, "至少两名"),
        ({"shares": {"A": 0.1}}, "没有给出 B 类"),
        ({"shares": {**SHARES, "A": 5}}, "0.05"),
        ({"objects": [OBJECTS[0], OBJECTS[0]]}, "出现了两次"),
        ({"inspectors": PEOPLE[:1]}, "不足 2 名"),
    ],
)
def test_a_draw_that_cannot_be_held_says_what_to_change(
    change: dict[str, object], said: str
) -> None:
    asked: dict[str, object] = {
        "task": "t", "seed": "s", "objects": OBJECTS, "inspectors": PEOPLE, "shares": SHARES,
    } | change  # fmt: skip
    with pytest.raises(BadDraw, match=said):
        draw(**asked)  # type: ignore[arg-type]


def test_shares_that_fall_with_the_risk_are_noticed() -> None:
    assert rising_shares({"A": 0.01, "B": 0.01, "D": 0.3})
    assert not rising_shares({"A": 0.05, "B": 0.03})


def test_a_share_or_team_that_is_changed_afterwards_changes_the_digest() -> None:
    before = frame_digest(OBJECTS, PEOPLE, SHARES, 2)
    assert frame_digest(OBJECTS, PEOPLE, SHARES | {"B": SHARES["B"] + 0.1}, 2) != before
    assert frame_digest(OBJECTS, PEOPLE, SHARES, 3) != before

"""What an imported roster replaces: what it says and nothing else, whatever stood before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from topics.kit.duty.contracts import Person, Shift
from topics.kit.duty.replacing import day_of, settle, to_be_taken
from topics.kit.duty.roster import ReadRoster, overlap
from topics.kit.words.clock import local

OLD, NEW = (Person(name, name, "yjj", "", "1") for name in ("old", "new"))
BEGINS = datetime(2026, 11, 19, 16, tzinfo=UTC)  # midnight of the 20th in Shanghai
HOURS = st.lists(st.integers(0, 24 * 5), min_size=2, max_size=12, unique=True).map(sorted)


def shift(start: int, end: int, who: Person = OLD) -> Shift:
    hour = timedelta(hours=1)
    return Shift(BEGINS + start * hour, BEGINS + end * hour, who, who)


def shifts(hours: list[int], who: Person) -> list[Shift]:
    """One shift from each second hour to the next: holes lie between."""
    return [shift(a, b, who) for n, (a, b) in enumerate(pairwise(hours)) if n % 2 == 0]


def on_duty(roster: list[Shift], hour: int) -> Person | None:
    at = BEGINS + timedelta(hours=hour)
    found = [one for one in roster if one.starts <= at < one.ends]
    assert len(found) <= 1
    return found[0].leader if found else None


def replaced(standing: list[Shift], new: list[Shift], now: datetime) -> list[Shift]:
    settled = settle(standing, new, now)
    return [*(one for one in standing if one not in settled.gone), *settled.rest, *new]


@given(HOURS, HOURS, st.integers(-1, 24 * 5))
def test_only_the_named_days_change_and_nothing_that_is_over(
    stood: list[int], said: list[int], hour: int
) -> None:
    now = BEGINS + timedelta(hours=hour)
    standing, new = shifts(stood, OLD), shifts(said, NEW)
    taken = to_be_taken(ReadRoster(tuple(new), (), tuple(range(len(new)))), standing, now)
    after = replaced(standing, list(taken.shifts), now)
    days = {day_of(one) for one in taken.shifts}
    assert len(taken.shifts) + len(taken.problems) == len(new)
    for each in range(24 * 6):
        before, at = on_duty(standing, each), BEGINS + timedelta(hours=each)
        ours = next((one for one in taken.shifts if one.starts <= at < one.ends), None)
        theirs = next((one for one in standing if one.starts <= at < one.ends), None)
        if ours is not None:
            assert on_duty(after, each) == NEW
        elif theirs is None or theirs.ends <= now or local(at).date() not in days:
            assert on_duty(after, each) == before


def test_of_a_named_day_all_that_began_on_it_goes() -> None:
    standing = [shift(8, 18), shift(18, 32)]
    settled = settle(standing, [shift(9, 19, NEW)], BEGINS)
    assert settled.gone == tuple(standing)
    assert settled.rest == (shift(24, 32),)  # the next day is not named


def test_the_night_before_a_named_day_stays_to_its_end() -> None:
    night = shift(-6, 8)
    assert settle([night], [shift(8, 18, NEW)], BEGINS - timedelta(days=1)).gone == ()


def test_good_rows_of_a_day_with_a_bad_one_wait_for_it() -> None:
    one, other = shift(8, 18, NEW), shift(32, 42, NEW)
    read = ReadRoster((one, other), (), (2, 4), frozenset({day_of(one)}))
    taken = to_be_taken(read, [], BEGINS)
    assert taken.shifts == (other,)
    assert [(each.row, each.fatal) for each in taken.problems] == [(2, False)]
    assert "这一天保持原样" in taken.problems[0].problem


def test_what_meets_a_shift_that_is_over_is_not_taken() -> None:
    over = shift(0, 8)
    late = ReadRoster((shift(6, 18, NEW),), (), (2,))
    found = to_be_taken(late, [over], BEGINS + timedelta(hours=12))
    assert found.shifts == ()
    assert "已结束的班次" in found.problems[0].problem
    assert not overlap(over, shift(8, 18))

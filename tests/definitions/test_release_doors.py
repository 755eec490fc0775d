"""No door gives a value before its release, except to those who made it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.push.batches import Entry, entry
from app.push.feeds import Audience
from app.push.hub import Hub
from app.push.shelf import Shelf
from app.released import latest_for_screens, observation_resource, sees_early
from app.security.contracts import Action, Grant, Role, Subject
from app.security.may import may
from app.services import Services
from tests.api.layer_server import Routes
from tests.definitions.conftest import (
    CITY,
    COUNTY,
    GROWTH,
    SECRET,
    SHOWN,
    TOTAL,
    month,
    set_release,
)
from topics.kit.contracts import Change, Period, PeriodKind, ValueStatus
from topics.kit.events import Position
from topics.kit.periods import spelt

LEAK = re.compile(r"987[,.]?654|98\.77|98\.8 ?万")
OBSERVATIONS, EXPLAIN = "/api/v1/observations", "/api/v1/explain"
ANYBODY: dict[str, str] = {}


def values(answer: Any) -> list[float]:
    assert answer.status_code == 200, answer.text
    return [one["value"] for one in answer.json()["items"]]


def test_the_latest_value_is_the_last_one_released(
    program: Routes, viewer: dict[str, str], clerk: dict[str, str]
) -> None:
    asked = {"indicator": TOTAL, "region": CITY}
    for who, value in ((ANYBODY, SHOWN), (viewer, SHOWN), (clerk, SECRET)):
        assert values(program.get(OBSERVATIONS, params=asked, headers=who)) == [value]


def test_a_list_leaves_out_what_waits(
    program: Routes, viewer: dict[str, str], clerk: dict[str, str]
) -> None:
    asked = {"indicator": TOTAL, "region": CITY, "from": "2026-01-01"}
    assert values(program.get(OBSERVATIONS, params=asked, headers=viewer)) == [1006, 1007, SHOWN]
    assert values(program.get(OBSERVATIONS, params=asked, headers=clerk))[-1] == SECRET


def test_paging_through_everything_gives_no_value_that_waits(
    program: Routes, viewer: dict[str, str]
) -> None:
    for first in ({}, {"from": "2026-01-01"}):
        mark, found = "", []
        while mark is not None:
            asked = {"indicator": TOTAL, "limit": "1", "next": mark, **first}
            answer = program.get(OBSERVATIONS, params=asked, headers=viewer)
            found += values(answer)
            mark = answer.json()["next"]
        assert SHOWN in found
        assert SECRET not in found


def test_an_explanation_is_of_the_last_released_period_and_the_next_one_is_refused(
    program: Routes, viewer: dict[str, str], clerk: dict[str, str]
) -> None:
    asked = {"indicator": TOTAL, "region": CITY}
    answer = program.get(EXPLAIN, params=asked, headers=viewer)
    assert answer.status_code == 200
    assert answer.json()["value"] == SHOWN
    wanted = asked | {"period": spelt(month(9))}
    assert program.get(EXPLAIN, params=wanted, headers=viewer).status_code == 403
    assert program.get(EXPLAIN, params=wanted, headers=clerk).json()["value"] == SECRET


def test_cards_matrix_map_and_header_show_the_last_released_values(
    program: Routes, viewer: dict[str, str]
) -> None:
    for who in (ANYBODY, viewer):
        answer = program.get("/api/v1/overview", params={"map": TOTAL}, headers=who)
        assert LEAK.search(answer.text) is None
        assert answer.json()["map"]["values"] == {COUNTY: round(SHOWN, 1)}  # as it is written


def test_no_get_route_of_the_program_gives_a_value_that_waits(
    program: Routes, services: Services, viewer: dict[str, str]
) -> None:
    server: Any = program.server
    paths = [path for path, methods in server.openapi()["paths"].items() if "get" in methods]
    assert len(paths) > 20
    named = {"indicator": TOTAL, "region": CITY, "map": TOTAL, "id": TOTAL}
    for path in [*paths, "/"]:
        if path == "/live":
            continue
        asked = re.sub(r"{(\w+)(:path)?}", lambda at: named.get(at[1], "x"), path)
        for more in ({}, {"from": "2026-01-01"}, {"period": spelt(month(9))}):
            for who in (ANYBODY, viewer):
                answer = program.get(asked, params={**named, **more}, headers=who)
                assert LEAK.search(answer.text) is None, f"{path} {more}"


@pytest.mark.parametrize("role", list(Role))
def test_only_clerk_and_reviewer_see_a_value_before_its_release(
    services: Services, role: Role
) -> None:
    subject = Subject("u", "某人", frozenset({Grant(role)}))
    resource = observation_resource(services, services.catalogue.indicator(TOTAL), month(9))
    seen = bool(may(subject, Action.READ, resource))
    assert seen is (role in (Role.CLERK, Role.REVIEWER))
    assert sees_early(services, subject, services.catalogue.indicator(TOTAL)) is seen


def test_a_date_put_off_or_brought_forward_counts_at_once(
    program: Routes, services: Services, viewer: dict[str, str]
) -> None:
    asked = {"indicator": GROWTH, "region": COUNTY}
    now = datetime.now(UTC)
    try:
        set_release(services, 8, now + timedelta(days=2))
        assert values(program.get(OBSERVATIONS, params=asked, headers=viewer)) == [12.0]
        set_release(services, 8, None)
        set_release(services, 9, now - timedelta(seconds=1))
        assert values(program.get(OBSERVATIONS, params=asked, headers=viewer)) == [SECRET]
    finally:
        set_release(services, 8, None)
        set_release(services, 9, now + timedelta(days=1))


# -- live -----------------------------------------------------------------------------------------


def test_screens_get_the_last_released_value_beside_the_one_that_waits(
    services: Services,
) -> None:
    found = [one for one in latest_for_screens(services) if one.indicator == TOTAL]
    assert sorted(one.value or 0 for one in found if one.region == CITY) == [SHOWN, SECRET]


class Hours:
    """A hub whose hour of release is moved by the test."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 18, 1, tzinfo=UTC)
        self.hub = Hub(release_at=self.at)
        self.hub._shelf._now = lambda: self.now

    def at(self, change: Change) -> datetime:
        return change.period.start + timedelta(days=1)


def at_day(number: int, value: float, seq: int = 0) -> Entry:
    period = Period(datetime(2026, 10, number, tzinfo=UTC), PeriodKind.DAY)
    recorded = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(seconds=seq)
    return entry(Change(seq, TOTAL, CITY, period, value, ValueStatus.OK, recorded))


def told(screen: Any) -> list[float]:
    batch = screen.mailbox._waiting
    screen.mailbox._waiting = None
    return [] if batch is None else [one.change.value for one in batch.latest.values()]


@pytest.fixture
def hours() -> Hours:
    return Hours()


def test_a_value_is_pushed_at_its_moment_to_those_who_had_to_wait(hours: Hours) -> None:
    async def story() -> None:
        hub = hours.hub
        hub.reset(Position("e", 1), [at_day(16, 1.0)], [])
        open_, early = (
            hub.join(Audience(name), lambda _: True, early=lambda _, e=name: e == "early")
            for name in ("open", "early")
        )
        assert told(open_) == told(early) == [1.0]
        hub.advance(Position("e", 2), [at_day(18, 2.0, 2)])
        assert (told(open_), told(early)) == ([], [2.0])
        hub.release()
        assert told(open_) == []
        hours.now += timedelta(days=1)
        hub.release()
        assert (told(open_), told(early)) == ([2.0], [])
        hub.release()
        assert told(open_) == []
        hub.close()

    asyncio.run(story())


def test_a_screen_that_was_away_at_the_moment_of_release_gets_the_value(hours: Hours) -> None:
    async def story() -> None:
        hub = hours.hub
        hub.reset(Position("e", 1), [at_day(16, 1.0), at_day(18, 2.0)], [])
        hours.now += timedelta(days=1)
        hub.release()
        back = hub.join(Audience("open"), lambda _: True, last=Position("e", 1))
        new = hub.join(Audience("open"), lambda _: True)
        assert told(back) == told(new) == [2.0]
        hub.close()

    asyncio.run(story())


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(0, 9)), max_size=30), st.integers(0, 30))
def test_whatever_came_a_screen_is_told_nothing_that_waits_and_the_newest_of_the_rest(
    came: list[tuple[int, int]], today: int
) -> None:
    hours = Hours()
    hours.now = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=today)
    shelf = Shelf(hours.at, lambda: hours.now)
    for seq, (number, value) in enumerate(came):
        shelf.put(at_day(number, float(value), seq))
    open_ = [one for one in shelf.entries() if not shelf.waits(one)]
    released = [number for number, _ in came if number < today + 1]
    newest = max(released, default=None)
    assert [one.change.period.start.day for one in open_][-1:] == (
        [] if newest is None else [newest]
    )
    hours.now += timedelta(days=60)
    shelf.due()
    last = max((number for number, _ in came), default=None)
    held = [one.change.period.start.day for one in shelf.entries()]
    assert held == ([] if last is None else [last])

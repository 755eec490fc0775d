from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.config import Config
from app.demo.case_play import play
from app.demo.cases import (
    CASES,
    DAYS,
    YEAR,
    cases_seeded,
    drawn_report,
    likely,
    seed_cases,
    seed_year,
)
from app.demo.fractal import generator
from app.engines.contracts import EngineUrls
from app.errors import BadRequest
from app.main import compose
from app.roles.case_work import remind
from app.services import Services
from topics.kit.cases.contracts import CaseState
from topics.kit.cases.lines import CaseQuery, Sight

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
COUNT = 300


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> Services:
    config = replace(Config(), home_path=tmp_path_factory.mktemp("home"))
    made = compose(config, EngineUrls(valkey=valkey_url, postgres=module_database_url))
    assert not cases_seeded(made)
    assert seed_cases(made, NOW, COUNT) == COUNT
    return made


ALL = Sight(("城市管理", "综治"))


def test_the_demo_has_cases_in_most_states_some_late_and_most_closed(services: Services) -> None:
    board = services.cases.board(CaseQuery(ALL, limit=500), now=NOW)
    assert board.total == COUNT
    assert board.states[CaseState.CLOSED] > COUNT * 0.6
    open_ones = [one for one in board.lines if one.open]
    assert len({one.state for one in open_ones}) >= 4
    assert 0 < board.overdue < len(open_ones)
    assert len({one.county for one in board.lines}) == 10
    assert {one.source for one in board.lines} >= {"grid-app", "hotline", "video"}
    assert all(one.demo for one in board.lines)


def test_its_log_and_index_agree_and_nothing_happened_in_the_future(services: Services) -> None:
    assert services.cases.store.differing() == []
    lines = services.cases.board(CaseQuery(ALL, limit=500), now=NOW).lines
    assert all(one.since <= NOW for one in lines)
    assert all(one.checked_by not in one.handlers for one in lines if one.checked_by)


def test_numbers_go_on_after_the_seeded_ones(services: Services) -> None:
    with services.cases.store.writing() as transaction:
        numbers = {
            one.number for one in services.cases.board(CaseQuery(ALL, limit=500), now=NOW).lines
        }
        new = services.cases.store.number(NOW.date(), transaction)
    assert f"2026-1126-{new:04d}" not in numbers
    assert f"2026-1126-{new - 1:04d}" in numbers


def test_seeding_again_adds_nothing(services: Services) -> None:
    assert cases_seeded(services)
    assert seed_cases(services, NOW + timedelta(hours=1), COUNT) == 0


def test_a_year_is_filled_up_beside_what_is_there_and_only_once(services: Services) -> None:
    sight = Sight(demo_schemes=("城市管理", "综治"))
    lists, year_ago = services.cases.lists, NOW - YEAR
    months = [year_ago + n * (YEAR / 12) for n in range(13)]
    assert seed_year(services, NOW, COUNT + 240) == 240
    counts = [lists.reported_between(sight, *span) for span in pairwise(months)]
    assert sum(counts) == COUNT + 240
    assert min(counts) > 5
    assert services.cases.store.differing() == []
    assert seed_year(services, NOW, COUNT + 240) == 0


def test_a_real_city_gets_no_made_up_year(services: Services) -> None:
    config = replace(services.config, demo=replace(services.config.demo, enabled=False))
    with pytest.raises(BadRequest, match="只有示例城市"):
        seed_year(replace(services, config=config), NOW, 10_000)


def test_the_demo_goes_on_by_itself_and_touches_only_demo_cases(services: Services) -> None:
    mine = replace(drawn_report(services, NOW, generator("mine")), data={})
    own = services.cases.report(mine, now=NOW).case
    later = (NOW + timedelta(hours=30)).replace(hour=1)  # a morning in Shanghai
    before = services.cases.board(CaseQuery(ALL), now=later).total or 0
    assert sum(play(services, later + timedelta(minutes=10 * n)) for n in range(40)) > 0
    assert services.cases.require(own.id).version == 1
    assert 0 < (services.cases.board(CaseQuery(ALL), now=later).total or 0) - before < 20


def test_the_demo_reports_as_many_cases_a_day_as_it_began_with() -> None:
    hours = [datetime(2026, 11, 25, hour, 30, tzinfo=UTC) for hour in range(24)]
    assert sum(6 * likely(one) for one in hours) == pytest.approx(CASES / DAYS)


def test_who_works_for_a_unit_is_told_through_its_receiver(services: Services) -> None:
    assert remind(services, NOW + timedelta(hours=30)) == 0  # nobody is set up as a receiver

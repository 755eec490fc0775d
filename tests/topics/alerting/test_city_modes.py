"""平战 and 演练 as a log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from layers.stores.postgres_engine import connect
from topics.kit.duty.contracts import Mode
from topics.kit.stores.postgres_modes import PostgresModes

AT = datetime(2026, 11, 26, 2, tzinfo=UTC)


@pytest.fixture
def modes(database_url: str) -> Iterator[PostgresModes]:
    engine = connect(database_url)
    yield PostgresModes(engine)
    engine.dispose()


def test_without_a_change_it_is_peace_and_no_drill(modes: PostgresModes) -> None:
    assert modes.at() == Mode()


def test_what_a_change_does_not_name_stays(modes: PostgresModes) -> None:
    modes.change(by="chief", reason="暴雨", now=AT, wartime=True)
    modes.change(by="chief", reason="年度演练", now=AT + timedelta(hours=1), drill="防汛演练")
    now = modes.at()
    assert (now.wartime, now.drill, now.by) == (True, "防汛演练", "chief")
    modes.change(by="chief", reason="结束", now=AT + timedelta(hours=2), end_drill=True)
    assert (modes.at().wartime, modes.at().drill) == (True, None)


def test_the_mode_of_a_moment_is_the_one_then(modes: PostgresModes) -> None:
    modes.change(by="chief", reason="暴雨", now=AT, wartime=True)
    assert not modes.at(AT - timedelta(seconds=1)).wartime
    assert modes.at(AT).wartime
    assert [one.reason for one in modes.history()] == ["暴雨"]

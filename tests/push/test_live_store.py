"""The change stream on a real server: numbers without gaps, a new epoch when it was lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from layers.errors import StoreUnavailable
from topics.kit.events import Position
from topics.kit.stores.valkey import LiveStore, connect_valkey

from .conftest import OwnValkey, observation

SOON = timedelta(milliseconds=20)


def test_numbers_rise_by_one_through_many_writers(store: LiveStore) -> None:
    begun = store.position()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.publish([observation(n), observation(n)]), range(25)))
    tail = store.read(begun, wait=SOON)
    assert [one.seq for one in tail.changes] == list(range(1, 51))
    assert tail.position == Position(begun.epoch, 50)


def test_what_is_read_is_what_was_published(store: LiveStore) -> None:
    begun, said = store.position(), observation(35.123456789012345)
    store.publish([said])
    (found,) = store.read(begun, wait=SOON).changes
    assert (found.value, found.period, found.recorded_at) == (
        (said.value, said.period, said.recorded_at)
    )


def test_the_newest_changes_come_oldest_first(store: LiveStore) -> None:
    store.publish([observation(n) for n in range(9)])
    assert [one.value for one in store.recent(3).changes] == [6, 7, 8]


def test_latest_values_are_unknown_until_they_were_filled(store: LiveStore) -> None:
    store.publish([observation(5, hour=1)])
    assert store.latest() is None
    assert store.rebuild(
        [observation(1, hour=0), observation(2, region="440200")], at=(store.position())
    )
    assert sorted(one.value or 0 for one in store.latest() or ()) == [2, 5]


def test_filling_an_epoch_that_is_over_is_refused(store: LiveStore) -> None:
    assert not store.rebuild([observation(1)], at=Position("other", 0))


def test_a_late_value_of_an_older_period_does_not_become_the_latest(store: LiveStore) -> None:
    store.rebuild([], at=store.position())
    store.publish([observation(5, hour=3), observation(6, hour=2)])
    assert [one.value for one in store.latest() or ()] == [5]


def test_a_restarted_server_begins_a_new_epoch(store: LiveStore, own_valkey: OwnValkey) -> None:
    before = store.publish([observation(1)])
    own_valkey.kill()
    with pytest.raises(StoreUnavailable, match="没有丢失"):
        store.position()
    own_valkey.start()
    tail = store.read(before, wait=SOON)
    assert tail.position.epoch != before.epoch
    assert tail.changes == ()
    assert store.latest() is None


def test_a_stream_that_somebody_deleted_begins_a_new_epoch(
    store: LiveStore, own_valkey: OwnValkey
) -> None:
    before = store.publish([observation(1)])
    with connect_valkey(own_valkey.url) as client:
        client.delete("tl:{live}:changes")
    assert store.position() == Position(store.position().epoch, 0)
    assert store.position().epoch != before.epoch


@pytest.mark.parametrize("text", ["", "abc", "abc-", "-5", "a b-5", "abc-5x", "é-5", None])
def test_a_position_that_makes_no_sense_is_none(text: str | None) -> None:
    assert Position.parse(text) is None


def test_a_position_reads_back() -> None:
    assert Position.parse(str(Position("ab12", 7))) == Position("ab12", 7)

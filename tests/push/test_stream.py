"""The whole way over a real uvicorn: snapshot, deltas, replay, slow screens, lost Valkey, stop."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from app.errors import TooManyStreams
from app.push.batches import Batch, entry
from app.push.feeds import Audience
from app.push.hub import Hub
from app.push.live import LivePush
from app.push.stream import Pace
from layers.errors import StoreUnavailable
from topics.kit.contracts import Change, Observation
from topics.kit.events import Position
from topics.kit.stores.valkey import LiveStore

from .conftest import Events, OwnValkey, Program, observation

Start = Callable[..., Program]


class Database:
    """The latest values as the observation store would give them."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Observation] = {}
        self.away = False

    def write(self, *observations: Observation) -> Sequence[Observation]:
        self.rows.update({(one.indicator, one.region): one for one in observations})
        return observations

    def load(self) -> Sequence[Observation]:
        if self.away:
            raise StoreUnavailable("数据库不在")
        return list(self.rows.values())


@pytest.fixture
def database() -> Database:
    return Database()


def test_a_screen_gets_a_snapshot_and_then_deltas(
    store: LiveStore, database: Database, program: Start
) -> None:
    database.write(observation(1), observation(2, region="440200"))
    events = Events(program(LivePush(store, database.load)).port)
    events.wait(lambda e: e.values() == [1, 2])
    assert "retry: 1000" in events.text
    assert "cache-control: no-cache" in events.text
    assert "x-accel-buffering: no" in events.text
    store.publish(database.write(observation(3)))
    events.wait(lambda e: e.values() == [1, 2, 3])
    assert [event for event, _, _ in events.events] == ["snapshot", "delta"]
    events.close()


def test_who_comes_back_gets_what_was_missed_and_no_snapshot(
    store: LiveStore, database: Database, program: Start
) -> None:
    port = program(LivePush(store, database.load)).port
    first = Events(port)
    store.publish(database.write(observation(1)))
    last = first.wait(lambda e: 1 in e.values()).events[-1][1]
    first.close()
    store.publish(database.write(observation(2, region="440200")))
    store.publish(database.write(observation(3)))
    time.sleep(0.5)
    again = Events(port, last=last).wait(lambda e: sorted(e.values()) == [2, 3])
    assert [event for event, _, _ in again.events] == ["delta"]
    again.close()


@pytest.mark.parametrize("last", ["00000000-1", "nonsense", "{epoch}-999"])
def test_an_unknown_position_gets_a_snapshot(
    store: LiveStore, database: Database, program: Start, last: str
) -> None:
    database.write(observation(1))
    port = program(LivePush(store, database.load)).port
    Events(port).wait(lambda e: e.values() == [1]).close()
    again = Events(port, last=last.format(epoch=store.position().epoch))
    assert again.wait(lambda e: e.values() == [1]).events[0][0] == "snapshot"
    again.close()


def test_a_web_process_that_restarted_replays_from_the_stream(
    store: LiveStore, database: Database, program: Start
) -> None:
    epoch = store.publish(database.write(observation(1))).epoch
    store.publish(database.write(observation(2)))
    events = Events(program(LivePush(store, database.load)).port, last=f"{epoch}-1")
    events.wait(lambda e: 2 in e.values())
    events.close()


def test_nobody_is_told_what_they_may_not_see(
    store: LiveStore, database: Database, program: Start
) -> None:
    database.write(observation(1), observation(2, indicator="secret.x"))
    events = Events(program(LivePush(store, database.load)).port, query="?hide=secret")
    events.wait(lambda e: e.values() == [1])
    store.publish(database.write(observation(3, indicator="secret.x"), observation(4)))
    events.wait(lambda e: e.values() == [1, 4])
    assert "secret" not in events.text
    events.close()


def test_rows_are_rendered_for_the_region_and_sent_only_when_they_changed(
    store: LiveStore, database: Database, program: Start
) -> None:
    def render(changes: Sequence[Change], region: str, _: Any) -> list[dict[str, Any]]:
        return [
            {"indicator": one.indicator, "region": region, "value": str(one.value)}
            for one in changes
        ]

    database.write(observation(1), observation(2, region="440200"))
    port = program(LivePush(store, database.load, render=render)).port
    events = Events(port, query="?region=440203")
    rows = lambda e: [row["value"] for name, _, data in e.events if name == "rows" for row in data]  # noqa: E731
    events.wait(lambda e: rows(e) == ["1"])
    store.publish(database.write(observation(9, region="440200"), observation(5)))
    events.wait(lambda e: rows(e) == ["1", "5"])
    events.close()


def test_a_restarted_valkey_means_a_new_epoch_a_snapshot_and_nothing_lost(
    store: LiveStore, own_valkey: OwnValkey, database: Database, program: Start
) -> None:
    database.write(observation(1))
    events = Events(program(LivePush(store, database.load)).port)
    events.wait(lambda e: e.values() == [1])
    own_valkey.kill()
    database.write(observation(2))  # written while nothing can be announced
    events.wait(lambda e: e.values()[-1] == 2)
    database.write(observation(3))
    events.wait(lambda e: e.values()[-1] == 3)
    own_valkey.start()
    store.publish(database.write(observation(4)))
    events.wait(lambda e: e.values()[-1] == 4)
    epochs = [name.partition("-")[0] for _, name, _ in events.events]
    assert len(set(epochs)) == 3  # the first, the database's own, the new one
    events.close()


def test_with_the_database_away_the_remembered_values_are_shown(
    store: LiveStore, database: Database, program: Start
) -> None:
    store.rebuild([observation(7)], at=store.position())
    database.away = True
    events = Events(program(LivePush(store, database.load)).port)
    events.wait(lambda e: e.values() == [7])
    events.close()


def test_a_stalled_screen_delays_nobody_and_costs_bounded_memory(
    store: LiveStore, database: Database, program: Start
) -> None:
    push = LivePush(store, database.load, batch=timedelta(milliseconds=20))
    port = program(push).port
    with socket.socket() as stalled, closing(Events(port)) as events:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.connect(("127.0.0.1", port))
        stalled.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
        events.wait(lambda e: push.hub.screens == 2)

        def waiting(value: int) -> list[Batch]:
            """What waits for a screen once the other one has this value of all regions."""
            wide = [observation(value, region=str(440000 + n)) for n in range(400)]
            store.publish(database.write(*wide))
            said = (f",{value}.0,", f",{value},")
            events.wait(lambda e: any(one in e.text[-200:] for one in said))
            (feed,) = push.hub._feeds.values()
            return [one.mailbox._waiting for one in feed.screens if one.mailbox._waiting]

        # The kernel takes some megabytes before anything waits here, more on some machines.
        value = next(value for value in range(1_000, 6_000) if waiting(value))
        for more in range(50):
            left = waiting(value + 1 + more)
        assert len(left) == 1
        assert len(left[0].latest) <= 400


def test_an_idle_stream_says_that_it_lives(
    store: LiveStore, database: Database, program: Start
) -> None:
    pace = Pace(keepalive=timedelta(milliseconds=50))
    events = Events(program(LivePush(store, database.load), pace).port)
    events.wait(lambda e: e.text.count(": \n\n") >= 3)
    events.close()


def test_a_stream_ends_when_the_rights_changed(
    store: LiveStore, database: Database, program: Start
) -> None:
    pace = Pace(keepalive=timedelta(milliseconds=50), recheck=timedelta(0))
    running = program(LivePush(store, database.load), pace)
    events = Events(running.port)
    events.wait(lambda e: e.text.count(": \n\n") >= 2)
    running.allowed = False
    events.wait(lambda e: running.push.hub.screens == 0)
    events.close()


def test_a_screen_that_leaves_is_forgotten(
    store: LiveStore, database: Database, program: Start
) -> None:
    push = LivePush(store, database.load)
    events = Events(program(push).port)
    events.wait(lambda e: push.hub.screens == 1)
    events.close()
    end = time.monotonic() + 30
    while push.hub.screens and time.monotonic() < end:
        time.sleep(0.05)
    assert (push.hub.screens, push.hub._feeds) == (0, {})


def test_a_server_with_two_hundred_screens_stops_without_waiting_for_any_of_them(
    store: LiveStore, database: Database, program: Start
) -> None:
    push = LivePush(store, database.load)
    running = program(push, grace=300)
    opened = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(200)]
    for one in opened:
        one.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
    end = time.monotonic() + 60
    while push.hub.screens < 200 and time.monotonic() < end:
        time.sleep(0.05)
    assert push.hub.screens == 200
    assert running.stop()  # long before the grace is over
    for one in opened:
        one.close()


def test_one_address_may_not_take_all_streams() -> None:
    async def joins() -> None:
        hub = Hub(per_address=2)
        first = hub.join(Audience("all"), lambda _: True, address="a")
        hub.join(Audience("all"), lambda _: True, address="a")
        with pytest.raises(TooManyStreams, match="streams_per_address"):
            hub.join(Audience("all"), lambda _: True, address="a")
        hub.leave(first)
        hub.leave(first)
        hub.join(Audience("all"), lambda _: True, address="a")
        hub.close()

    asyncio.run(joins())


def test_a_gap_that_is_no_longer_held_means_a_snapshot() -> None:
    async def greeting() -> list[bool]:
        hub = Hub()
        changes = [
            Change(n, "a.b", "440200", o.period, n, o.status, o.recorded_at)  # type: ignore[arg-type]
            for n in (5, 6)
            for o in [observation(n)]
        ]
        entries = [entry(one) for one in changes]
        hub.reset(Position("e", 6), entries[1:], entries)
        kinds = []
        for last in (3, 4, 6, 7):
            screen = hub.join(Audience("all"), lambda _: True, last=Position("e", last))
            batch = await screen.mailbox.take(timedelta(seconds=1))
            assert batch is not None
            kinds.append(batch.snapshot)
        hub.close()
        return kinds

    assert asyncio.run(greeting()) == [True, False, False, True]

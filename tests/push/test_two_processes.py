"""Twenty screens on two web processes, one of them stalled, while Valkey is killed in between."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from app.push.live import LivePush
from topics.kit.contracts import Observation
from topics.kit.stores.valkey import LiveStore

from .conftest import Events, OwnValkey, Program, observation

Start = Callable[..., Program]


class Hall:
    """The screens and what the database says meanwhile."""

    def __init__(self, store: LiveStore, start: Start) -> None:
        self.rows: dict[str, Observation] = {}
        self.store = store
        self.say(1, tell=False)
        self.ports = [start(LivePush(store, self.load)).port for _ in range(2)]
        self.stalled = socket.create_connection(("127.0.0.1", self.ports[0]))
        self.stalled.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
        self.screens = [
            Events(self.ports[n % 2], query="?hide=grid" if n % 5 == 0 else "") for n in range(20)
        ]

    def load(self) -> list[Observation]:
        return list(self.rows.values())

    def say(self, value: float, *, tell: bool = True) -> None:
        """Both indicators have that value now; `tell` the stream, too."""
        said = [observation(value), observation(value, indicator="grid.events")]
        self.rows |= {one.indicator: one for one in said}
        if tell:
            self.store.publish(said)

    def all_end_with(self, value: float) -> None:
        """Wait until the newest of what each screen was told of is `value`."""
        for one in self.screens:
            one.wait(lambda e: e.values()[-1:] == [value], patience=60)

    def close(self) -> None:
        for one in (*self.screens, self.stalled):
            one.close()


@pytest.fixture
def hall(store: LiveStore, program: Start) -> Iterator[Hall]:
    made = Hall(store, program)
    made.all_end_with(1)
    yield made
    made.close()


def test_every_screen_of_both_processes_hears_of_every_change_through_a_killed_valkey(
    hall: Hall, own_valkey: OwnValkey
) -> None:
    hall.say(2)
    hall.all_end_with(2)
    own_valkey.kill()
    hall.say(3, tell=False)  # stored while nothing can be announced
    hall.all_end_with(3)
    own_valkey.start()
    hall.say(4)
    hall.all_end_with(4)
    for number, one in enumerate(hall.screens):
        told = {row[0] for event, _, data in one.events if event != "rows" for row in data}
        assert ("grid.events" in told) == (number % 5 != 0)
        assert not one.ended.is_set()

"""GET /live of the running program: snapshot, deltas, and what was missed while away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.e2e.city import City, Desk

PUSHED, REGION = "market.food_pass", "440224"
ID = re.compile(r"[0-9A-Za-z]+-\d+")


@dataclass(frozen=True)
class Event:
    id: str
    kind: str
    data: Any


def events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, rest = line.partition(":")
        if line and name:
            fields[name] = rest.lstrip()
        elif not line and "data" in fields:
            yield Event(fields.get("id", ""), fields["event"], json.loads(fields["data"]))
            fields = {}


@contextmanager
def listening(
    city: City, last: str | None = None, path: str = "/live"
) -> Iterator[Iterator[Event]]:
    headers = {"Last-Event-ID": last} if last else {}
    with httpx.stream("GET", city.url + path, headers=headers, timeout=240) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.iter_lines())


def delta_of(stream: Iterator[Event], value: float) -> Event:
    """The first delta that carries the pushed value."""
    for event in stream:
        assert event.kind in {"delta", "rows", "alerts", "cases", "beat"}
        if event.kind == "delta" and any(row[:2] == [PUSHED, REGION] for row in event.data):
            row = next(row for row in event.data if row[:2] == [PUSHED, REGION])
            assert row[3] == value
            return event
    raise AssertionError("the stream ended")


def test_a_stream_begins_with_everything_and_goes_on_with_changes(city: City, desk: Desk) -> None:
    with listening(city) as stream:
        first = next(stream)
        assert first.kind == "snapshot"
        assert ID.fullmatch(first.id)
        assert len({row[0] for row in first.data}) >= 20
        assert all(len(row) == 6 for row in first.data)
        desk.this_month(PUSHED, REGION, 91.11)
        delta = delta_of(stream, 91.11)
    assert ID.fullmatch(delta.id)
    assert delta.id.split("-")[0] == first.id.split("-")[0]
    assert int(delta.id.split("-")[1]) > int(first.id.split("-")[1])


def test_who_comes_back_gets_what_was_missed_and_not_all_again(city: City, desk: Desk) -> None:
    with listening(city) as stream:
        last = next(stream).id
    desk.this_month(PUSHED, REGION, 92.22)
    with listening(city, last) as stream:
        delta_of(stream, 92.22)


def test_an_unknown_epoch_gets_a_snapshot(city: City) -> None:
    with listening(city, "nosuchepoch-5") as stream:
        assert next(stream).kind == "snapshot"


def test_only_the_named_topics_are_sent(city: City) -> None:
    with listening(city, path="/live?topics=water,grid") as stream:
        topics = {row[0].split(".")[0] for row in next(stream).data}
    assert topics == {"water", "grid"}

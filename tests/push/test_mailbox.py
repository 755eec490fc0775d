"""A mailbox is bounded and never loses the newest value, however slow its reader is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.push.batches import Batch, Entry, entry
from app.push.mailbox import Mailbox
from topics.kit.contracts import Change, Period, PeriodKind, ValueStatus
from topics.kit.events import Position

START = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = timedelta(milliseconds=10)


def change(seq: int, key: int, hour: int) -> Entry:
    period = Period(START + timedelta(hours=hour), PeriodKind.HOUR)
    recorded = START + timedelta(seconds=seq)
    return entry(Change(seq, f"a.i{key}", "440200", period, seq, ValueStatus.OK, recorded))


changes = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400)), max_size=600)
cuts = st.lists(st.integers(1, 50), max_size=60)


def _newest(entries: list[Entry]) -> dict[tuple[str, str], Entry]:
    newest: dict[tuple[str, str], Entry] = {}
    for one in entries:
        known = newest.get(one.key)
        if known is None or known.order <= one.order:
            newest[one.key] = one
    return newest


@given(changes, cuts)
def test_whatever_the_cuts_the_reader_ends_with_the_newest_values(
    raw: list[tuple[int, int]], sizes: list[int]
) -> None:
    entries = [change(seq, key, hour) for seq, (key, hour) in enumerate(raw, 1)]
    merged, rest = Batch(), list(entries)
    for size in [*sizes, len(entries) + 1]:
        some, rest = rest[:size], rest[size:]
        if some:
            merged = merged.merged(Batch.delta(Position("e", some[-1].change.seq), some))
    assert dict(merged.latest) == _newest(entries)
    assert len(merged.latest) + len(merged.revised) <= 4 + 256


@given(changes)
def test_a_snapshot_replaces_what_waited_and_keeps_what_comes_after(
    raw: list[tuple[int, int]],
) -> None:
    entries = [change(seq, key, hour) for seq, (key, hour) in enumerate(raw, 1)]
    snapshot = Batch(Position("f", 0), snapshot=True)
    merged = Batch.delta(Position("e", 9), [change(9, 3, 999)]).merged(snapshot)
    merged = merged.merged(Batch.delta(Position("f", 1), entries))
    assert merged.snapshot
    assert dict(merged.latest) == _newest(entries)


def test_readers_that_keep_up_get_the_very_same_bytes() -> None:
    batch = Batch.delta(Position("e", 1), [change(1, 0, 0)])

    async def both() -> list[Batch | None]:
        boxes = [Mailbox(), Mailbox()]
        for box in boxes:
            box.put(batch)
        return [await box.take(QUICK) for box in boxes]

    first, second = asyncio.run(both())
    assert first is second is batch
    assert first.encoded is batch.encoded


def test_a_batch_reads_as_the_contract_says() -> None:
    text = Batch.delta(Position("ab12", 7), [change(7, 0, 8)]).encoded.decode()
    start, recorded = "2026-01-01T16:00:00+08:00", "2026-01-01T08:00:07+08:00"
    assert text == (
        f'id: ab12-7\nevent: delta\ndata: [["a.i0","440200","{start}",7,"ok","{recorded}"]]\n\n'
    )


def test_a_revision_of_a_past_period_is_told_before_the_present_value() -> None:
    batch = Batch.delta(Position("e", 2), [change(1, 0, 9), change(2, 0, 3)])
    assert [one.change.seq for one in (*batch.revised.values(), *batch.latest.values())] == [2, 1]
    assert batch.encoded.index(b",2,") < batch.encoded.index(b",1,")


def test_rows_alone_carry_no_id() -> None:
    assert Batch(rows={("a", "b"): b'{"x":1}'}).encoded == b'event: rows\ndata: [{"x":1}]\n\n'


def test_nothing_comes_of_an_empty_or_a_closed_box() -> None:
    async def takes() -> tuple[Batch | None, Batch | None, bool]:
        box = Mailbox()
        empty = await box.take(QUICK)
        box.put(Batch())
        box.close()
        return empty, await box.take(QUICK), box.closed

    assert asyncio.run(takes()) == (None, None, True)

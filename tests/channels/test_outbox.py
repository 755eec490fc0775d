"""The outbox: kept once, sent at least once, each receiver apart, whatever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.channels.lane_process import sender
from tests.channels.receivers import ERROR_PAGE, OK, Got, receiver
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import Answer, Notice, NoticeState, Patience, idempotency_token
from topics.kit.notify.lanes import Lanes
from topics.kit.stores.postgres_notices import PostgresNotices

NOW = datetime(2026, 11, 26, 2, 24, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
QUICK = Patience(first=timedelta(milliseconds=20))


@pytest.fixture
def engine(module_database_url: str) -> Iterator[sa.Engine]:
    engine = connect(module_database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE notice, notice_receiver CASCADE"))
    yield engine
    engine.dispose()


@pytest.fixture
def notices(engine: sa.Engine) -> PostgresNotices:
    return PostgresNotices(engine)


def message(key: str, receiver: str = "receiver:r0", **more) -> Message:
    return Message(key, receiver, f"告警 {key}", "正文", **more)


def claimed(notices: PostgresNotices, *, now: datetime = NOW, to: str = "receiver:r0") -> Notice:
    found = notices.claim(to, now, by="w")
    assert found is not None
    return found


def tell(notices: PostgresNotices, notice: Notice, answer: Answer, at: datetime = NOW):
    return notices.record(notice, answer, Patience(), started=at, now=at, by="w")


FAILED, SENT = Answer(False, "hook", "HTTP 500"), Answer(True, "hook", "HTTP 200")


def test_the_same_key_and_receiver_are_kept_once(notices):
    first = [message("a"), message("a", "receiver:r1"), message("b")]
    assert notices.send(first, now=NOW) == 3
    assert notices.send([message("a"), message("c"), message("c")], now=NOW) == 1
    assert notices.counts()["waiting"] == 4


def test_a_message_goes_with_its_cause_or_not_at_all(engine, notices):
    with pytest.raises(ZeroDivisionError), engine.begin() as transaction:  # noqa: PT012 one undone
        notices.send([message("a")], now=NOW, connection=transaction)
        raise ZeroDivisionError
    assert notices.counts()["waiting"] == 0


def test_a_message_of_a_drill_is_kept_and_never_due(notices):
    notices.send([message("a", drill=True)], now=NOW)
    assert notices.due(NOW) == []
    kept = notices.newest([NoticeState.DRILL])[0]
    assert kept.said == "演练未外发"


def test_a_message_waits_for_its_moment(notices):
    notices.send([message("a", not_before=NOW + timedelta(minutes=5))], now=NOW)
    assert notices.due(NOW) == []
    assert notices.due(NOW + timedelta(minutes=5)) == ["receiver:r0"]


def test_one_try_at_a_time_a_receiver_and_the_urgent_first(notices):
    notices.send([message("a"), message("b", urgent=True)], now=NOW)
    assert claimed(notices).message.key == "b"
    assert notices.claim("receiver:r0", NOW, by="other") is None
    assert notices.due(NOW) == []


def test_a_message_whose_sender_died_is_taken_again_under_the_same_key(notices):
    notices.send([message("a")], now=NOW)
    first = claimed(notices)
    again = claimed(notices, now=NOW + timedelta(minutes=1))
    assert (again.id, again.token) == (first.id, first.token)


def test_a_failure_waits_longer_each_time_and_is_given_up_in_the_end(notices):
    notices.send([message("a")], now=NOW)
    now, pauses = NOW, []
    for _ in range(11):
        done = tell(notices, claimed(notices, now=now), FAILED, now)
        assert done.state is NoticeState.WAITING
        pauses.append(done.next_at - now)
        now += timedelta(hours=1)
    assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert max(pauses) == timedelta(minutes=15)
    assert tell(notices, claimed(notices, now=now), FAILED, now).state is NoticeState.FAILED
    assert notices.counts() == {"waiting": 0, "sent": 0, "failed": 1, "drill": 0}
    tries = notices.attempts([notices.newest()[0].id])
    assert [one.answer.said for one in next(iter(tries.values()))] == ["HTTP 500"] * 12


def test_after_three_failures_a_receiver_is_left_alone_with_all_its_messages(notices):
    notices.send([message(key) for key in "abcd"], now=NOW)
    for _ in range(3):
        tell(notices, claimed(notices), FAILED)
    assert notices.due(NOW) == []
    assert notices.claim("receiver:r0", NOW, by="w") is None
    later = NOW + timedelta(seconds=5)
    tell(notices, claimed(notices, now=later), SENT, later)
    assert notices.due(later) == ["receiver:r0"]


def test_what_was_given_up_can_be_sent_again_by_a_person(notices):
    notices.send([message("a")], now=NOW)
    tell(notices, claimed(notices), Answer(False, "hook", "no", final=True))
    number = notices.newest([NoticeState.FAILED])[0].id
    assert notices.again(number, NOW)
    assert not notices.again(number, NOW)
    assert claimed(notices).id == number


def test_a_success_counts_although_the_hold_had_run_out(notices):
    notices.send([message("a")], now=NOW)
    slow = claimed(notices)
    assert notices.claim("receiver:r0", NOW + timedelta(minutes=1), by="other") is not None
    assert tell(notices, slow, SENT, NOW + timedelta(minutes=1)) is None
    assert notices.counts()["sent"] == 1


def test_a_failure_of_an_old_hold_changes_nothing_of_the_present_one(notices):
    notices.send([message("a")], now=NOW)
    slow = claimed(notices)
    assert notices.claim("receiver:r0", NOW + timedelta(minutes=1), by="other") is not None
    assert tell(notices, slow, FAILED, NOW + timedelta(minutes=1)) is None
    assert notices.newest()[0].attempts == 0


def test_two_workers_never_try_the_same_message_at_once(module_database_url, engine, notices):
    notices.send([message(str(n), f"receiver:r{n % 3}") for n in range(60)], now=NOW)
    seen: list[int] = []

    def work() -> None:
        own = connect(module_database_url)
        store = PostgresNotices(own)
        while due := store.due(NOW):
            for to in due:
                if (found := store.claim(to, NOW, by=str(threading.get_ident()))) is not None:
                    seen.append(found.id)
                    name = str(threading.get_ident())
                    store.record(found, SENT, Patience(), started=NOW, now=NOW, by=name)
        own.dispose()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert Counter(Counter(seen).values()) == {1: 60}


def _drain(notices: PostgresNotices, lanes: Lanes, enough, patience: float = 60) -> None:
    """Look for due messages until `enough` says so; fails loudly when it never does."""
    stop, end = threading.Event(), time.monotonic() + patience
    while not enough():
        assert time.monotonic() < end, notices.counts()
        lanes.start_due(stop)
        time.sleep(0.02)
    stop.set()


def test_a_dead_and_a_hanging_receiver_delay_no_other(notices):
    release = threading.Event()

    def answer(got: Got):
        if got.path.endswith("r1"):
            release.wait(10)
        return ERROR_PAGE if got.path.endswith("r2") else OK

    with receiver(answer) as there:
        lanes = Lanes(notices, sender(there.url, timeout_s=10), worker="w", patience=QUICK)
        notices.send([message(str(n), f"receiver:r{n % 4}") for n in range(40)], now=NOW)
        _drain(notices, lanes, lambda: notices.counts()["sent"] == 20)
        assert Counter(one.path for one in there.got)["/in/r1"] == 1
        release.set()
        _drain(notices, lanes, lambda: notices.counts()["sent"] == 30)
    assert notices.newest([NoticeState.WAITING])[0].message.receiver == "receiver:r2"


def test_while_a_drill_runs_nothing_leaves_and_nothing_is_lost(notices):
    drill = [True]
    with receiver() as there:
        later = [datetime.now(UTC)]
        lanes = Lanes(
            notices,
            sender(there.url),
            worker="w",
            in_drill=lambda: drill[0],
            clock=lambda: later[0],
        )
        notices.send([message("a")], now=later[0])
        assert lanes.send_next("receiver:r0")
        assert "演练中" in notices.newest()[0].said
        assert there.got == []
        drill[0], later[0] = False, later[0] + timedelta(minutes=1)
        assert lanes.send_next("receiver:r0")
    assert there.tokens == [idempotency_token(message("a"))]


@contextmanager
def _worker(database: str, url: str) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "tests.channels.lane_process", database, url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def _until(holds, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_nothing_is_lost_or_doubled_beyond_its_key_when_worker_and_receiver_are_killed(
    module_database_url, notices
):
    messages = [message(f"k{n}", f"receiver:r{n % 5}") for n in range(200)]
    expected = {idempotency_token(one) for one in messages}
    notices.send(messages, now=NOW)
    tokens: list[str] = []
    with receiver(lambda _: (time.sleep(0.01), OK)[1]) as there:
        port = int(there.url.rpartition(":")[2].partition("/")[0])
        with _worker(module_database_url, there.url) as process:
            _until(lambda: len(there.got) >= 60)
            process.send_signal(signal.SIGKILL)
            process.wait()
        before = len(there.got)
        tokens += there.tokens
    # The receiver is gone now; it comes back at the same place while a new worker sends.
    ahead = Lanes(
        notices,
        sender(there.url),
        worker="w2",
        patience=QUICK,
        # What the killed worker held is free a minute later.
        clock=lambda: datetime.now(UTC) + timedelta(minutes=1),
    )
    stop = threading.Event()
    for lane in ahead.start_due(stop):
        lane.join()
    assert notices.counts()["sent"] < 200
    with receiver(port=port) as back:
        _drain(notices, ahead, lambda: notices.counts()["sent"] == 200)
        tokens += back.tokens
    assert set(tokens) == expected
    # Each receiver had at most one message under way when the worker was killed.
    assert len(tokens) - len(expected) <= 5, (before, len(tokens))

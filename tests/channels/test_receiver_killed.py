"""Receiver and worker are killed in turns, in the middle of a message: none is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from layers.stores.postgres_engine import connect
from tests.channels.lane_process import sender
from tests.ports import held_port, port_of
from topics.kit.notify.contracts import Message
from topics.kit.notify.delivery import Patience, idempotency_token
from topics.kit.notify.lanes import Lanes
from topics.kit.stores.postgres_notices import PostgresNotices

ROOT = Path(__file__).resolve().parents[2]
COUNT, RECEIVERS = 150, 5


@contextmanager
def running(module: str, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own, killed at the end if it still lives."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def until(holds: Callable[[], bool], patience: float = 60) -> None:
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split() if path.exists() else []


def killed(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_every_message_is_accepted_once_by_its_key_though_both_sides_are_killed(
    database_url: str, tmp_path: Path
) -> None:
    engine = connect(database_url)
    notices = PostgresNotices(engine)
    messages = [
        Message(f"k{n}", f"receiver:r{n % RECEIVERS}", f"消息 {n}", "内容") for n in range(COUNT)
    ]
    notices.send(messages)
    expected = {idempotency_token(one) for one in messages}
    kept, asked, place = tmp_path / "kept.txt", tmp_path / "kept.asked", held_port()
    port = port_of(place)
    url = f"http://127.0.0.1:{port}/in"
    receiver = ("tests.channels.receiver_process", port, kept)
    worker = ("tests.channels.lane_process", database_url, url)
    deaths = 0
    with ExitStack() as stack:
        there = stack.enter_context(running(*receiver))
        sending = stack.enter_context(running(*worker))
        for round_ in range(3):
            before = len(lines(asked))
            until(lambda before=before: len(lines(asked)) > before)  # it has one in its hands
            killed(there)
            there = stack.enter_context(running(*receiver))
            until(lambda before=len(lines(asked)): len(lines(asked)) > before)
            if round_ < 2:
                killed(sending)
                sending = stack.enter_context(running(*worker))
            deaths += 1 + (round_ < 2)
        killed(sending)
        deaths += 1
        # What the killed worker held and what failed is due again later: the clock goes ahead.
        lanes = Lanes(
            notices,
            sender(url),
            worker="last",
            patience=Patience(first=timedelta(milliseconds=10)),
            clock=lambda: datetime.now(UTC) + timedelta(hours=1),
        )
        stop = threading.Event()

        def drained() -> bool:
            for lane in lanes.start_due(stop):
                lane.join()
            return notices.counts()["sent"] == COUNT

        until(drained)
    engine.dispose()
    place.close()
    accepted = Counter(lines(kept))
    assert set(accepted) == expected  # none is lost
    assert set(accepted.values()) == {1}  # and none counts twice
    # A message is asked about again only where a death was between it and its answer: at most one
    # of each receiver was under way then.
    assert COUNT <= len(lines(asked)) <= COUNT + deaths * RECEIVERS

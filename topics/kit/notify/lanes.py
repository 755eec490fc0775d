"""Sends what was kept, each receiver on a lane of its own: a dead or slow one delays no other."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from layers.errors import StoreUnavailable
from topics.kit.notify.delivery import Answer, Deliver, Notice, Patience

logger = logging.getLogger(__name__)

_LOOK = timedelta(seconds=1)
_AWAY = timedelta(seconds=3)
_HELD = timedelta(seconds=15)
_MOST = 256  # lanes at once; a receiver that hangs costs one of them until its deadline


class Outbox(Protocol):
    """What was kept and is to be sent."""

    def due(self, now: datetime, *, most: int = 500) -> Sequence[str]:
        """Receivers with something to be tried now."""

    def claim(self, receiver: str, now: datetime, *, by: str) -> Notice | None:
        """The receiver's next message, held by us."""

    def record(
        self,
        notice: Notice,
        answer: Answer,
        patience: Patience,
        *,
        started: datetime,
        now: datetime,
        by: str,
    ) -> object:
        """Log a try and what follows of it."""

    def hold_back(self, notice: Notice, said: str, *, until: datetime, by: str) -> None:
        """Let a message wait without counting it as a try."""


class Lanes:
    """Works in any number of workers at once; a killed one's message is taken again in a minute.

    A message is recorded as sent after it was sent, so it may be sent twice, always under the
    same idempotency key, and is never lost.
    """

    def __init__(
        self,
        outbox: Outbox,
        deliver: Deliver,
        *,
        worker: str,
        patience: Patience | None = None,
        in_drill: Callable[[], bool] = lambda: False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        look_every: timedelta = _LOOK,
    ) -> None:
        """Send by `deliver`; while `in_drill` nothing leaves the house."""
        self._outbox = outbox
        self._deliver = deliver
        self._worker = worker
        self._patience = patience or Patience()
        self._in_drill = in_drill
        self._clock = clock
        self._look_every = look_every
        self._busy: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        pause = self._look_every
        while not stop.wait(pause.total_seconds()):
            pause = self._look_every
            try:
                self.start_due(stop)
            except StoreUnavailable as wrong:
                logger.debug("消息暂时不能发送:%s", wrong)
                pause = _AWAY

    def start_due(self, stop: threading.Event) -> list[threading.Thread]:
        """Start a lane for every receiver with something due that has none."""
        started = []
        for receiver in self._outbox.due(self._clock()):
            with self._lock:
                if receiver in self._busy or len(self._busy) >= _MOST or stop.is_set():
                    continue
                lane = threading.Thread(
                    target=self._lane, args=[receiver, stop], name="notice-lane", daemon=True
                )
                self._busy[receiver] = lane
            lane.start()
            started.append(lane)
        return started

    def _lane(self, receiver: str, stop: threading.Event) -> None:
        try:
            while not stop.is_set() and self.send_next(receiver):
                pass
        except StoreUnavailable as wrong:
            # What was sent and could not be recorded is sent again under the same key.
            logger.debug("消息的结果暂时记不下:%s", wrong)
        finally:
            with self._lock:
                self._busy.pop(receiver, None)

    def send_next(self, receiver: str) -> bool:
        """Try one message of the receiver; False when there is none or trying should pause."""
        name = f"{self._worker}/{secrets.token_hex(4)}"
        started = self._clock()
        notice = self._outbox.claim(receiver, started, by=name)
        if notice is None:
            return False
        if self._in_drill():
            said = "演练中,暂未外发;演练结束后发送"
            self._outbox.hold_back(notice, said, until=started + _HELD, by=name)
            return True
        answer = self._deliver(notice)
        if not answer.ok:
            logger.warning("消息 %s 没有送到 %s:%s", notice.id, receiver, answer.said)
        self._outbox.record(
            notice, answer, self._patience, started=started, now=self._clock(), by=name
        )
        return True

"""One leader among all workers: a lock with a lifetime, renewed while its holder lives.

A leader that sleeps past the lifetime loses the lock without knowing; so every tick is also claimed
in the database with the leader's fence (topics.kit.runs), and that claim decides.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Protocol

from layers.errors import StoreUnavailable
from topics.kit.errors import NotLeader

logger = logging.getLogger(__name__)

LIFETIME = timedelta(seconds=6)


class LeaderLock(Protocol):
    """A lock that one owner holds until it is released or its lifetime passes unrenewed."""

    def acquire(self, owner: str, lifetime: timedelta) -> bool:
        """Take the lock if it is free."""

    def renew(self, owner: str, lifetime: timedelta) -> bool:
        """Prolong it; False when it is not the owner's any more."""

    def release(self, owner: str) -> None:
        """Give it up, if it is the owner's."""


class Candidate:
    """Stands for election until told to stop; leads by `take_over`, ends it by `step_down`."""

    def __init__(
        self,
        lock: LeaderLock,
        owner: str,
        *,
        take_over: Callable[[], None],
        step_down: Callable[[], None],
        lifetime: timedelta = LIFETIME,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`owner` names this process among all; `take_over` returns soon (it starts threads)."""
        self._lock = lock
        self._owner = owner
        self._take_over = take_over
        self._step_down = step_down
        self._lifetime = lifetime
        self._clock = clock
        self._away = False
        self._renewed = 0.0
        self.leading = False

    def require(self) -> None:
        """Return while this process leads; NotLeader otherwise."""
        fresh = self._clock() - self._renewed < self._lifetime.total_seconds()
        if not (self.leading and fresh):
            raise NotLeader("本进程不是当前的调度者;任务由另一后台进程执行")

    def run(self, stop: threading.Event) -> None:
        """Stand for election until `stop`; leaves the lock free at the end."""
        while not stop.is_set():
            self.step()
            stop.wait(self._lifetime.total_seconds() / (3 if self.leading else 6))
        self._lose()
        try:
            self._lock.release(self._owner)
        except StoreUnavailable:
            return  # the lock dies by itself

    def step(self) -> None:
        """Try once to become or to stay leader; whatever goes wrong, the next step tries again."""
        asked = self._clock()
        try:
            act = self._lock.renew if self.leading else self._lock.acquire
            holds = act(self._owner, self._lifetime)
            if holds:
                self._renewed = asked
            if holds and not self.leading:
                self._begin()
            self._away = False
        except Exception as wrong:  # the thread's edge: it must not end
            holds = self.leading and self._clock() - self._renewed < self._lifetime.total_seconds()
            if not self._away:
                known = isinstance(wrong, StoreUnavailable)
                logger.warning("调度暂停:%s", wrong, exc_info=None if known else wrong)
            self._away = True
        if self.leading and not holds:
            self._lose()

    def _begin(self) -> None:
        try:
            self._take_over()
        except Exception:
            self._end()  # a part of it may run already
            self._lock.release(self._owner)
            raise
        self.leading = True
        logger.info("成为调度者")

    def _lose(self) -> None:
        if self.leading:
            self.leading = False
            self._end()
            logger.info("不再是调度者")

    def _end(self) -> None:
        try:
            self._step_down()
        except Exception:  # the thread's edge; a successor's fence stops the rest
            logger.exception("停止调度时出错")

"""The life of a message on its way out: kept, tried, sent or given up. Pure; time is passed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from topics.kit.notify.contracts import Message

OPENS_AFTER = 3
"""Failures in a row after which a receiver is left alone for a while."""

LEASE = timedelta(seconds=40)
"""How long one try may hold a message; behind it the try counts as dead and another begins."""


class NoticeState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # given up; a person sees it in the list and may send it again
    DRILL = "drill"  # 演练未外发


@dataclass(frozen=True, slots=True)
class Notice:
    """One kept message and how its sending went."""

    id: int
    message: Message
    state: NoticeState
    created_at: datetime
    attempts: int
    next_at: datetime
    said: str  # what the last try was answered, in words for a person
    ended_at: datetime | None = None

    @property
    def token(self) -> str:
        """What the receiver knows a repeated message by: the same at every try."""
        return idempotency_token(self.message)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one try went. `target` says over what it went, without any secret."""

    ok: bool
    target: str
    said: str
    final: bool = False  # trying again cannot help: a person has to act


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try as it was logged."""

    at: datetime
    took: timedelta
    answer: Answer


Deliver = Callable[[Notice], Answer]
"""Sends one message and says how it went; raises nothing, ends within LEASE."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how often a message is tried again."""

    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=15)
    give_up: int = 12

    def pause(self, failures: int) -> timedelta:
        """How long to wait after so many failures (1, 2, …): doubled each time."""
        # The exponent is bounded so that a large count overflows nothing.
        doubled: timedelta = self.first * 2 ** min(max(failures, 1) - 1, 20)
        return min(doubled, self.longest)


def after(notice: Notice, answer: Answer, patience: Patience, now: datetime) -> Notice:
    """The notice after one try that ended at `now`."""
    tried = notice.attempts + 1
    if answer.ok:
        state, when = NoticeState.SENT, now
    elif answer.final or tried >= patience.give_up:
        state, when = NoticeState.FAILED, now
    else:
        state, when = NoticeState.WAITING, now + patience.pause(tried)
    ended = None if state is NoticeState.WAITING else now
    return replace(
        notice, state=state, attempts=tried, next_at=when, said=answer.said, ended_at=ended
    )


def opens_until(failures: int, patience: Patience, now: datetime) -> datetime | None:
    """Until when a receiver that failed so often in a row is left alone; None: not at all."""
    if failures < OPENS_AFTER:
        return None
    return now + patience.pause(failures - OPENS_AFTER + 1)


def idempotency_token(message: Message) -> str:
    """A name of (key, receiver) that is safe in a header and tells nothing of either."""
    text = f"{message.key}\n{message.receiver}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]

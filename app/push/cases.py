"""The closed loop to the screens: its funnel of today is told when the log of cases has grown."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import orjson

from app.cases.funnel import funnel_json, midnight
from app.push.batches import News
from app.push.feeds import Feed
from app.services import Services
from topics.kit.cases.lines import Sight

logger = logging.getLogger(__name__)

EVENT = "cases"
_LOOK = timedelta(milliseconds=500)
_AGAIN = timedelta(seconds=30)  # what is overdue grows, and a day begins, without any step
_AWAY = timedelta(seconds=2)
_UNASKED = timedelta(minutes=3)
_SHARE = 5  # a funnel that takes long is asked less often: at most a fifth of the time


class CaseNews:
    """The thread of one web process that follows the log of cases.

    A funnel is counted once for all who see the same cases, and only for those who are there:
    a feed says what it sees when it is told something, and hears the number at the next look.
    """

    def __init__(self, services: Services, *, look_every: timedelta = _LOOK) -> None:
        """Follow the log of `services`."""
        self._services = services
        self._look_every = look_every
        self._stop_asked = threading.Event()
        self._tell: Callable[..., None] | None = None
        self._thread: threading.Thread | None = None
        self._asked: dict[Sight, float] = {}  # what somebody sees, and when that was last said
        self._known: dict[Sight, bytes] = {}
        self._mark: object = None
        self._told_at = float("-inf")

    def start(self, tell: Callable[..., None]) -> None:
        """Begin to follow."""
        self._tell = tell
        self._thread = threading.Thread(target=self._run, name="case-news", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon."""
        self._stop_asked.set()

    def _run(self) -> None:
        broken, pause = False, timedelta(0)
        while not self._stop_asked.wait(pause.total_seconds()):
            began = monotonic()
            try:
                self.look()
                broken = False
            except Exception:  # the thread's edge: screens must not stand still for good
                if not broken:
                    logger.warning("事件推送暂停,稍后继续", exc_info=True)
                broken = True
            took = timedelta(seconds=monotonic() - began)
            pause = _AWAY if broken else max(self._look_every, (_SHARE - 1) * took)

    def look(self) -> bool:
        """Count and tell what somebody waits for; whether anything was told."""
        now = monotonic()
        mark = self._services.cases.lists.mark()
        asked = {one for one, at in self._asked.items() if now - at < _UNASKED.total_seconds()}
        moved = mark != self._mark or now - self._told_at >= _AGAIN.total_seconds()
        wanted = asked if moved else asked - set(self._known)
        if not moved and not wanted:
            return False
        news = {one: self._counted(one) for one in wanted}
        if moved:
            self._mark, self._told_at, self._known = mark, now, news
        else:
            self._known = {**self._known, **news}
        if self._tell is not None:
            self._tell(EVENT, lambda feed: self._of(feed, news), greeting=self._greeting)
        return True

    def _counted(self, sight: Sight) -> bytes:
        until = datetime.now(UTC)
        since = midnight(until)
        found = self._services.cases.funnel(sight, since, until)
        return orjson.dumps({"funnel": funnel_json(found, since, until, today=True)})

    def _greeting(self, feed: Feed) -> News | None:
        return self._of(feed, self._known)

    def _of(self, feed: Feed, told: dict[Sight, bytes]) -> News | None:
        """What the feed may hear; called on the event loop, so nothing is counted here."""
        sight = feed.viewer.cases()
        if sight == Sight():
            return None  # who may see no case is not told how many there are
        self._asked[sight] = monotonic()
        data = told.get(sight)
        return None if data is None else News(data)

"""So many at a time: heavy answers never take every thread from the light ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from layers.errors import StoreUnavailable


class Room:
    """Lets `most` requests in; whoever finds it full is told to come back (503)."""

    def __init__(self, most: int, what: str) -> None:
        """`what` is being done inside, in words."""
        self._places = threading.BoundedSemaphore(most)
        self._what = what

    @contextmanager
    def entered(self) -> Iterator[None]:
        """A place inside; raises StoreUnavailable at once when there is none."""
        if not self._places.acquire(blocking=False):
            raise StoreUnavailable(f"现在{self._what}的人较多;请稍候再试")
        try:
            yield
        finally:
            self._places.release()

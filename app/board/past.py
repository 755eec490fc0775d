"""Boards of past moments, kept for a while: many screens may look at the same one."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from threading import Lock

from app.board.model import Board
from app.errors import BadRequest
from topics.kit.periods import ZONE

KEPT = 8
_FURTHEST = timedelta(days=366)


class PastBoards:
    """The overview of any minute of the last year."""

    def __init__(self, board: Board) -> None:
        """Replay what `board` shows."""
        self._board = board
        self._kept: OrderedDict[datetime, Board] = OrderedDict()
        self._lock = Lock()

    def at(self, moment: datetime, now: datetime) -> tuple[Board, datetime]:
        """The board of the moment's minute, and that minute.

        Raises BadRequest for the future and for what lies more than a year back.
        """
        minute = moment.astimezone(UTC).replace(second=0, microsecond=0)
        if minute > now:
            raise BadRequest("回放的时刻不能晚于现在;请把 as_of 提前")
        if now - minute > _FURTHEST:
            first = (now - _FURTHEST).astimezone(ZONE)
            raise BadRequest(f"总览最多回放一年;请取 {first:%Y-%m-%d} 之后的时刻")
        with self._lock:
            found = self._kept.get(minute)
        if found is None:
            found = self._board.at(minute)
        with self._lock:
            self._kept[minute] = found
            self._kept.move_to_end(minute)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found, minute

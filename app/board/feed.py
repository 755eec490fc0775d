"""Keeps the board's readings true: told by the live feeder, on its thread, before any screen is."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from app.board.readings import Readings
from app.push.batches import Entry
from layers.errors import StoreUnavailable
from topics.kit.events import Position

log = structlog.get_logger(__name__)


class BoardFeed:
    """A sink of the feeder that fills readings."""

    def __init__(self, readings: Readings) -> None:
        """Fill `readings`."""
        self._readings = readings

    def reset(self, position: Position, latest: Sequence[Entry], recent: Sequence[Entry]) -> None:
        """Read everything anew; when the database is away, take the latest values as they come."""
        try:
            self._readings.load()
        except StoreUnavailable as wrong:
            log.warning("board_keeps_old_series", reason=str(wrong))
            self._readings.take(one.change for one in latest)

    def advance(self, position: Position, entries: Sequence[Entry]) -> None:
        """Take the next changes in."""
        self._readings.take(one.change for one in entries)

"""Heavy answers leave threads to the light ones."""

from __future__ import annotations

import pytest

from app.api.room import Room
from layers.errors import StoreUnavailable


def test_a_full_room_says_come_back_and_takes_the_next_when_one_left() -> None:
    room = Room(1, "导出")
    with room.entered():
        with pytest.raises(StoreUnavailable, match="导出的人较多;请稍候再试"), room.entered():
            pass
    with room.entered():
        pass

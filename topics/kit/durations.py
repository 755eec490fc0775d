"""Durations (30s, 10m, 1h, 7d, 1mo, 1q, 1y) and schedules (15s, "5 8 * * *") of manifests."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

# A month counts its longest length: used as an age limit, it must never be too short.
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(days=7),
    "mo": timedelta(days=31),
    "q": timedelta(days=92),
    "y": timedelta(days=366),
}
_DURATION = re.compile(r"([0-9]{1,6})\s*(mo|[smhdwqy])")
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?")


def parse_duration(text: Any) -> timedelta:
    """The duration a manifest means by `text`; ValueError with the fix in Chinese."""
    if isinstance(text, timedelta):
        return text
    found = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or int(found[1]) == 0:
        raise ValueError(f"{text!r} 不是时长;写成 30s、10m、1h、7d(按月 1mo、按季 1q、按年 1y)")
    return int(found[1]) * _UNITS[found[2]]


def duration_text(duration: timedelta) -> str:
    """The shortest spelling that `parse_duration` reads back as `duration`."""
    for unit in ("y", "q", "mo", "d", "h", "m"):
        if duration and duration % _UNITS[unit] == timedelta(0):
            return f"{duration // _UNITS[unit]}{unit}"
    return f"{int(duration.total_seconds())}s"


def parse_schedule(text: Any) -> str:
    """`text` unchanged when it is an interval or a five-field cron line; ValueError otherwise."""
    if not isinstance(text, str):
        raise ValueError(_bad_schedule(text))
    fields = text.split()
    if len(fields) == 5:
        pairs = zip(fields, _CRON_RANGES, strict=True)
        if not all(_cron_field_fits(one, *limits) for one, limits in pairs):
            raise ValueError(_bad_schedule(text))
        return " ".join(fields)
    try:
        parse_duration(text)
    except ValueError as wrong:
        raise ValueError(_bad_schedule(text)) from wrong
    return text.strip()


def schedule_interval(text: str) -> timedelta | None:
    """The interval of a schedule, None when it is a cron line."""
    return None if len(text.split()) == 5 else parse_duration(text)


def _bad_schedule(text: Any) -> str:
    return f'{text!r} 不是运行计划;写成间隔 15s、10m、1h,或 cron 五段如 "5 8 * * *"(北京时间)'


def _cron_field_fits(text: str, low: int, high: int) -> bool:
    return all(_cron_part_fits(part, low, high) for part in text.split(","))


def _cron_part_fits(part: str, low: int, high: int) -> bool:
    found = _CRON_PART.fullmatch(part)
    if found is None:
        return False
    numbers = [int(one) for one in (found[1], found[2]) if one is not None]
    return all(low <= one <= high for one in numbers) and found[3] != "0"


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(duration_text)]
Schedule = Annotated[str, BeforeValidator(parse_schedule)]

"""How long an alert of a level may wait, be paused or stay untold: a table, for 平时 and 战时."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from topics.kit.alerting.contracts import AlertLevel
from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows

_COLUMNS = (
    "mode",
    "level",
    "escalate_after_min",
    "escalate_to",
    "escalate_urgent",
    "repeat_min",
    "pause_most_min",
    "source",
    "status",
)
_MODES = {"平时": False, "战时": True}
RED_PAUSE = timedelta(hours=2)
"""No table lets a 红 be paused for longer (SCREENS 4)."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of an escalation: who is told when nobody has acknowledged for so long."""

    after: timedelta
    to: str  # a post of the roster


@dataclass(frozen=True, slots=True)
class LevelRules:
    """What holds for alerts of one level in one mode. No `ladder`: never escalated."""

    ladder: tuple[Rung, ...]  # each later than the one before
    urgent: bool  # told by SMS or voice
    repeat: timedelta | None  # the units of the route are told again, while unacknowledged
    pause_most: timedelta


class HandlingRules:
    """The table of one city."""

    def __init__(self, rows: Mapping[tuple[bool, AlertLevel], LevelRules]) -> None:
        """Take the rules by (wartime, level); every level in both modes."""
        self._rows = dict(rows)

    @classmethod
    def load(cls, path: Path) -> HandlingRules:
        """The table of data/reference; BadManifest names file, row and column."""
        rows = {}
        for number, row in enumerate(read_rows(path, _COLUMNS), 2):
            mode, level = row["mode"], row["level"]
            if mode not in _MODES or level not in list(AlertLevel):
                raise BadManifest(
                    f"{path.name} 第 {number} 行:mode 写 平时 或 战时,level 写红橙黄蓝"
                )
            rows[_MODES[mode], AlertLevel(level)] = _rules(path.name, number, row)
        for mode, wartime in _MODES.items():
            for level in AlertLevel:
                if (wartime, level) not in rows:
                    raise BadManifest(f"{path.name}:缺少 {mode} {level} 一行;请补上")
        return cls(rows)

    def of(self, level: AlertLevel, *, wartime: bool) -> LevelRules:
        """What holds for the level now."""
        return self._rows[wartime, level]


def _rules(file: str, number: int, row: Mapping[str, str]) -> LevelRules:
    def minutes(column: str) -> timedelta | None:
        text = row[column]
        if not text:
            return None
        if not text.isdecimal() or not text.isascii():
            raise BadManifest(f"{file} 第 {number} 行 {column}:{text!r} 不是分钟数;写成 5")
        return timedelta(minutes=int(text)) or None

    ladder, most = _ladder(file, number, row), minutes("pause_most_min")
    if most is None:
        raise BadManifest(f"{file} 第 {number} 行 pause_most_min:请写最长暂停分钟数")
    if row["level"] == AlertLevel.RED and most > RED_PAUSE:
        raise BadManifest(f"{file} 第 {number} 行 pause_most_min:红色最长 120 分钟")
    urgent = row["escalate_urgent"] == "yes"
    return LevelRules(ladder, urgent, minutes("repeat_min"), most)


def _ladder(file: str, number: int, row: Mapping[str, str]) -> tuple[Rung, ...]:
    """5|15 and 带班领导|分管领导: as many times as posts, each later than the one before."""
    where = f"{file} 第 {number} 行"
    times = [one.strip() for one in row["escalate_after_min"].split("|") if one.strip()]
    posts = [one.strip() for one in row["escalate_to"].split("|") if one.strip()]
    for text in times:
        if not text.isdecimal() or not text.isascii() or not int(text):
            raise BadManifest(f"{where} escalate_after_min:{text!r} 不是分钟数;写成 5 或 5|15|30")
    if len(times) != len(posts):
        raise BadManifest(
            f"{where} escalate_to:写了时间就要写岗位,一一对应,如 5|15 和 带班领导|分管领导"
        )
    spans = [timedelta(minutes=int(one)) for one in times]
    if any(later <= earlier for earlier, later in pairwise(spans)):
        raise BadManifest(f"{where} escalate_after_min:后一级要比前一级晚;写成 5|15|30")
    if len(set(posts)) < len(posts):
        raise BadManifest(f"{where} escalate_to:同一岗位写了两次;每一级写不同的岗位")
    return tuple(Rung(after, to) for after, to in zip(spans, posts, strict=True))

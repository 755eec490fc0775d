"""Tests of rules that their owners write in TOML, run offline: series in, levels out.

Series are written as Prometheus writes them: "1 2 _ 3" (values, one each `every`), "1+0.5x4"
(five values from 1, each 0.5 more), "2x3" (four times 2), "_x5" (five missing ones).
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from topics.kit.alerting.backtest import due
from topics.kit.alerting.machine import AT_REST, Sample, SeriesState, step
from topics.kit.alerting.rules import Rule, ready
from topics.kit.alerting.signals import worth
from topics.kit.errors import BadRule
from topics.kit.manifest import Manifest
from topics.kit.manifest_alerts import CaseOfRule
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_messages import explain_fields
from topics.kit.manifest_model import Text, told
from topics.kit.regions import RegionTree
from topics.kit.worktime.calendar import WorkCalendar

FOLDER, ENDING = "tests", "*.toml"
MOST = 10_000
"""Values that one series may have."""

_REPEAT = re.compile(r"(_|[-+]?[\d.]+(?:[eE][-+]?\d+)?)(?:([-+][\d.]+))?x(\d{1,5})")
_LEVELS = ("蓝", "黄", "橙", "红")
_BEGIN = datetime(2026, 7, 1, tzinfo=UTC)


class AlertTest(CaseOfRule):
    """[[alert_tests]]: one rule, its series, what is to be said when."""

    rule: Text = told(..., "规则编号", "water.nh3n_high")


def parse_series(text: str) -> list[float | None]:
    """The values of a series; ValueError says which part cannot be read, and the fix."""
    found: list[float | None] = []
    for part in text.split():
        repeat = _REPEAT.fullmatch(part)
        if repeat is not None:
            found += _repeated(part, repeat)
        elif part == "_":
            found.append(None)
        else:
            found.append(_number(part, part))
        if len(found) > MOST:
            raise ValueError(f"序列超过 {MOST} 个数;请写短")
    if not found:
        raise ValueError('序列是空的;写成 "1 2 _ 3" 或 "1+0.5x4"')
    return found


def failures(
    folder: Path,
    manifest: Manifest,
    specs: Mapping[str, IndicatorSpec],
    regions: RegionTree,
    calendar: WorkCalendar | None = None,
) -> tuple[list[str], int]:
    """What fails of the tests of a topic, in words its owner can act on, and how many there are.

    Without a calendar rules of workdays cannot be tested, and that is said.
    """
    rules = {one.id: one for one in manifest.alerts}
    said: list[str] = []
    count = 0
    for path in sorted((folder / FOLDER).glob(ENDING)):
        shown = f"{FOLDER}/{path.name}"
        for n, test in enumerate(_read(path, shown, said), 1):
            where = f"{shown} [[alert_tests]] 第 {n} 项“{test.name}”"
            count += 1
            spec = rules.get(test.rule)
            if spec is None:
                said.append(f"{where}:没有规则 {test.rule!r};请核对编号")
                continue
            try:
                rule = ready(spec, specs, regions, calendar=calendar)
                said += [f"{where}:{one}" for one in wrong(rule, test)]
            except (BadRule, ValueError) as reason:
                said.append(f"{where}:{reason}")
    return said, count


def failing(rule: Rule) -> list[str]:
    """What fails of the tests that stand in the rule itself; empty when all pass."""
    said: list[str] = []
    for one in rule.spec.tests:
        try:
            said += [f"测试“{one.name}”:{text}" for text in wrong(rule, one)]
        except ValueError as reason:
            said.append(f"测试“{one.name}”:{reason}")
    return said


def wrong(rule: Rule, test: CaseOfRule) -> Iterator[str]:
    """Yield each expectation that is not met: when, what was expected, what came, why."""
    if rule.spec.kind not in ("threshold", "expression") or rule.spec.of != "value":
        raise ValueError("只能测看数值和算式的规则;变化、预测、类别等请用回测")
    numbers = _numbers(rule, test)
    begin = test.start.replace(tzinfo=UTC) if test.start else _BEGIN
    begin = begin - timedelta(hours=8) if test.start else begin  # written by the city's clock
    for one in sorted(test.expect, key=lambda each: each.at):
        if unknown := rule.unknown_day(begin + one.at):
            raise ValueError(f"{unknown},工作日的规则测不了")
        state = _state_at(rule, test, numbers, begin, one.at)
        came = state.level.value if state.level else "pending" if state.since else ""
        if came != one.level:
            place = min(int(one.at / test.every), len(numbers) - 1)
            number = numbers[place]
            value = "缺数" if math.isnan(number) else f"{number:g}"
            yield (
                f"{_hours(one.at)}时期望{_word(one.level)},实际{_word(came)}"
                f"(这时的数 {value},界限 {_limits(rule, test)},持续 {_hours(rule.spec.hold)})"
            )


def _state_at(
    rule: Rule, test: CaseOfRule, numbers: Sequence[float], begin: datetime, at: timedelta
) -> SeriesState:
    """Evaluate at every value, where hold or keep is over, and at the moment asked for."""
    terms, state = rule.terms(wartime=test.wartime), AT_REST
    stops = [n * test.every for n in range(len(numbers)) if n * test.every < at]
    for first, following in pairwise([*stops, at, at + test.every]):
        moment: datetime | None = begin + first
        while moment is not None and moment < begin + following and moment <= begin + at:
            number = numbers[min(int(first / test.every), len(numbers) - 1)]
            valid = rule.valid_at(moment)
            sample = Sample(None if math.isnan(number) or not valid else number)
            state, _ = step(state, sample, terms, moment)
            moment = due(state, terms, moment)
    return state


def _numbers(rule: Rule, test: CaseOfRule) -> list[float]:
    names = [one.id for one in rule.indicators]
    given = test.values if isinstance(test.values, dict) else {names[0]: test.values}
    missing = [one for one in names if one not in given]
    if missing:
        raise ValueError(f'values 里没有 {missing[0]};写成 {{ {missing[0]!r} = "1 2 3" }}')
    series = {name: parse_series(given[name]) for name in names}
    length = max(len(one) for one in series.values())
    columns = {
        name: np.array([np.nan if one is None else one for one in _padded(values, length)])
        for name, values in series.items()
    }
    return [float(one) for one in np.broadcast_to(worth(rule.node, columns.__getitem__), length)]


def _padded(values: list[float | None], length: int) -> list[float | None]:
    return values + [values[-1]] * (length - len(values))


def _repeated(part: str, found: re.Match[str]) -> list[float | None]:
    times = int(found[3])
    if found[1] == "_":
        return [None] * times  # as Prometheus: "_x5" are five missing ones
    first, more = _number(found[1], part), _number(found[2] or "0", part)
    return [first + n * more for n in range(times + 1)]


def _number(text: str, part: str) -> float:
    try:
        value = float(text)
    except ValueError as wrong_part:
        raise ValueError(f'{part!r} 不是数;写成 "1 2 _ 3" 或 "1+0.5x4"') from wrong_part
    if not math.isfinite(value):
        raise ValueError(f"{part!r} 不是有限的数;缺数写 _")
    return value


def _read(path: Path, shown: str, said: list[str]) -> Iterator[AlertTest]:
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong_file:
        said.append(f"{shown}:不是有效的 TOML({wrong_file});请按行号修改")
        return
    for n, one in enumerate(raw.get("alert_tests", []), 1):
        try:
            yield AlertTest.model_validate(one)
        except ValidationError as wrong_test:
            for field, text in explain_fields(wrong_test, AlertTest):
                said.append(f"{shown} [[alert_tests]] 第 {n} 项 {field}:{text}")


def _word(level: str) -> str:
    return {"": "没有告警", "pending": "在等持续"}.get(level, f"{level}色")


def _limits(rule: Rule, test: CaseOfRule) -> str:
    war = rule.spec.wartime
    levels = war.levels if test.wartime and war and war.levels else rule.spec.levels
    return "、".join(f"{one} {levels[one]:g}" for one in _LEVELS if one in levels)


def _hours(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds() // 60), 60)
    if not hours:
        return f"{minutes} 分"
    return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"

"""Environmental noise against GB 3096-2008 by zone (0, 1, 2, 3, 4a, 4b) and time of day.

Limits verified-secondary, day and night (6–22 and 22–6) unverified: data/reference/noise_*.csv.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from topics.ecology.rounding import Floats, half_even
from topics.ecology.rule_rows import Row, basis, rows_on, value_on
from topics.kit.formula.domain import Derived, Frame, as_arrays
from topics.kit.measured import Measured

PartOfDay = Literal["day", "night"]
PARTS: Mapping[str, str] = {"day": "昼间", "night": "夜间"}
ZONES = ("0", "1", "2", "3", "4a", "4b", "4b既有")  # 4b既有: railways of before 2011
UNIT = "dB(A)"
_LIMITS, _RULES = "noise_limits.csv", "noise_rules.csv"


@dataclass(frozen=True, slots=True)
class NoiseJudgement:
    """Whether a level keeps the limit of its zone; `over` in dB above it (negative: below)."""

    within: bool | None
    limit: float | None
    over: float | None = None
    why: str = ""


def part_of_day(local: datetime) -> PartOfDay:
    """昼间 from 6 to 22 o'clock local time, 夜间 from 22 to 6 (local government may differ)."""
    first, last = (_rule(one, local.date()) for one in ("day_from", "night_from"))
    return "day" if first <= local.hour + local.minute / 60 < last else "night"


def equivalent(levels: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Leq in dB(A): the mean of energies, 10·lg(Σ 10^(L/10) ÷ n); NaN left out, None without any.

    `weights` are the durations of the levels where they differ.
    """
    given = np.asarray(levels, dtype=float).ravel()
    shares = np.ones_like(given) if weights is None else np.asarray(weights, dtype=float).ravel()
    known = np.isfinite(given) & (shares > 0)
    if not known.any():
        return None
    energy = float(np.average(10 ** (given[known] / 10), weights=shares[known]))
    return float(10 * np.log10(energy))


def day_and_night(hours: Sequence[tuple[datetime, float | None]]) -> dict[PartOfDay, float | None]:
    """Ld and Ln from hourly levels with their local times."""
    found: dict[PartOfDay, list[float]] = {"day": [], "night": []}
    for local, level in hours:
        if level is not None:
            found[part_of_day(local)].append(level)
    return {part: equivalent(levels) for part, levels in found.items()}


def limit_of(zone: str, part: PartOfDay, moment: date) -> float | None:
    """The limit of a zone in dB(A); None for a zone that GB 3096 does not have."""
    row = _zone(zone, moment)
    return None if row is None else float(row[part])


def judge(found: Measured, zone: str, part: PartOfDay, moment: date) -> NoiseJudgement:
    """An equivalent level against its zone; rounded to whole dB first, equal keeps the limit."""
    limit = limit_of(zone, part, moment)
    if limit is None:
        return NoiseJudgement(None, None, why=_no_zone(zone))
    if found.value is None:
        return NoiseJudgement(None, limit, why=found.flag.value)
    over = float(half_even(found.value, decimals_on(moment))) - limit
    return NoiseJudgement(over <= 0, limit, over)


def judge_peak(highest: Measured, zone: str, moment: date) -> NoiseJudgement:
    """A sudden noise at night: its highest level at most 15 dB above the night limit."""
    limit = peak_limit(zone, moment)
    if limit is None:
        return NoiseJudgement(None, None, why=_no_zone(zone))
    if highest.value is None:
        return NoiseJudgement(None, limit, why=highest.flag.value)
    over = highest.value - limit
    return NoiseJudgement(over <= 0, limit, over)


def noise_over_day(frame: Frame, leq: Floats) -> Derived:
    """By how many dB the daytime level lies above the limit of the site's zone."""
    return _over(frame, leq, "day")


def noise_over_night(frame: Frame, leq: Floats) -> Derived:
    """By how many dB the night level lies above the limit of the site's zone."""
    return _over(frame, leq, "night")


def noise_over_peak(frame: Frame, highest: Floats) -> Derived:
    """By how many dB the loudest sudden noise of a night lies above what is allowed (5.4)."""
    (levels,) = as_arrays((highest,))
    limits = np.full(levels.shape, np.nan)
    for row, site in enumerate(frame.regions):
        for column, moment in enumerate(frame.days):
            found = peak_limit(site.fact("zone"), moment)
            limits[row, column] = np.nan if found is None else found
    return Derived(levels - limits, why="夜间最大声级缺测,或点位没有声环境功能区")


def peak_limit(zone: str, moment: date) -> float | None:
    """The loudest a sudden noise at night may be in a zone; None for an unknown zone."""
    limit = limit_of(zone, "night", moment)
    return None if limit is None else limit + _rule("night_peak_over", moment)


def decimals_on(moment: date) -> int:
    """To how many decimals a level is rounded before it is judged."""
    return int(_rule("decimals", moment))


def limits_basis(zone: str, moment: date) -> str:
    """What the limit of a zone rests on, for whoever reads it."""
    row = _zone(zone, moment)
    return _no_zone(zone) if row is None else basis(row)


def _over(frame: Frame, leq: Floats, part: PartOfDay) -> Derived:
    (levels,) = as_arrays((leq,))
    limits = np.full(levels.shape, np.nan)
    for row, site in enumerate(frame.regions):
        zone = site.fact("zone")
        for column, moment in enumerate(frame.days):
            found = limit_of(zone, part, moment)
            limits[row, column] = np.nan if found is None else found
    decimals = decimals_on(max(frame.days)) if frame.days else 0
    value = half_even(levels, decimals) - limits
    return Derived(value, why=f"{PARTS[part]}等效声级缺测,或点位没有声环境功能区")


def _zone(zone: str, moment: date) -> Row | None:
    wanted = zone.strip().lower().removesuffix("类")
    found = rows_on(_LIMITS, ("zone", "use", "day", "night", "unit"), moment)
    return next((row for row in found if row["zone"] == wanted), None)


def _no_zone(zone: str) -> str:
    said = zone or "空"
    return f"GB 3096 没有“{said}”类声环境功能区;写 {'、'.join(ZONES)} 之一"


def _rule(rule: str, moment: date) -> float:
    found = value_on(_RULES, rule, moment)
    if found is None:
        raise ValueError(f"{moment} 没有噪声规则 {rule};请补 data/reference/{_RULES}")
    return found

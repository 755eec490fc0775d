"""The demo city's market: stocks that their flows explain, and parts that never exceed a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from app.demo import models, tables
from app.demo.noise import Floats, chance, seed_of

Regions = dict[str, Floats]
_MONTH = 30.4369 * models.DAY
# Shares of the parts of a stock; the last part takes what is left.
_CREDIT = {"credit_d": 0.02, "credit_c": 0.11, "credit_b": 0.54, "credit_a": 0.33}
_UNLIKE = 0.25  # by how much a county's share of a part differs from the city's
_TRADES = {
    "entities_trade": 0.47, "entities_catering": 0.16, "entities_manufacturing": 0.07,
    "entities_farming": 0.06, "entities_services": 0.24,
}  # fmt: skip
# Indicator → the one it is a part of, and between which shares of it the counties lie.
_PARTS: dict[str, tuple[str, float, float]] = {
    "inspections_done": ("inspections_planned", 0.93, 1.0),
    "inspections_due": ("inspections_done", 0.9, 0.97),
    "inspections_published": ("inspections_due", 0.96, 1.0),
    "inspections_problem": ("inspections_done", 0.05, 0.12),
    "food_disposed": ("food_failed_found", 0.9, 1.0),
    "complaints_due": ("complaints_received", 0.62, 0.74),
    "complaints_checked": ("complaints_due", 0.965, 1.0),
    "complaints_accepted": ("complaints_received", 0.72, 0.86),
    "complaints_agreed": ("complaints_accepted", 0.55, 0.72),
    "abnormal_removed": ("abnormal_listed", 0.35, 0.6),
    "kitchens_connected": ("kitchens_required", 0.95, 1.0),
}
_FOOD = {"grain": (0.18, 0.993), "produce": (0.42, 0.968), "catering": (0.2, 0.975),
         "meat": (0.12, 0.986), "other": (0.08, 0.99)}  # fmt: skip


def _city(found: Regions) -> Regions:
    return {tables.CITY: np.sum(list(found.values()), axis=0)} | found


def _counties(name: str, moments: Floats) -> Regions:
    found = _modelled(name, moments)
    return {one.code: found[one.code] for one in tables.counties()}


def _modelled(name: str, moments: Floats) -> Regions:
    special = VALUES.get(f"market.{name}")
    return special(moments, moments) if special else models.by_region(f"market.{name}", moments)


def _individuals(starts: Floats, moments: Floats) -> Regions:
    """Whoever is neither an enterprise nor a cooperative."""
    whole, firms = _counties("entities", moments), _counties("enterprises", moments)
    others = _counties("cooperatives", moments)
    return _city({code: whole[code] - firms[code] - others[code] for code in whole})


def _split(part: str, shares: dict[str, float], whole: str, _: Floats, moments: Floats) -> Regions:
    names, stock = list(shares), _counties(whole, moments)
    found = {}
    for code, value in stock.items():
        luck = chance(seed_of("split", whole, code), np.arange(len(names)))
        own = {
            name: shares[name] * (1 + _UNLIKE * (2 * float(one) - 1))
            for name, one in zip(names[:-1], luck, strict=False)
        }
        found[code] = {name: np.floor(value * share) for name, share in own.items()}
    for code, value in stock.items():
        found[code][names[-1]] = np.round(value) - np.sum(list(found[code].values()), axis=0)
    return _city({code: of[part] for code, of in found.items()})


def _cancelled(starts: Floats, moments: Floats) -> Regions:
    """What the new ones exceed the growth of the stock by; never less than nothing."""
    now, before = _counties("entities", moments), _counties("entities", moments - _MONTH)
    new = _counties("new_month", moments)
    return _city({code: np.maximum(new[code] - now[code] + before[code], 0) for code in now})


def _part(name: str, starts: Floats, moments: Floats) -> Regions:
    whole, low, high = _PARTS[name]
    found = {}
    for code, value in _counties(whole, moments).items():
        # One share a region, so that what adds up over the year never falls.
        luck = float(chance(seed_of("part", name, code), np.zeros(1, dtype=np.int64))[0])
        found[code] = np.round(np.round(value) * (low + (high - low) * luck))
    return _city(found)


def _whole(name: str, starts: Floats, moments: Floats) -> Regions:
    """Of what is counted there are no halves."""
    found = models.by_region(f"market.{name}", moments)
    return _city({c.code: np.round(found[c.code]) for c in tables.counties()})


def _tested(starts: Floats, moments: Floats) -> Regions:
    return _whole("food_tested", starts, moments)


def _passed(starts: Floats, moments: Floats) -> Regions:
    tested = _tested(starts, moments)
    rate = models.by_region("market.food_pass", moments)
    return _city({c.code: np.round(tested[c.code] * rate[c.code] / 100) for c in tables.counties()})


def _failed(starts: Floats, moments: Floats) -> Regions:
    tested, passed = _tested(starts, moments), _passed(starts, moments)
    return _city({c.code: tested[c.code] - passed[c.code] for c in tables.counties()})


def _food(category: str, passed: bool, starts: Floats, moments: Floats) -> Regions:
    share, rate = _FOOD[category]
    tested = {c: np.round(v * share) for c, v in _tested(starts, moments).items()}
    return {code: np.round(value * rate) if passed else value for code, value in tested.items()}


VALUES: dict[str, Callable[[Floats, Floats], Regions]] = {
    "market.individuals": _individuals,
    "market.cancelled_month": _cancelled,
    "market.food_tested": _tested,
    "market.inspections_planned": partial(_whole, "inspections_planned"),
    "market.abnormal_listed": partial(_whole, "abnormal_listed"),
    "market.food_passed": _passed,
    "market.food_failed_found": _failed,
    **{f"market.{one}": partial(_part, one) for one in _PARTS},
    **{f"market.{one}": partial(_split, one, _CREDIT, "enterprises") for one in _CREDIT},
    **{f"market.{one}": partial(_split, one, _TRADES, "entities") for one in _TRADES},
    **{f"market.food_{one}_tested": partial(_food, one, False) for one in _FOOD},
    **{f"market.food_{one}_passed": partial(_food, one, True) for one in _FOOD},
}
"""The indicators that are made here, in the way of `values.values`."""

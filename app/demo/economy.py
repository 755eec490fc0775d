"""The demo city's industries: parts of the regional product whose growths agree with its growth."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from app.demo import models, tables
from app.demo.noise import Floats, chance, seed_of

Regions = dict[str, Floats]
_SHARES = {"primary": 0.15, "secondary": 0.36, "tertiary": 0.49}
_APART = 0.05  # how far a county's shares lie from the city's


def shares(code: str) -> dict[str, float]:
    """The industries' shares of a county's product; they add up to 1 and stay the same."""
    luck = chance(seed_of("industry", code), np.arange(2))
    primary = _SHARES["primary"] + _APART * (2 * float(luck[0]) - 1)
    secondary = _SHARES["secondary"] + _APART * (2 * float(luck[1]) - 1)
    return {"primary": primary, "secondary": secondary, "tertiary": 1 - primary - secondary}


def _product(industry: str, starts: Floats, moments: Floats) -> Regions:
    gdp = models.by_region("economy.gdp", moments)
    found = {c.code: gdp[c.code] * shares(c.code)[industry] for c in tables.counties()}
    return {tables.CITY: np.sum(list(found.values()), axis=0)} | found


def _tertiary_growth(starts: Floats, moments: Floats) -> Regions:
    """What is left of the product's growth once the other two have had their part."""
    whole = models.by_region("economy.gdp_growth", moments)
    first = models.by_region("economy.primary_growth", moments)
    second = models.by_region("economy.secondary_growth", moments)
    found = {}
    for county in tables.counties():
        part = shares(county.code)
        others = part["primary"] * first[county.code] + part["secondary"] * second[county.code]
        found[county.code] = (whole[county.code] - others) / part["tertiary"]
    weights = {c.code: c.economy * c.population for c in tables.counties()}
    total = sum(weights.values())
    city = np.sum([found[code] * weight / total for code, weight in weights.items()], axis=0)
    return {tables.CITY: city} | found


VALUES: dict[str, Callable[[Floats, Floats], Regions]] = {
    **{f"economy.{one}": partial(_product, one) for one in _SHARES},
    "economy.tertiary_growth": _tertiary_growth,
}
"""The indicators that are made here, in the way of `values.values`."""

"""Values of sites (sections, stations, plants): what their county has, each with its own spread.

Exceptions are data: data/demo/site_values.csv (indicator, site, factor, shift, gap, status).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from app.demo import models, tables
from app.demo.noise import Floats, chance, seed_of
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Region, ValueStatus
from topics.kit.manifest_indicators import IndicatorSpec

GAP = 0.004  # share of a site's values that were never reported
STATUSES = {"": None, "缺测": ValueStatus.MISSING, "未监测": ValueStatus.NOT_MONITORED}


@dataclass(frozen=True, slots=True)
class Special:
    """What is special about one series: value × factor + shift, its gaps, its newest status."""

    factor: float = 1.0
    shift: float = 0.0
    gap: float = GAP
    status: ValueStatus | None = None


@cache
def catalogue() -> Catalogue:
    """The shipped topics."""
    return Catalogue.load([SHIPPED], ())


@cache
def of_kind(kind: str) -> tuple[Region, ...]:
    """The sites of a kind, in the order of their table."""
    return tuple(one for one in catalogue().sites if one.kind == kind)


def values(spec: IndicatorSpec, model: str, moments: Floats) -> dict[str, Floats]:
    """Values of every site of the indicator at these Unix times; none without a model."""
    if "site" not in spec.levels or model not in models.names():
        return {}
    sites = of_kind(spec.sites)
    found = {}
    for code, value in models.by_site(model, _counties(sites), moments).items():
        special = exception(spec.id, code)
        low, high = models.model(model).low, models.model(model).high
        found[code] = np.clip(value * special.factor + special.shift, low, high)
    return found


def absent(spec: IndicatorSpec, site: str, moments: Floats) -> list[ValueStatus | None]:
    """For each moment: the status of a value that is not there, None where there is one."""
    return gaps(exception(spec.id, site), seed_of("gap", spec.id, site), moments)


def gaps(special: Special, seed: int, moments: Floats) -> list[ValueStatus | None]:
    """What is missing of a series: by chance, and at its end by its status."""
    if special.status is ValueStatus.NOT_MONITORED:
        return [special.status] * len(moments)
    gone = chance(seed, np.round(moments / 60).astype(np.int64)) < special.gap
    found: list[ValueStatus | None] = [ValueStatus.MISSING if one else None for one in gone]
    if found:
        found[-1] = special.status
    return found


def exception(indicator: str, site: str) -> Special:
    """What the table says of a series; nothing special when it says nothing."""
    return _exceptions().get((indicator, site), _PLAIN)


def _counties(sites: Sequence[Region]) -> dict[str, str]:
    known = {one.code for one in tables.counties()}
    other = tables.counties()[0].code
    parents = {one.code: (one.parent or "")[:6] for one in sites}
    return {code: parent if parent in known else other for code, parent in parents.items()}


@cache
def _exceptions() -> dict[tuple[str, str], Special]:
    return {
        (row["indicator"], row["site"]): Special(
            float(row["factor"] or 1),
            float(row["shift"] or 0),
            float(row["gap"] or GAP),
            STATUSES[row["status"]],
        )
        for row in tables.rows("demo/site_values.csv")
    }


_PLAIN = Special()

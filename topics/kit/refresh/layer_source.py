"""Values from a map layer: how many features, or an attribute's sum or mean, by region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean

from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import Row
from topics.kit.refresh.values import parse_region, parse_value


def by_region(spec: RefresherSpec, features: Iterable[Row]) -> dict[str, float]:
    """The measure of every region that has features; gaps of the attribute are left out."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for one in features:
        region = parse_region(one.get("region"))
        value = 1.0 if spec.measure == "count" else parse_value(one.get(spec.attribute))
        if region and value is not None:
            values[region].append(value)
    total = fmean if spec.measure == "mean" else sum
    return {region: float(total(found)) for region, found in sorted(values.items())}

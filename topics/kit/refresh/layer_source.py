"""Values from a map layer: how many features, or an attribute's sum or mean, by region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean

from topics.kit.errors import SourceRefused
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import Row
from topics.kit.refresh.values import parse_region, parse_value


def by_region(spec: RefresherSpec, features: Sequence[Row]) -> dict[str, float]:
    """The measure of every region that has features; gaps of the attribute are left out.

    With `where` only features with those attributes count.

    Raises SourceRefused for an attribute that the layer has not, or that holds no numbers.
    """
    attribute = [] if spec.measure == "count" else [spec.attribute]
    needed = ["region", *attribute, *spec.where]
    missing = [name for name in needed if features and name not in features[0]]
    if missing:
        raise SourceRefused(
            f"图层 {spec.layer} 没有字段 {'、'.join(missing)};"
            f"现有 {'、'.join(map(str, features[0]))},请修改图层或 topic.toml"
        )
    values: defaultdict[str, list[float]] = defaultdict(list)
    for one in features:
        region = parse_region(one.get("region"))
        if region and spec.where and not _chosen(one, spec):
            # A region whose last feature went is zero from now on, not what it was before.
            if spec.measure != "mean":
                values[region].append(0.0)
            continue
        value = 1.0 if spec.measure == "count" else _number(spec, one.get(spec.attribute))
        if region and value is not None:
            values[region].append(value)
    total = fmean if spec.measure == "mean" else sum
    return {region: float(total(found)) for region, found in sorted(values.items())}


def _chosen(feature: Row, spec: RefresherSpec) -> bool:
    """Whether every attribute of `where` is as wanted; 1 and "1" are the same."""
    return all(
        str(feature.get(name))
        in ([str(one) for one in wanted] if isinstance(wanted, list) else [str(wanted)])
        for name, wanted in spec.where.items()
    )


def _number(spec: RefresherSpec, cell: object) -> float | None:
    try:
        return parse_value(cell)
    except ValueError as wrong:
        raise SourceRefused(f"图层 {spec.layer} 的字段 {spec.attribute}:{wrong}") from wrong

"""Class limits by mapclassify, which takes seconds to import: load this file when first needed."""

from __future__ import annotations

import mapclassify
import numpy as np

from layers.catalogue.jenks import Floats, natural_upper_bounds


def upper_bounds(values: Floats, counts: Floats, method: str, classes: int) -> Floats:
    """The upper bound of each class; `values` are distinct and ascending, with their counts."""
    if method == "natural":
        return natural_upper_bounds(values, counts, classes)
    if method == "equal":
        return _bins(mapclassify.EqualInterval(values, k=classes))
    if method == "std":
        everything = np.repeat(values, counts.astype(np.int64))
        return _bins(mapclassify.StdMean(everything, multiples=_multiples(classes)))
    return _quantiles(values, counts, classes)


def _quantiles(values: Floats, counts: Floats, classes: int) -> Floats:
    # mapclassify.Quantiles warns where one value fills several classes; here they become one.
    upto = np.cumsum(counts)
    wanted = np.arange(1, classes + 1) * upto[-1] / classes
    place = np.searchsorted(upto, wanted * (1 - 1e-12))
    found: Floats = np.unique(values[np.minimum(place, len(values) - 1)])
    return found


def _bins(found: object) -> Floats:
    return np.asarray(found.bins, np.float64)  # type: ignore[attr-defined]


def _multiples(classes: int) -> list[int]:
    """Limits at whole standard deviations on either side of the mean."""
    return [-2, -1, 1, 2] if classes >= 5 else [-1, 1]

"""A composite index by chained symmetric growth, and the diffusion index: for trial only.

No public formula of the provincial index was found; this is the method of the Conference Board
and the NBER (from general knowledge, unverified). PRACTICE 12: until its weights are approved and
cited, a composite index stays off the default map; nothing here is drawn there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise


def symmetric_growth(before: float, now: float) -> float:
    """200·(x₁−x₀)/(x₁+x₀): the same size up and down. Raises ValueError when the sum is not > 0."""
    if not before + now > 0:
        raise ValueError("对称变化率要求两期之和大于 0;有负数的指标先换成指数")
    return 200 * (now - before) / (now + before)


def composite_index(
    series: Sequence[Sequence[float]], weights: Sequence[float], base: float = 100.0
) -> list[float]:
    """The index of all periods, `base` in the first.

    Each series' growth is divided by its mean size, so that restless series do not drown the
    others, and scaled back by the mean of these sizes. Raises ValueError for unlike lengths.
    """
    if len(series) != len(weights) or not series or sum(weights) <= 0:
        raise ValueError("每个分项要有一个权重,权重之和大于 0")
    length = len(series[0])
    if any(len(one) != length for one in series):
        raise ValueError("各分项的期数要相同")
    growths = [[symmetric_growth(a, b) for a, b in pairwise(one)] for one in series]
    sizes = [math.fsum(map(abs, one)) / len(one) if one else 0.0 for one in growths]
    common = math.fsum(w * s for w, s in zip(weights, sizes, strict=True)) / math.fsum(weights)
    index = [base]
    for at in range(length - 1):
        moved = math.fsum(
            weight * (one[at] / size if size else 0.0)
            for weight, one, size in zip(weights, growths, sizes, strict=True)
        )
        growth = common * moved / math.fsum(weights)
        index.append(index[-1] * (200 + growth) / (200 - growth))
    return index


def diffusion_index(before: Sequence[float | None], now: Sequence[float | None]) -> float | None:
    """Percent of the indicators that rose; one that did not move counts half; 50 turns the tide."""
    pairs = [(a, b) for a, b in zip(before, now, strict=True) if a is not None and b is not None]
    if not pairs:
        return None
    return 100 * math.fsum(1.0 if b > a else 0.5 if b == a else 0.0 for a, b in pairs) / len(pairs)

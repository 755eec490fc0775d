"""The small curve of a row: an SVG path in a box of 92 × 34, so that pages draw no chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT = 92.0, 34.0
_PAD_X, _PAD_Y = 2.0, 4.0


def spark(
    values: Sequence[float | None], *, kind: str, target: float | None, aria: str
) -> dict[str, Any] | None:
    """Path, target line and end point of a series, oldest first; a gap stays a gap.

    None when fewer than two values are known: one point is no curve.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = _range(known, target, from_zero=kind == "bar")
    step = (WIDTH - 2 * _PAD_X) / max(1, len(values) - 1)

    def x_of(index: int) -> float:
        return round(_PAD_X + index * step, 1)

    def y_of(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        share = min(1.0, max(0.0, share))
        return round(HEIGHT - _PAD_Y - share * (HEIGHT - 2 * _PAD_Y), 1)

    last = max(index for index, value in enumerate(values) if value is not None)
    end_value = values[last]
    assert end_value is not None
    draw = _bars if kind == "bar" else _line
    return {
        "kind": kind,
        "path": draw(values, x_of, y_of),
        "target_y": None if target is None else y_of(target),
        "end": [x_of(last), y_of(end_value)],
        "aria": aria,
    }


def _range(known: Sequence[float], target: float | None, *, from_zero: bool) -> tuple[float, float]:
    low, high = min(known), max(known)
    if from_zero:
        low = min(0.0, low)
    if target is None:
        return low, high
    # A target far off would press the curve flat: it is drawn at the edge then.
    reach = (high - low) or abs(high) or 1.0
    return min(low, max(target, low - reach)), max(high, min(target, high + reach))


def _line(values: Sequence[float | None], x_of: Any, y_of: Any) -> str:
    parts: list[str] = []
    pen_up = True
    for index, value in enumerate(values):
        if value is None:
            pen_up = True
            continue
        parts.append(f"{'M' if pen_up else 'L'}{x_of(index)} {y_of(value)}")
        pen_up = False
    return "".join(parts)


def _bars(values: Sequence[float | None], x_of: Any, y_of: Any) -> str:
    base = HEIGHT - _PAD_Y
    return "".join(
        f"M{x_of(index)} {base}V{min(y_of(value), base - 1)}"
        for index, value in enumerate(values)
        if value is not None
    )

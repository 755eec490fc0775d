"""The stretches of time that a trend can be switched to (小时, 72 小时, 月, 年 of mock 03)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from topics.kit.contracts import PeriodKind
from topics.kit.durations import parse_duration
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_panels import PanelSpec

_WORDS = {"h": "小时", "d": "天", "mo": "个月", "y": "年"}
_HOURS = ("24h", "72h", "7d", "30d")
_MONTHS = ("12mo", "24mo", "5y")
# By the finest period among a panel's indicators: from some two dozen periods to some hundreds.
_OFFERED: Mapping[PeriodKind, Sequence[str]] = {
    PeriodKind.INSTANT: _HOURS,
    PeriodKind.HOUR: _HOURS,
    PeriodKind.DAY: ("30d", "90d", "1y"),
    PeriodKind.QUARTER: ("2y", "5y"),
    PeriodKind.YEAR: ("5y", "10y"),
}
_FINEST = (PeriodKind.INSTANT, PeriodKind.HOUR, PeriodKind.DAY, PeriodKind.MONTH)
_ALIKE = 0.1  # 24mo and 2y are one stretch


def span_text(span: str) -> str:
    """The stretch in words: 72 小时; empty without one."""
    unit = span.lstrip("0123456789")
    return f"{span.removesuffix(unit)} {_WORDS[unit]}" if unit else ""


def spans_of(panel: PanelSpec, specs: Iterable[IndicatorSpec]) -> tuple[str, ...]:
    """What the panel offers, shortest first; its own window is always among them."""
    kinds = {spec.period_kind for spec in specs}
    if panel.kind != "trend" or not kinds:
        return ()
    finest = next((one for one in _FINEST if one in kinds), next(iter(kinds)))
    given = [panel.window] if panel.window else []
    for one in _OFFERED.get(finest, _MONTHS):
        if not any(_alike(one, other) for other in given):
            given.append(one)
    return tuple(sorted(given, key=parse_duration))


def spanned(panel: PanelSpec, specs: Iterable[IndicatorSpec], span: str) -> PanelSpec:
    """The panel over `span` where it offers that; else as its manifest says."""
    if not span or span not in spans_of(panel, specs):
        return panel
    return panel.model_copy(update={"window": span})


def _alike(one: str, other: str) -> bool:
    short, long = sorted((parse_duration(one), parse_duration(other)))
    return (long - short) / long < _ALIKE

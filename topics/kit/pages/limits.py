"""Limits that hold for one place only: a section's target class, a station's zone, a gauge's bank.

A topic's `limits` function gives them: `f(indicator, region, day) -> Limits | None`. The page
draws the lines, names the class of a value and lights the lamp from this one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from topics.kit.contracts import Region
from topics.kit.words.lamps import Lamp
from topics.kit.words.numbers import rounded, write_plain

TOWARDS_WORSE = 1  # classes beyond the aim that are still yellow; further away is red


@dataclass(frozen=True, slots=True)
class Band:
    """A class: values from `low` to `high`, both included; None: without end on that side.

    `under` is an upper end that is not included: a level that reaches 警戒 is no longer normal.
    `line` is how the line at its end is called on a chart (警戒), where not like the band (正常).
    `colour` is the name of a design token (w3, aqi2, ok …).
    """

    label: str
    colour: str = ""
    low: float | None = None
    high: float | None = None
    under: float | None = None
    line: str = ""

    def holds(self, value: float) -> bool:
        """Whether the value is within."""
        above = self.low is None or value >= self.low
        below = self.under is None or value < self.under
        return above and below and (self.high is None or value <= self.high)

    @property
    def bounded(self) -> bool:
        """Whether there is a limit at all."""
        return any(one is not None for one in (self.low, self.high, self.under))


@dataclass(frozen=True, slots=True)
class Limits:
    """The classes of one indicator at one place, best first, and the class it is meant to keep.

    `source` says by which document; `aim` is the label of a band, "" where none is set.
    `decimals`: a value is rounded so far (halves to even) before it is held against the bands,
    where the standard says so (HJ 633: 60.3 µg/m³ is judged as 60); None: as it is.
    """

    bands: Sequence[Band]
    aim: str = ""
    aim_name: str = ""  # how the aim is called beside the number: Ⅲ类限值
    source: str = ""
    decimals: int | None = None

    def band_of(self, value: float | None) -> Band | None:
        """The best band that holds the value, rounded as the standard says."""
        if value is None:
            return None
        if self.decimals is not None and isfinite(value):
            value = float(rounded(value, self.decimals))
        return next((one for one in self.bands if one.holds(value)), None)

    def lamp_of(self, value: float | None) -> Lamp:
        """ok within the aim, warn one class beyond it, bad further; none without an aim."""
        band, aim = self.band_of(value), self._place(self.aim)
        if band is None or aim is None:
            return Lamp.NONE
        beyond = self.bands.index(band) - aim
        if beyond <= 0:
            return Lamp.OK
        return Lamp.WARN if beyond <= TOWARDS_WORSE else Lamp.BAD

    def text(self, precision: int) -> str:
        """The limit of the aim in words: ≤1.0, ≥5, 6–9; empty without an aim."""
        aim = self._place(self.aim)
        if aim is None:
            return ""
        band = self.bands[aim]
        low, high = (_short(one, precision) for one in (band.low, band.high))
        if band.low is not None and band.high is not None:
            return f"{low}–{high}"
        if band.high is not None:
            return f"≤{high}"
        if band.under is not None:
            return f"<{_short(band.under, precision)}"
        return f"≥{low}" if band.low is not None else ""

    def edges(self, precision: int) -> list[tuple[float, str, str]]:
        """Lines for a chart from the aim on towards worse: value, words, colour; each value once.

        Without an aim all of them.
        """
        found: dict[float, tuple[float, str, str]] = {}
        for band in self.bands[self._place(self.aim) or 0 :]:
            for edge in (band.high, band.under, band.low):
                if edge is not None and edge not in found:
                    words = f"{band.line or band.label} {_short(edge, precision)}"
                    found[edge] = (edge, words, band.colour)
        return list(found.values())

    def _place(self, label: str) -> int | None:
        places = (n for n, one in enumerate(self.bands) if label and one.label == label)
        return next(places, None)


LimitsFunction = Callable[[str, Region, date], Limits | None]
"""`f(indicator, region, day)`: the limits there and then; None where the rule knows none."""


def _short(value: float | None, precision: int) -> str:
    """As many decimals as the limit itself has; limits are written as the standard writes them."""
    if value is None:
        return ""
    text = f"{value:.10f}".rstrip("0")
    digits = max(min(precision, 1), len(text.partition(".")[2]))
    return write_plain(value, digits)

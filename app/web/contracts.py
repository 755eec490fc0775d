"""What the pages need from the rest of the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.security.contracts import Subject


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """A layer as the map draws it: `tiles` is a URL template, `features` a count.

    `freshness` is its state against its cadence (layers.catalogue.freshness), `age` what is said
    of it: "迟 12 天". `bounds` is west, south, east, north in degrees, where all of it lies.
    """

    id: str
    title: str
    geometry: str  # "point", "line" or "polygon"
    features: int
    tiles: str
    freshness: str = "fresh"
    age: str = ""
    bounds: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a region lies on the map: its feature id in the tiles, label point and window."""

    code: str
    name: str
    feature: int
    at: tuple[float, float]
    bounds: tuple[float, float, float, float]


class MapSource(Protocol):
    """What there is to draw, for one person."""

    def layers(self, subject: Subject) -> Sequence[DrawnLayer]:
        """Published layers this person may see, in drawing order."""

    def places(self, subject: Subject) -> Sequence[Place]:
        """The counties; empty when the layer is missing or closed to this person."""


class OverviewBoard(Protocol):
    """Makes the overview's view model."""

    def model(
        self, subject: Subject, region: str, choropleth: str | None, now: datetime
    ) -> Mapping[str, Any]:
        """The model of one region; `choropleth` None means the default indicator of the map."""

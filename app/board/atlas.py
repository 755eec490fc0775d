"""What the map may draw for one person: published layers, and where the counties lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import shapely
import structlog

from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.web.contracts import DrawnLayer, Place
from layers.catalogue.freshness import freshness
from layers.contracts import Layer, Version
from layers.registry import LayerRegistry

log = structlog.get_logger(__name__)

COUNTIES = "city.counties"
_ORDER = {"polygon": 0, "line": 1, "point": 2}


class Atlas:
    """The layer registry as the pages see it."""

    def __init__(
        self,
        registry: LayerRegistry,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Read from `registry`; places are worked out once per version."""
        self._registry = registry
        self._clock = clock
        self._places = lru_cache(maxsize=4)(self._work_out)

    def layers(self, subject: Subject) -> Sequence[DrawnLayer]:
        """Published layers this person may see: areas first, then lines, then points."""
        now = self._clock()
        drawn = [
            _drawn(layer, version, now)
            for layer in self._registry.layers()
            if (version := self._published(layer, subject)) is not None
        ]
        return sorted(drawn, key=lambda one: (_ORDER.get(one.geometry, 3), one.id))

    def places(self, subject: Subject) -> Sequence[Place]:
        """The counties by code; empty when the layer is missing or closed to this person."""
        layer = self._registry.find(COUNTIES)
        version = self._published(layer, subject) if layer is not None else None
        return () if version is None else self._places(version.id)

    def _published(self, layer: Layer, subject: Subject) -> Version | None:
        resource = Resource(
            "layer",
            layer.id,
            topic=layer.topic,
            classification=layer.classification,
            demo=layer.demo,
        )
        if layer.version is None or not may(subject, Action.READ, resource):
            return None
        return self._registry.require_version(layer.id, layer.version)

    def _work_out(self, version: str) -> tuple[Place, ...]:
        frame = self._registry.master(COUNTIES, version)
        shapes = frame.geometry.geom_type.isin(("Polygon", "MultiPolygon"))
        if not {"code", "name"} <= set(frame.columns) or not shapes.all():
            # Somebody published another kind of layer under this id: no map labels, but a page.
            log.warning("counties_unusable", layer=COUNTIES, version=version)
            return ()
        return tuple(_place(one) for one in frame.sort_values("code").itertuples(index=False))


def _drawn(layer: Layer, version: Version, now: datetime) -> DrawnLayer:
    fresh = freshness(layer.cadence, version.published_at, now)
    return DrawnLayer(
        id=layer.id,
        title=layer.title,
        geometry=version.geometry,
        features=version.features,
        tiles=f"/tiles/{layer.id}/{version.id}/{{z}}/{{x}}/{{y}}.mvt",
        freshness=fresh.state.value,
        age=fresh.text,
        bounds=None if version.bounds is None else astuple(version.bounds),
    )


def _place(county: Any) -> Place:
    # The middle of the largest circle inside: a label there never falls into a neighbour.
    radius = shapely.maximum_inscribed_circle(county.geometry, tolerance=0.005)
    x, y = shapely.get_coordinates(radius)[0]
    west, south, east, north = county.geometry.bounds
    return Place(
        code=str(county.code),
        name=str(county.name),
        feature=int(county[0]),
        at=(float(x), float(y)),
        bounds=(west, south, east, north),
    )

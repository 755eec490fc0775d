"""The Python side of the map component."""

from __future__ import annotations

from typing import ClassVar

from app.web.component import PlainComponent


class CityMap(PlainComponent):
    """A map. What is wanted goes in as plain values; what people do comes out as `click`, `hover`, `viewport`.

    In: `view` (bounds or center+zoom at the start), `sources` {id: MapLibre source}, `layers` [MapLibre layer,
    first = lowest, with our short forms `opacity` and `visible`], `states` {name: {source, sourceLayer, key,
    values {feature id: value} or ids + values}}, `images` {name: {hatch: colour}}, `interactive` [layer id],
    `home` {bounds, padding} kept in view until somebody moves the map, `go` {do: in | out | home | fit | fly, …}, `scale` (show a scale bar), `label` (for screen readers), `options`
    (MapLibre map options). Out: `click` {lngLat, features, at}, `hover` feature or None, `viewport` {center,
    zoom, bounds}, `problem` {kind: webgl | library | lost | source, source}, `ready` once drawn.
    Heatmap, extrusion and raster are layer types that pass through as they are.
    """

    _type = "CityMap"
    properties: ClassVar[tuple[str, ...]] = (
        "id", "className", "label", "view", "options", "sources", "layers", "states", "images", "interactive",
        "home", "go", "scale", "click", "hover", "viewport", "problem", "ready",
    )  # fmt: skip

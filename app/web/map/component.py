"""The Python side of the map component."""

from __future__ import annotations

from typing import ClassVar

from app.web.component import PlainComponent


class CityMap(PlainComponent):
    """A map: what is wanted goes in as plain values, what people do comes out.

    In: `home` {bounds, padding}, kept in view until somebody moves the map, or `view` {center,
    zoom}; `sources` {id: MapLibre source}; `layers` [MapLibre layer], the first drawn lowest, with
    our short forms `opacity` and `visible`; `states` {name: {source, sourceLayer, key, values
    {feature id: value} or ids + values}}; `images` {name: {hatch: colour}}; `interactive`
    [layer id]; `go` {do: in | out | home | fit | fly, …}; `scale` (a scale bar); `label` (for
    screen readers); `options` of MapLibre.

    Out: `click` {lngLat, features, at}; `hover`, a feature or None; `viewport` {center, zoom,
    bounds}; `problem` {kind: webgl | library | lost | source, source}; `ready` once drawn.

    Heatmap, extrusion and raster are layer types and pass through as they are.
    """

    _type = "CityMap"
    properties: ClassVar[tuple[str, ...]] = (
        *("id", "className", "label", "view", "home", "options", "scale", "go"),
        *("sources", "layers", "states", "images", "interactive"),
        *("click", "hover", "viewport", "problem", "ready"),
    )

"""records: the features of a layer in the region, page by page, as this person may see them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from app.api.layer_doors import LayerDoors
from app.api.layer_sight import sight
from app.errors import Forbidden, NotSignedIn
from app.topic.made import Made, column
from app.topic.scope import Scope
from app.topic.view import View
from layers.catalogue.stored import metadata_of
from layers.compile.where import Filter
from layers.contracts import Layer
from layers.errors import UnknownLayer
from layers.windows import features as window_features
from layers.windows import parse_filter
from layers.windows.features import MOST
from topics.kit.manifest_panels import PanelSpec
from topics.kit.words.clock import SHANGHAI, moment_text

PAGE = 20
_REGION_FIELDS = ("region", "region_code", "county", "county_code")
_MOST_COLUMNS = 8
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def records(view: View, panel: PanelSpec, scope: Scope) -> Made:
    """The first layer the panel names; `next` of the answer asks for the rows after these."""
    layer_id = panel.layers[0]
    doors = LayerDoors(view.services.layers)
    try:
        layer = doors.require(view.subject, layer_id, "feature")
        if layer.version is None:
            raise UnknownLayer(f"图层 {layer_id} 还没有发布")
        version = doors.require_version(view.subject, layer, layer.version)
    except (Forbidden, NotSignedIn):
        owner = view.services.organisations.name(view.asked.topic.owner, view.asked.today)
        return Made({}, [], [], "", message=f"需{owner}授权", state="forbidden")
    except UnknownLayer:
        return Made({}, [], [], "", message="图层还没有发布", state="empty")
    seen = sight(view.subject, layer, doors.beyond(layer, version))
    shown = _columns(panel, layer, version.attributes, seen.covered)
    compiled = view.services.layers.compiled(layer.id, layer.version)
    where = _here(view, version.attributes, seen.covered)
    found = window_features(
        compiled,
        None,
        where,
        MOST if view.asked.whole else PAGE,
        view.asked.cursor or None,
        attributes=[k for k, _ in shown],
    )
    rows = []
    for one in found["features"]:
        at = _middle(one["geometry"])
        cells = {
            key: _words(value, view.asked.now)
            for key, value in seen.record(one["properties"]).items()
        }
        rows.append({"id": one["id"], "cells": cells, "lon": at[0], "lat": at[1], "lamp": ""})
    columns = [column(key, title) for key, title in shown]
    place = view.head(view.asked.region, layer.title)
    return Made(
        data={
            "layer": layer.id,
            "columns": columns,
            "rows": rows,
            "total": found["count"],
            "next": found["next"],
        },
        columns=columns,
        rows=[one["cells"] for one in rows],
        sentence=f"{place} {found['count']} 个,此页列出 {len(rows)} 个。",
        subtitle=f"{found['count']} 个" + ("" if where is not None else " · 全市"),
    )


def _words(value: object, now: datetime) -> str:
    """A value of a layer as text; a moment in the city's time, as everywhere on the page.

    A moment without a zone is the city's own, as those who keep lists write it.
    """
    text = "" if value is None else str(value)
    if not _MOMENT.match(text):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment_text(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI), now)


def _columns(
    panel: PanelSpec, layer: Layer, attributes: Any, covered: Any
) -> list[tuple[str, str]]:
    """The columns the panel names, else the first of the layer; titles from panel or catalogue."""
    metadata = metadata_of(layer)
    named = [one for one in panel.columns if one in attributes]
    given = dict(zip(panel.columns, panel.titles, strict=False))
    chosen = named or list(attributes)[:_MOST_COLUMNS]
    return [(one, given.get(one) or metadata.about(one).title or one) for one in chosen]


def _here(view: View, attributes: Any, covered: Any) -> Filter | None:
    """Only what lies in the region, where the layer says so and may be asked; the city is all."""
    region = view.asked.region
    field = next((one for one in _REGION_FIELDS if one in attributes and one not in covered), None)
    if region.parent is None or field is None:
        return None
    inside = view.services.regions.within(region.code, view.asked.today)
    named = ", ".join(f'"{one.code}"' for one in inside)
    return parse_filter(f"{field} in ({named})")


def _middle(geometry: Any) -> tuple[float | None, float | None]:
    """A point's degrees, else the middle of the bounds."""
    flat = list(_degrees(geometry.get("coordinates") if geometry else None))
    if not flat:
        return None, None
    longitudes, latitudes = [one[0] for one in flat], [one[1] for one in flat]
    return (
        (min(longitudes) + max(longitudes)) / 2,
        (min(latitudes) + max(latitudes)) / 2,
    )


def _degrees(coordinates: Any) -> list[tuple[float, float]]:
    if coordinates is None or len(coordinates) == 0:
        return []
    if not hasattr(coordinates[0], "__len__"):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [one for part in coordinates for one in _degrees(part)]

"""GET /api/v1/features/{layer}: features of a layer in a window, as GeoJSON features."""

from __future__ import annotations

import math
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Response

from app.api.layer_doors import LayerDoors
from app.api.layer_query import listed
from app.api.layer_sight import sight
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from layers.contracts import Bounds, Layer
from layers.errors import BadFilter, UnknownLayer
from layers.windows import features as window_features
from layers.windows import parse_filter

_USUAL_LIMIT = "1000"
_PRIVATE = "private, no-cache"


def router(services: Services) -> APIRouter:
    """The features' one route."""
    routes = APIRouter(tags=["要素"])
    doors = LayerDoors(services.layers)

    @routes.get("/api/v1/features/{layer}", summary="图层的要素", response_class=Response)
    @door(Action.READ, "feature")
    def features(
        layer: str,
        subject: Annotated[Subject, Depends(current_subject)],
        bbox: Annotated[str | None, Query(description="西,南,东,北(度)")] = None,
        where: Annotated[
            str | None, Query(alias="filter", description="如 grade>=3;name=北江")
        ] = None,
        limit: Annotated[str, Query(description="一次最多几个")] = _USUAL_LIMIT,
        cursor: Annotated[str | None, Query(alias="next", description="上一页的 next")] = None,
        version: Annotated[str | None, Query(description="版本编号,默认已发布的")] = None,
        attributes: Annotated[str | None, Query(description="只要这些属性,逗号隔开")] = None,
        sort: Annotated[str | None, Query(description="按属性排序,前加 - 为降序")] = None,
    ) -> Response:
        """Features of the live (or named) version; what may be asked is read after who may."""
        found = doors.require(subject, layer, "feature", fresh=True)
        chosen = version or _live(found)
        shown = doors.require_version(subject, found, chosen)
        compiled = services.layers.compiled(layer, chosen)
        seen = sight(subject, found, doors.beyond(found, shown))
        passing = None if where is None else parse_filter(where)
        seen.check(passing)
        if sort:
            seen.require(sort.removeprefix("-"))
        collection = window_features(
            compiled,
            None if bbox is None else _bounds(bbox),
            passing,
            _limit(limit),
            cursor,
            attributes=listed(attributes),
            sort=sort or None,
        )
        for one in collection["features"]:
            one["properties"] = seen.record(one["properties"])
        body = {
            "layer": layer,
            "version": chosen,
            "items": collection["features"],
            "next": collection["next"],
            "count": collection["count"],
        }
        return Response(
            orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY),
            media_type="application/json",
            headers={"Cache-Control": _PRIVATE},
        )

    return routes


def _live(layer: Layer) -> str:
    if layer.version is None:
        raise UnknownLayer(f"图层 {layer.id} 还没有发布过;请先发布")
    return layer.version


def _bounds(text: str) -> Bounds:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as wrong:
        raise BadFilter(f"bbox={text} 读不懂;应是 西,南,东,北 四个数") from wrong
    finite = all(math.isfinite(side) for side in (west, south, east, north))
    if not finite or west >= east or south >= north:
        raise BadFilter(f"bbox={text} 不是窗口;应是 西<东、南<北")
    return Bounds(west, south, east, north)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadFilter(f"limit={text} 应是正整数")
    return int(text)

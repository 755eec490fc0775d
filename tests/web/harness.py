"""The overview without the rest of the program; `python tests/web/harness.py [port]` shows it.

Real: create_dash, static files, security headers. Paper: board, map source, tiles, stream.
POST /_harness/push {rows, delta} speaks on the stream; cut closes it, join opens it again,
break [what] breaks things, mend heals all.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import mapbox_vector_tile
import paper_alerts
import paper_city
import paper_courses
import paper_explain
import uvicorn
from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from shapely import box
from shapely.geometry import mapping, shape

from app.config import Config
from app.security.contracts import Subject
from app.security.headers import SecurityHeaders
from app.web.contracts import DrawnLayer, Place
from app.web.dashboard import create_dash
from app.web.static import Compressed

TITLES = {"city.counties": "县界", "city.rivers": "河流水系", "grid.events": "网格事件",
          "water.sections": "水质断面", "ecology.air_stations": "空气监测站"}  # fmt: skip
BEAT = 10  # seconds; pages that hear nothing for 30 open their stream anew and read again
KINDS = {"city.counties": "polygon", "city.rivers": "line"}


class PaperBoard:
    """Models of the paper city; `edit` lets a test put a row into any state."""

    def __init__(self) -> None:
        self.edit: Any = lambda model: model

    def model(
        self, subject: Subject, region: str, choropleth: str | None, now: datetime
    ) -> Mapping[str, Any]:
        model = paper_city.model(region)
        if choropleth == "ecology.pm25":
            model["map"] |= {"indicator": choropleth, "title": "PM2.5 小时值", "unit": "µg/m³"}
        return self.edit(model | {"generated_at": now.isoformat()})


@cache
def _packed(layer: str, z: int, x: int, y: int) -> bytes:
    return tile(paper_city.layers()[layer], layer, z, x, y)


class PaperMap:
    """Layers and places of the paper city."""

    def __init__(self) -> None:
        self.collections = paper_city.layers()

    def layers(self, subject: Subject) -> Sequence[DrawnLayer]:
        return [
            DrawnLayer(
                id,
                TITLES[id],
                KINDS.get(id, "point"),
                len(c["features"]),
                f"/tiles/{id}/v1/{{z}}/{{x}}/{{y}}.mvt",
            )
            for id, c in self.collections.items()
        ]

    def places(self, subject: Subject) -> Sequence[Place]:
        places = []
        for feature in self.collections["city.counties"]["features"]:
            area = shape(feature["geometry"])
            at = area.representative_point()
            code, name = feature["properties"]["code"], feature["properties"]["name"]
            places.append(Place(code, name, feature["id"], (at.x, at.y), area.bounds))
        return places


class Stream:
    """The paper stream: everybody hears what is pushed; `cut` ends all and refuses new ones."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[str | None]] = set()
        self.open = True
        self.sequence = 0
        self.hello: Callable[[], Any] = dict  # what the event `alerts` says on connect

    def say(self, event: str, data: Any) -> None:
        self.sequence += 1
        body = json.dumps(data, ensure_ascii=False)
        text = f"id: paper-{self.sequence}\nevent: {event}\ndata: {body}\n\n"
        for queue in self.queues:
            queue.put_nowait(text)

    def cut(self) -> None:
        self.open = False
        for queue in self.queues:
            queue.put_nowait(None)

    async def listen(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.queues.add(queue)
        try:
            yield f"id: paper-{self.sequence}\nevent: snapshot\ndata: []\n\n"
            hello = json.dumps(self.hello(), ensure_ascii=False)
            yield f"event: alerts\ndata: {hello}\n\n"
            while (text := await _said(queue)) is not None:
                yield text
        finally:
            self.queues.discard(queue)


async def _said(queue: asyncio.Queue[str | None]) -> str | None:
    """What is said next; a beat when nothing is, as the real stream does."""
    try:
        return await asyncio.wait_for(queue.get(), BEAT)
    except TimeoutError:
        return "event: beat\ndata: 0\n\n"


def tile(collection: dict[str, Any], name: str, z: int, x: int, y: int) -> bytes:
    """One tile by the oracle's encoder, in web mercator."""
    side = 2 * math.pi * 6378137 / 2**z
    west, north = -math.pi * 6378137 + x * side, math.pi * 6378137 - y * side
    window = box(
        west - side / 16, north - side - side / 16, west + side + side / 16, north + side / 16
    )
    features = []
    for feature in collection["features"]:
        drawn = shape(_mercator(feature["geometry"])).intersection(window)
        if not drawn.is_empty:
            features.append(
                {
                    "geometry": mapping(drawn),
                    "properties": feature["properties"],
                    "id": feature["id"],
                }
            )
    options = {"quantize_bounds": (west, north - side, west + side, north)}
    encoded: bytes = mapbox_vector_tile.encode(
        {"name": name, "features": features}, default_options=options
    )
    return encoded


def _mercator(geometry: Any) -> Any:
    def project(point: Any) -> Any:
        if isinstance(point[0], int | float):
            lon, lat = point
            return [
                math.radians(lon) * 6378137,
                math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * 6378137,
            ]
        return [project(one) for one in point]

    return {"type": geometry["type"], "coordinates": project(geometry["coordinates"])}


def paper_program(*more: APIRouter) -> tuple[FastAPI, PaperBoard, Stream]:
    """The server of the paper city, its board and its stream; `more` are real routes beside it."""
    server = FastAPI(docs_url=None, redoc_url=None)
    for routes in more:
        server.include_router(routes)
    board, source, stream = PaperBoard(), PaperMap(), Stream()
    alerts = server.state.alerts = paper_alerts.PaperAlerts(stream.say)
    stream.hello = alerts.snapshot
    server.include_router(alerts.router())
    broken: set[str] = set()
    _answers(server, board, source, broken)
    _strings(server, stream, broken)
    services = SimpleNamespace(config=Config())
    topics = [(topic, short) for topic, _, short in paper_city.TOPICS]
    pages = create_dash(services, board, server, source, topics=topics)  # type: ignore[arg-type]
    server.add_middleware(SecurityHeaders, script_hashes=pages.script_hashes)
    server.add_middleware(Compressed)
    return server, board, stream


def _other_answers(server: FastAPI) -> None:
    @server.get("/api/v1/overview-panels")
    def overview_panels(region: str = "440200") -> dict[str, Any]:
        return {"items": paper_courses.panels(region), "next": None}

    @server.get("/api/v1/overview-ahead")
    def overview_ahead() -> dict[str, Any]:
        return paper_courses.ahead(datetime.now().astimezone(ZoneInfo("Asia/Shanghai")))

    @server.get("/api/v1/notices/mine")
    def notices() -> dict[str, Any]:
        return {"items": [], "next": None, "unread": 0}

    @server.get("/api/v1/mode")
    def mode() -> dict[str, Any]:
        return {"drill": None, "wartime": False}


def _answers(server: FastAPI, board: PaperBoard, source: PaperMap, broken: set[str]) -> None:
    _other_answers(server)

    @server.get("/api/v1/overview")
    def overview(
        region: str = "440200",
        choropleth: str | None = Query(None, alias="map"),
        as_of: str = "",
    ) -> Response:
        if "overview" in broken:
            return JSONResponse(
                {"type": "tonglan:unavailable", "title": "数据库没有应答", "status": 503}, 503
            )
        now = datetime.now().astimezone()
        model = dict(board.model(Subject("", ""), region, choropleth or None, now))
        return JSONResponse(model | ({"as_of": as_of} if as_of else {}))

    @server.get("/api/v1/explain")
    def explain(indicator: str, region: str = "440200") -> Response:
        if indicator in broken or "explain" in broken:
            status = 403 if indicator in broken else 503
            said = {
                "type": "tonglan:x",
                "title": "数据服务暂时不可用",
                "detail": "请找市水务局授权",
            }
            return JSONResponse(said | {"status": status}, status)
        return JSONResponse(paper_explain.answer(indicator, region))

    @server.get("/api/v1/features/{layer}")
    def features(layer: str) -> Response:
        return JSONResponse({"items": source.collections[layer]["features"], "next": None})

    @server.get("/tiles/{layer}/{version}/{z}/{x}/{y}.mvt")
    def tiles(layer: str, z: int, x: int, y: int) -> Response:
        if layer in broken:
            return Response(status_code=500)
        return Response(_packed(layer, z, x, y), media_type="application/vnd.mapbox-vector-tile")


def _strings(server: FastAPI, stream: Stream, broken: set[str]) -> None:
    @server.get("/live")
    async def live() -> Response:
        if not stream.open:
            return Response(status_code=503)
        return StreamingResponse(
            stream.listen(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    @server.post("/_harness/{what}")
    async def control(what: str, request: Request) -> dict[str, bool]:
        body = await request.json() if await request.body() else {}
        if what == "push":
            for event, data in body.items():
                stream.say(event, data)
        elif what == "cut":
            stream.cut()
        elif what == "join":
            stream.open = True
        elif what == "mend":
            stream.open = True
            broken.clear()
        elif what == "break":
            broken.update(body)
        return {"done": True}


if __name__ == "__main__":
    uvicorn.run(
        paper_program()[0],
        host="127.0.0.1",
        port=int((sys.argv[1:] or ["8600"])[0]),
        log_level="warning",
        ws="none",
    )

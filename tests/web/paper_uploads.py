"""The upload pages without the rest of the program; `python tests/web/paper_uploads.py [port]`.

Real: the pages, their scripts, the static files, the content policy. Paper: uploads (tus) and
submissions, in the JSON that the API promises. `who` is signed in; tests swap it and edit `kept`.
"""
# ruff: noqa: E501  # the submission reads best as it is drawn

from __future__ import annotations

import asyncio
import base64
import copy
import hashlib
import math
import random
import sys
from dataclasses import dataclass, field
from typing import Any

import harness
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.security.context import acting_as
from app.security.contracts import Grant, Role, Subject

CLERK = Subject("user:1", "李文", frozenset({Grant(Role.CLERK, "water")}))
REVIEWER = Subject("user:2", "周敏", frozenset({Grant(Role.REVIEWER, "water")}))
CLASSES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
SEAT = (113.59, 24.8)  # where the rivers of the paper city meet
RIVERS = (
    [
        [113.53, 24.86],
        [113.545, 24.83],
        [113.57, 24.815],
        [113.59, 24.80],
        [113.583, 24.785],
        [113.578, 24.76],
    ],
    [[113.66, 24.86], [113.635, 24.835], [113.61, 24.82], [113.59, 24.80]],
)


def _along(line: list[list[float]], share: float) -> tuple[float, float]:
    place = share * (len(line) - 1)
    first = min(int(place), len(line) - 2)
    (x, y), (u, v) = line[first], line[first + 1]
    return x + (u - x) * (place - first), y + (v - y) * (place - first)


def _shifted(metres_east: float, metres_north: float) -> list[list[float]]:
    east, north = metres_east / 101000, metres_north / 111320
    dice = random.Random(7)
    points = []
    for line in RIVERS:
        for n in range(30):
            x, y = _along(line, n / 29)
            points.append(
                [
                    round(x + east + dice.gauss(0, 0.0003), 6),
                    round(y + north + dice.gauss(0, 0.0003), 6),
                ]
            )
    return points


def candidates() -> dict[str, Any]:
    """Three coordinate systems over the rivers at one scale."""
    named = [
        (
            "EPSG:4526",
            "CGCS2000 / 3° 带 38",
            "CGCS2000 3°带 38(EPSG:4526)",
            "610 / 612 点在市域,距河流中位 38 m",
            (0, 0),
            None,
        ),
        (
            "gcj02",
            "GCJ-02",
            "GCJ-02 → CGCS2000",
            "偏移约 560 m,距河流中位 541 m",
            (-460, 320),
            None,
        ),
        (
            "EPSG:2362",
            "西安80 3° 带 38",
            "西安80 3°带 38(EPSG:2362)",
            "偏移约 110 m,距河流中位 126 m",
            (90, -60),
            "没有精确参数,误差可达百米",
        ),
    ]
    lon, lat = SEAT
    window = (9000.0, 3000.0)
    half = (window[0] / 2 / 101000, window[1] / 2 / 111320)
    made = [
        {"crs": crs, "title": title, "chosen": n == 0, "line1": line1, "line2": line2, "warning": warning,
         "bounds": [lon - half[0], lat - half[1], lon + half[0], lat + half[1]],
         "points": _shifted(*shift), "reference": [list(line) for line in RIVERS]}
        for n, (crs, title, line1, line2, shift, warning) in enumerate(named)
    ]  # fmt: skip
    return {"window_m": window, "scale_m": 1000, "candidates": made}


def _issue(
    id: str,
    label: str,
    row: int,
    item: str,
    problem: str,
    remedy: str,
    count: int,
    *,
    fix: str | None = "fix",
    severity: str = "error",
    sample: tuple[tuple[int, str, str], ...] = (),
) -> dict[str, Any]:
    shown = [{"row": at, "before": before, "after": after} for at, before, after in sample]
    return {"id": id, "kind": id.split(":")[0], "rows_label": label, "row": row, "item": item, "problem": problem,
            "remedy": remedy, "count": count, "fix": fix, "severity": severity, "fixed": False, "sample": shown}  # fmt: skip


BOWTIE = "POLYGON((0 0, 10 8, 10 0, 0 8, 0 0))"
MENDED = "MULTIPOLYGON(((0 0, 5 4, 0 8, 0 0)), ((5 4, 10 0, 10 8, 5 4)))"


def issues() -> list[dict[str, Any]]:
    """The problems of the picture of screen 04."""
    return [
        _issue(
            "swapped:坐标",
            "12",
            12,
            "坐标",
            "X、Y 互换(2745120, 38458312)",
            "交换两列",
            3,
            sample=((12, "2745120, 38458312", "38458312, 2745120"),),
        ),
        _issue(
            "region:区划",
            "87",
            87,
            "区划",
            "“曲江县”已撤销",
            "改为 曲江区 440205",
            18,
            severity="warning",
            sample=((87, "曲江县", "曲江区"), (91, "曲江县", "曲江区")),
        ),
        _issue("empty:几何", "203", 203, "几何", "空几何,无坐标", "移入待核区,补坐标后再入库", 5),
        _issue(
            "date:日期",
            "341",
            341,
            "日期",
            "“2026.9.31”不存在",
            "需人工修改",
            1,
            fix=None,
            sample=((341, "2026.9.31", ""),),
        ),
        _issue(
            "key:排口编码", "418–421", 418, "主键", "排口编码重复 GD0440-017", "保留最新一条", 4
        ),
        _issue(
            "outside:几何",
            "560",
            560,
            "落点",
            "位于市域外 2.3 km(清远)",
            "保留并标记待核",
            2,
            severity="warning",
            sample=((560, BOWTIE, MENDED),),
        ),
    ]


def submission() -> dict[str, Any]:
    """The submission of the picture of screen 04, checked and waiting for its clerk."""
    return {
        "id": "9f3c0000aaaa0e21", "layer": "water.outfalls", "state": "checked", "state_title": "已检查", "revision": 3, "topic": "water", "urgent": False,
        "file": {"name": "入河排污口_2026年10月.zip", "bytes": 4928311, "sha256": "9f3c" + "0" * 57 + "e21", "files": 6, "parts": []},
        "about": {"title": "入河排污口", "topic": "water", "owner": "市生态环境局", "source": "排查", "cadence": "1mo", "classification": "内部", "key": "排口编码", "note": "10 月", "style": {}},
        "answers": {"purpose": "layer", "part": None, "encoding": "auto", "crs": "auto", "parameters": None, "columns": {}, "header_rows": None, "fixes": [], "edits": {}, "accept_schema": False},
        "question": None,
        "report": {
            "format": "ESRI Shapefile", "format_evidence": ".shp .shx .dbf .prj 齐全;缺 .cpg", "geometry": "point", "features": 612,
            "fields": [{"name": name, "type": kind, "sample": "", "empty": 0} for name, kind in [("水质类别", "text"), ("排口名称", "text"), ("排口编码", "text"), ("日期", "text"), ("流量", "float")] + [(f"字段{n}", "text") for n in range(6, 24)]],
            "encoding": {"shown": "GBK", "confidence": 0.998, "evidence": ["按 UTF-8 解码失败 1,204 处", "GBK 得到“曲江区 马坝镇 …”"], "candidates": [["UTF-8", 1204, ""], ["GB18030", 0, "曲江区 马坝镇"], ["Big5", 877, "轉蔀"]]},
            "crs": {"decided": "EPSG:4526", "declared": None, "confidence": 0.99, "evidence": [".prj 中央经线 114°", "东坐标 38,4xx,xxx 带号前缀", "612 点中 610 点落在市域"], "candidates": [{"crs": one["crs"], "title": one["title"], "chosen": one["chosen"]} for one in candidates()["candidates"]]},
            "checks": {"total": 612, "passed": 579, "fixable": 32, "manual": 1, "quarantined": 0, "issues": issues()},
            "classification": None, "schema": None, "raster": None,
        },
        "version": None, "live": {"id": "v6", "number": 6, "features": 604}, "diff": {"added": 9, "removed": 4, "changed": 31}, "job": None,
        "created_by": {"id": "user:1", "name": "李文"}, "created_at": "2026-11-20T10:20:00+08:00", "updated_at": "2026-11-20T10:24:00+08:00",
        "reviewer": None, "review_note": "", "publish_at": None, "actions": ["submit", "withdraw", "reread"],
        "history": [{"at": "2026-11-20T10:20:00+08:00", "by": {"id": "user:1", "name": "李文"}, "action": "created", "from": "", "to": "received", "note": ""}],
    }  # fmt: skip


def preview() -> dict[str, Any]:
    dice = random.Random(3)
    features = []
    for n in range(200):
        line = RIVERS[n % 2]
        x, y = _along(line, dice.random())
        features.append({"type": "Feature", "geometry": {"type": "Point", "coordinates": [x + dice.gauss(0, 0.02), y + dice.gauss(0, 0.015)]},
                         "properties": {"水质类别": CLASSES[min(5, int(abs(dice.gauss(1.4, 1.2))))], "排口名称": f"排口 {n + 1}", "流量": round(math.exp(dice.gauss(2, 1)), 1)}})  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def diff() -> tuple[dict[str, Any], dict[str, Any]]:
    added = [
        {"key": f"GD0440-6{n:02}", "values": {"排口名称": f"新排口 {n}", "水质类别": "Ⅲ"}}
        for n in range(9)
    ]
    removed = [
        {"key": f"GD0440-1{n:02}", "values": {"排口名称": f"旧排口 {n}", "水质类别": "Ⅳ"}}
        for n in range(4)
    ]
    changed = [{"key": f"GD0440-3{n:02}", "fields": {"水质类别": ["Ⅲ", "Ⅱ"]}} for n in range(31)]
    table = {
        "added": added,
        "removed": removed,
        "changed": changed,
        "counts": {"added": 9, "removed": 4, "changed": 31},
    }
    places = preview()["features"]
    marks = [kind for kind, count in table["counts"].items() for _ in range(count)]  # type: ignore[attr-defined]
    features = [
        one | {"properties": {"change": mark}} for one, mark in zip(places, marks, strict=False)
    ]
    return table, {"type": "FeatureCollection", "features": features}


@dataclass
class PaperUploads:
    """What the paper API holds; tests change it between two looks."""

    who: Subject = CLERK
    kept: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"9f3c0000aaaa0e21": submission()}
    )
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)  # path part → status, sentence
    slow: float = 0

    def reset(self) -> None:
        fresh = PaperUploads()
        for name in ("who", "kept", "uploads", "calls", "refuse", "slow"):
            setattr(self, name, getattr(fresh, name))

    @property
    def only(self) -> dict[str, Any]:
        return self.kept["9f3c0000aaaa0e21"]


class SignedIn:
    """Every request is the paper person's."""

    def __init__(self, app: ASGIApp, paper: PaperUploads) -> None:
        self.app = app
        self.paper = paper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with acting_as(self.paper.who):
            await self.app(scope, receive, send)


def _problem(status: int, text: str, **more: Any) -> JSONResponse:
    return JSONResponse(
        {"type": "tonglan:paper", "title": text.split(";")[0], "detail": text, "status": status}
        | more,
        status,
    )


def _settle(one: dict[str, Any]) -> None:
    """Count again after answers, as the worker would."""
    checks = one["report"]["checks"]
    for issue in checks["issues"]:
        edited = str(issue["row"]) in one["answers"]["edits"]
        issue["fixed"] = issue["id"] in one["answers"]["fixes"] or edited
    left = [issue for issue in checks["issues"] if not issue["fixed"]]
    checks["fixable"] = sum(issue["count"] for issue in left if issue["fix"])
    checks["manual"] = sum(issue["count"] for issue in left if not issue["fix"])
    checks["passed"] = checks["total"] - checks["fixable"] - checks["manual"]


def uploads_program() -> tuple[FastAPI, PaperUploads]:
    """The server and what it holds."""
    server, _, _ = harness.paper_program()
    paper = PaperUploads()
    _tus(server, paper)
    _submissions(server, paper)
    _layers(server)
    server.add_middleware(SignedIn, paper=paper)
    return server, paper


def _tus(server: FastAPI, paper: PaperUploads) -> None:  # noqa: C901  # a paper server: one route after another
    @server.post("/api/v1/uploads")
    async def create(request: Request) -> Response:
        if "uploads" in paper.refuse:
            return _problem(*paper.refuse["uploads"])
        id = f"up{len(paper.uploads) + 1}"
        paper.uploads[id] = {
            "length": int(request.headers["upload-length"]),
            "body": b"",
            "hashed": 0,
        }
        return Response(
            status_code=201, headers={"Location": f"/api/v1/uploads/{id}", "Tus-Resumable": "1.0.0"}
        )

    @server.head("/api/v1/uploads/{id}")
    async def head(id: str) -> Response:
        if id not in paper.uploads:
            return Response(status_code=404)
        return Response(
            status_code=200, headers={"Upload-Offset": str(len(paper.uploads[id]["body"]))}
        )

    @server.patch("/api/v1/uploads/{id}")
    async def patch(id: str, request: Request) -> Response:
        one = paper.uploads[id]
        if "chunk" in paper.refuse:
            return _problem(*paper.refuse["chunk"])
        body = await request.body()
        if paper.slow:
            await asyncio.sleep(paper.slow)
        if int(request.headers["upload-offset"]) != len(one["body"]):
            return _problem(409, "位置不对")
        wanted = request.headers.get("upload-checksum", "")
        if wanted:
            assert base64.b64decode(wanted.split()[1]) == hashlib.sha256(body).digest()
            one["hashed"] += len(body)
        one["body"] += body
        return Response(status_code=204, headers={"Upload-Offset": str(len(one["body"]))})

    @server.delete("/api/v1/uploads/{id}")
    async def remove(id: str) -> Response:
        paper.uploads.pop(id, None)
        return Response(status_code=204)


def _submissions(server: FastAPI, paper: PaperUploads) -> None:  # noqa: C901  # as above
    def seen(one: dict[str, Any]) -> dict[str, Any]:
        shown = copy.deepcopy(one)
        mine = one["created_by"]["id"] == paper.who.id
        open_ = one["state"] in ("checked", "returned")
        shown["actions"] = (["submit"] if open_ and mine else []) + (
            ["withdraw", "reread"] if mine and one["state"] != "published" else []
        )
        if not mine and one["state"] in ("submitted", "approved"):
            shown["actions"] = (
                ["approve", "return"] if one["state"] == "submitted" else ["publish", "return"]
            )
        return shown

    @server.post("/api/v1/layers/{layer}/versions")
    async def begin(layer: str, request: Request) -> Response:
        body = await request.json()
        paper.calls.append(("begin", layer, body))
        if "begin" in paper.refuse:
            return _problem(*paper.refuse["begin"])
        return JSONResponse(seen(paper.only), 202)

    @server.get("/api/v1/submissions")
    async def listed(state: str = "", mine: str = "") -> Response:
        items = [seen(one) for one in paper.kept.values() if not state or one["state"] == state]
        return JSONResponse({"items": items, "next": None})

    @server.get("/api/v1/submissions/{id}")
    async def one(id: str) -> Response:
        if "submission" in paper.refuse:
            return _problem(*paper.refuse["submission"])
        if id not in paper.kept:
            return _problem(404, "没有这份上传单;请从上传单列表打开")
        return JSONResponse(seen(paper.kept[id]))

    @server.patch("/api/v1/submissions/{id}")
    async def change(id: str, request: Request) -> Response:
        body = await request.json()
        kept = paper.kept[id]
        paper.calls.append(("patch", id, body))
        if body["revision"] != kept["revision"]:
            return _problem(409, "这份上传单刚被别人改过;已载入最新内容,请再做一次")
        kept["revision"] += 1
        kept["about"] |= body.get("about", {})
        kept["answers"] |= body.get("answers", {})
        if "answers" in body:
            kept["question"] = None
            if kept["state"] == "asking":
                kept |= {"state": "checked", "state_title": "已检查"}
        _settle(kept)
        return JSONResponse(seen(kept))

    @server.post("/api/v1/submissions/{id}/transitions")
    async def step(id: str, request: Request) -> Response:
        body = await request.json()
        kept = paper.kept[id]
        paper.calls.append(("transition", id, body))
        to = {
            "submit": ("submitted", "待审核"),
            "approve": ("published", "已发布"),
            "return": ("returned", "已退回"),
            "withdraw": ("withdrawn", "已撤销"),
        }[body["action"]]
        if body["action"] == "approve" and body.get("publish_at"):
            to = ("approved", "待发布")
            kept["publish_at"] = body["publish_at"]
        kept["history"].append(
            {
                "at": "2026-11-20T11:00:00+08:00",
                "by": {"id": paper.who.id, "name": paper.who.name},
                "action": body["action"],
                "from": kept["state"],
                "to": to[0],
                "note": body.get("note", ""),
            }
        )
        kept |= {
            "state": to[0],
            "state_title": to[1],
            "version": {"id": "v7", "number": 7, "features": 609},
        }
        if body["action"] == "return":
            kept["review_note"] = body["note"]
        return JSONResponse(seen(kept))

    @server.get("/api/v1/submissions/{id}/{part}")
    async def part(id: str, part: str) -> Response:
        table, shapes = diff()
        rows = [
            {
                "row": 341,
                "values": {
                    "日期": "2026.9.31",
                    "排口名称": "马坝镇 3 号",
                    "排口编码": "GD0440-341",
                    "水质类别": "Ⅲ",
                },
                "reasons": ["“2026.9.31”不存在"],
            }
        ]
        made = {"candidates": candidates(), "preview": preview(), "diff": table, "diff.geojson": shapes,
                "rows": {"columns": ["排口编码", "排口名称", "水质类别", "日期"], "items": rows, "next": None}}  # fmt: skip
        return JSONResponse(made[part]) if part in made else _problem(404, "没有")

    @server.delete("/api/v1/jobs/{id}")
    async def stop(id: str) -> Response:
        for kept in paper.kept.values():
            if kept["job"]:
                kept["job"]["state"] = "cancelled"
        return Response(status_code=204)


def _layers(server: FastAPI) -> None:
    @server.get("/api/v1/layers")
    async def layers() -> Response:
        return JSONResponse(
            {
                "items": [
                    {"id": "water.outfalls", "title": "入河排污口", "topic": "water"},
                    {"id": "water.sections", "title": "水质断面", "topic": "water"},
                    {"id": "grid.events", "title": "网格事件", "topic": "grid"},
                ],
                "next": None,
            }
        )

    @server.get("/api/v1/layers/{layer}/versions")
    async def versions(layer: str) -> Response:
        made = [
            {
                "id": f"v{n}",
                "number": n,
                "state": "published" if n == 6 else "superseded",
                "features": 604,
                "note": f"{n + 3} 月",
                "created_at": f"2026-{n + 3:02}-20T09:00:00+08:00",
            }
            for n in (6, 5)
        ]
        return JSONResponse({"items": made, "next": None})

    @server.post("/api/v1/layers/{layer}/rollback")
    async def rollback(layer: str) -> Response:
        return JSONResponse({"version": "v5"})


if __name__ == "__main__":
    made, paper = uploads_program()
    if "reviewer" in sys.argv:
        paper.who = REVIEWER
        paper.only.update({"state": "submitted", "state_title": "待审核"})
    port = next((int(one) for one in sys.argv[1:] if one.isdigit()), 8601)
    uvicorn.run(made, host="127.0.0.1", port=port, log_level="warning", ws="none")

"""Cases on paper: the API of cases as far as its pages speak to it, with a small desk behind it."""
# ruff: noqa: E501  # the tables read best as tables

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import paper_city
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

HERE = timezone(timedelta(hours=8))
UNITS = (("zjj", "市住管局"), ("swj", "市水务局"), ("sthj", "市生态环境局"), ("jtj", "市交通局"), ("cgj", "市城管局"), ("scjg", "市市场监管局"))  # fmt: skip
CATEGORIES = (("02003", "暴露垃圾", "市容环境", "cgj"), ("01002", "污水井盖异常", "市政公用设施", "zjj"), ("02011", "道路积水", "市容环境", "swj"),
              ("03004", "噪声扰民", "宣传广告", "sthj"), ("05001", "占道经营", "街面秩序", "cgj"), ("02007", "建筑垃圾围挡缺失", "市容环境", "zjj"))  # fmt: skip
PLACES = (
    "风采路 38 号",
    "韶塘路口",
    "马坝镇 转溪路",
    "新华南路公交站",
    "西联镇 车站村",
    "沐溪大道中段",
    "坪石镇 河堤",
)
STAGE = {"上报": "上报", "待核实": "上报", "受理": "上报", "立案": "立案", "协调": "派遣", "派遣": "派遣", "签收": "处置", "处置": "处置",
         "反馈": "核查", "核查": "核查", "结案": "结案", "挂账": "处置", "作废": "结案"}  # fmt: skip
STEPS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "上报": (("受理", ()), ("作废", ("note",)), ("并案", ("into",))), "待核实": (("受理", ()), ("作废", ("note",))), "受理": (("立案", ()), ("作废", ("note",))),
    "立案": (("派遣", ("unit",)), ("协调", ("note",)), ("挂账", ("note",))), "派遣": (("签收", ()), ("退回", ("note",))),
    "签收": (("处置", ()), ("申请延期", ("until", "note")), ("退回", ("note",))), "处置": (("反馈", ("note",)), ("申请延期", ("until", "note"))),
    "反馈": (("核查", ()), ("退回", ("note",))), "核查": (("结案", ()), ("退回", ("note",))), "协调": (("派遣", ("unit",)),), "挂账": (("派遣", ("unit",)),), "结案": (("重开", ("note",)),),
}  # fmt: skip
PIXEL = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def span(minutes: float) -> str:
    whole = abs(int(minutes))
    return f"{whole} 分" if whole < 60 else f"{whole // 60}时{whole % 60:02d}分" if whole < 1440 else f"{whole // 1440}天{whole % 1440 // 60}时"  # fmt: skip


class PaperCases:
    """A desk of cases in memory; `faster` lets somebody else act just before the next step."""

    def __init__(self, many: int = 300) -> None:
        self.dice = random.Random(7)
        self.now = datetime.now(UTC).astimezone(HERE).replace(microsecond=0)
        self.cases: dict[str, dict[str, Any]] = {}
        self.photos: dict[str, bytes] = {}
        self.done: dict[str, Any] = {}
        self.bodies: list[Any] = []
        self.windows: list[tuple[str, float]] = []
        self.faster = ""
        for n in range(many):
            self._seed(n)

    def _seed(self, n: int) -> None:
        code, name, major, lead = CATEGORIES[n % len(CATEGORIES)]
        county, county_name, lon, lat = paper_city.COUNTIES[n % 10]
        state = (["上报", "受理", "立案", "派遣", "签收", "处置", "反馈", "核查"] + ["结案"] * 2 + ["挂账", "协调", "待核实"])[n % 13]  # fmt: skip
        due = self.now + timedelta(minutes=self.dice.randint(-400, 900))
        level = {4: "橙", 31: "红", 57: "橙"}.get(n)
        self.cases[f"c{n}"] = {
            "id": f"c{n}", "number": f"{self.now:%Y-%m%d}-{n:04d}", "category": {"key": f"城市管理/事项/{code}", "name": name, "major": major, "scheme": "城市管理"},
            "state": state, "region": county, "place": f"{county_name} {PLACES[n % len(PLACES)]}", "text": f"{name},约 {n % 7 + 2} 平方米,影响通行",
            "lon": lon + self.dice.uniform(-0.1, 0.1), "lat": lat + self.dice.uniform(-0.08, 0.08), "at": (self.now - timedelta(minutes=37 * n + 3)).isoformat(),
            "source": ("phone", "hotline", "grid-app", "video", "form", "alert")[n % 6], "source_title": ("手机上报", "12345 热线", "网格通", "视频识别", "坐席录入", "监测告警")[n % 6],
            "unit": lead if state not in ("上报", "受理", "立案", "待核实", "协调") else None, "due": due.isoformat(), "version": 3,
            "alert": {"id": f"a{n}", "level": level, "title": "马坝河下游氨氮 2.31 mg/L"} if level else None, "directive": {"id": "d1", "unit_name": "市水务局", "state": "待签收"} if n == 57 else None,
            "drill": n == 8, "photos": 0, "timeline": [{"at": (self.now - timedelta(minutes=37 * n + 3)).isoformat(), "step": "moved", "text": "上报", "actor_name": "网格员 何", "unit_name": county_name, "note": "", "photos": [], "took_text": ""}],
        }  # fmt: skip

    def row(self, case: dict[str, Any]) -> dict[str, Any]:
        closed, paused = case["state"] in ("结案", "作废"), case["state"] in ("挂账", "协调")
        left = (datetime.fromisoformat(case["due"]) - self.now).total_seconds() / 60
        overdue = left < 0 and not closed and not paused
        text = (
            "已结"
            if closed
            else "停钟"
            if paused
            else f"超期 {span(left)}"
            if overdue
            else f"剩 {span(left)}"
        )
        more = {"stage": STAGE[case["state"]], "unit_name": dict(UNITS).get(case["unit"] or "", ""), "due_text": text, "overdue": overdue,
                "clock": "stopped" if closed else "paused" if paused else "running"}  # fmt: skip
        return {name: value for name, value in case.items() if name != "timeline"} | more

    def detail(self, case: dict[str, Any]) -> dict[str, Any]:
        code = case["category"]["key"][-5:]
        lead = next(one[3] for one in CATEGORIES if one[0] == code)
        start = datetime.fromisoformat(case["at"])
        marks = [start, start + timedelta(minutes=25), start + timedelta(minutes=50), self.now]
        allowed = [{"to": to, "label": to, "needs": list(needs), "why": ""} for to, needs in STEPS.get(case["state"], ())]  # fmt: skip
        allowed += [{"to": "结案", "label": "结案", "needs": [], "why": "协办 市水务局 还没有办完"}] if case["state"] in ("处置", "反馈") else []  # fmt: skip
        pause = [{"from": (marks[2] + (self.now - marks[2]) / 3).isoformat(), "to": (marks[2] + (self.now - marks[2]) / 2).isoformat(), "why": "延期已批"}]  # fmt: skip
        clocks = [
            {"stage": name, "started": marks[n].isoformat(), "due": (marks[n] + timedelta(minutes=30 if n < 2 else 90)).isoformat(), "used_text": span((marks[n + 1] - marks[n]).total_seconds() / 60), "limit_text": "30 分" if n < 2 else "4 工作时", "pauses": pause if n == 2 else []}
            for n, name in enumerate(("立案", "派遣", "处置"))
        ]  # fmt: skip
        tasks = [{"unit": case["unit"], "name": dict(UNITS)[case["unit"]], "lead": True, "state": case["state"], "due": case["due"], "due_text": self.row(case)["due_text"]},
                 {"unit": "swj", "name": "市水务局", "lead": False, "state": "处置", "due": case["due"], "due_text": "剩 1时20分"}] if case["unit"] else []  # fmt: skip
        near = [{"id": one["id"], "number": one["number"], "text": one["text"], "distance_m": 42.0, "minutes": 74.0} for one in list(self.cases.values())[:1] if one is not case]  # fmt: skip
        return self.row(case) | {
            "contact": "139****2046", "opens": "面积大于 1 平方米", "closes": "清除并恢复原状", "limit_text": "4 工作时", "limit_verified": False, "tasks": tasks, "timeline": case["timeline"],
            "allowed": allowed, "duplicates": near if case["state"] == "上报" else [], "suggestions": {"unit": lead, "support": [], "why": f"{case['category']['major']}归{dict(UNITS)[lead]},近 90 天 31 件都由它办"}, "clocks": clocks,
        }  # fmt: skip

    def move(self, case: dict[str, Any], to: str, who: str, body: dict[str, Any]) -> None:
        back = {"派遣": "立案", "签收": "派遣", "反馈": "处置", "核查": "处置"}
        case["state"] = back.get(case["state"], "处置") if to == "退回" else case["state"] if to in ("申请延期", "并案") else to  # fmt: skip
        if body.get("unit"):
            case["unit"] = body["unit"]
        case["version"] += 1
        at = datetime.now(UTC).astimezone(HERE).isoformat()
        case["timeline"].append({"at": at, "step": "moved", "text": to, "actor_name": who, "unit_name": "", "note": body.get("note", ""), "photos": [f"/api/v1/case-photos/{one}" for one in body.get("photos", [])], "took_text": "用时 12 分"})  # fmt: skip

    def router(self) -> APIRouter:
        routes = APIRouter()
        _reading(routes, self)
        _writing(routes, self)
        return routes


def _problem(status: int, title: str, detail: str, **more: Any) -> Response:
    return JSONResponse({"type": "tonglan:x", "status": status, "title": title, "detail": detail} | more, status)  # fmt: skip


def _reading(routes: APIRouter, desk: PaperCases) -> None:
    @routes.get("/api/v1/organisations")
    def organisations() -> Any:
        return {"items": [{"id": unit, "name": name, "short_name": name} for unit, name in UNITS], "next": None}  # fmt: skip

    @routes.get("/api/v1/case-categories")
    def categories() -> Any:
        return {"items": [{"key": f"城市管理/事项/{code}", "name": name, "major": major, "scheme": "城市管理", "kind": "事项", "lead": lead, "limit_text": "4 工作时", "opens": "", "closes": "", "verified": False} for code, name, major, lead in CATEGORIES]}  # fmt: skip

    @routes.get("/api/v1/cases")
    def cases(state: str = "", stage: str = "", region: str = "", unit: str = "", overdue: str = "", mine: str = "", q: str = "", open: str = "", limit: int = 50, cursor: str = "", order: str = "due") -> Any:  # fmt: skip
        everything = [desk.row(one) for one in desk.cases.values()]
        rows = [one for one in everything if (not region or one["region"] == region) and (not unit or one["unit"] == unit) and (not q or q in one["text"] + one["place"] + one["number"]) and (not mine or one["unit"] == "cgj")]  # fmt: skip
        counts = {"stage": {}, "state": {}, "overdue": sum(one["overdue"] for one in rows)}
        for one in rows:
            for kind in ("stage", "state"):
                counts[kind][one[kind]] = counts[kind].get(one[kind], 0) + 1
        found = [one for one in rows if (not state or one["state"] == state) and (not stage or one["stage"] == stage) and (not overdue or one["overdue"]) and (not open or one["state"] not in ("结案", "作废"))]  # fmt: skip
        found.sort(key=lambda one: (one["clock"] != "running", one["due"]) if order == "due" else (False, one["number"]))  # fmt: skip
        counts["overdue"] = sum(one["overdue"] for one in found)
        start = int(cursor or 0)
        after = start + limit
        return {"items": found[start:after], "next": str(after) if after < len(found) else None, "total": len(found), "counts": counts}  # fmt: skip

    @routes.get("/api/v1/case-places")
    def places(bbox: str = "", zoom: float = 8) -> Any:
        desk.windows.append((bbox, zoom))
        rows = [desk.row(one) for one in desk.cases.values()]
        return {"points": rows, "cells": [{"lon": 113.9, "lat": 24.3, "count": 48}], "placed": len(rows) + 48, "unplaced": 2, "cut": 0}  # fmt: skip

    @routes.get("/api/v1/cases/{case}")
    def one(case: str) -> Any:
        if case not in desk.cases:
            return _problem(404, "没有这个事件", f"没有编号为 {case} 的事件;可能输错了")
        return desk.detail(desk.cases[case])

    @routes.get("/api/v1/case-photos/{photo}")
    def photo(photo: str) -> Response:
        return Response(desk.photos[photo], media_type="image/jpeg")


def _writing(routes: APIRouter, desk: PaperCases) -> None:
    @routes.post("/api/v1/cases")
    async def report(request: Request) -> Any:
        key, body = request.headers["idempotency-key"], await request.json()
        desk.bodies.append(body)
        if key not in desk.done:
            n = len(desk.cases)
            desk._seed(n)
            made = desk.cases[f"c{n}"]
            made |= {"text": body["text"], "state": "上报", "unit": None, "region": body["region"]}
            near = [{"id": "c1", "text": "污水井盖异常,约 3 平方米", "distance_m": 38.0, "minutes": 95.0}]  # fmt: skip
            desk.done[key] = {"id": made["id"], "number": made["number"], "state": "上报", "duplicates": near}  # fmt: skip
        return desk.done[key]

    @routes.post("/api/v1/cases/{case}/photos")
    async def photograph(case: str, request: Request) -> Any:
        key, body = request.headers["idempotency-key"], await request.body()
        if not body.startswith(b"\xff\xd8"):
            return _problem(415, "不是照片", "只收 JPEG、PNG 照片;请重拍")
        desk.photos[key] = body
        found = desk.cases[case]
        found["version"] += 1  # as the program: a photo is a step of its own
        return {"id": key, "url": f"/api/v1/case-photos/{key}", "version": found["version"]}

    @routes.post("/api/v1/cases/{case}/transitions")
    async def step(case: str, request: Request) -> Any:
        key, body = request.headers["idempotency-key"], await request.json()
        found = desk.cases[case]
        if key in desk.done:
            return desk.detail(found)
        if desk.faster:
            desk.move(found, desk.faster, "王芳", {"unit": "swj"})
            desk.faster = ""
        allowed = [to for to, _ in STEPS.get(found["state"], ())]
        if body.get("version", found["version"]) != found["version"] or body["to"] not in allowed:
            return _problem(409, "现在不能这样办", f"这个事件现在是“{found['state']}”,不能{body['to']}", allowed=allowed)  # fmt: skip
        desk.move(found, body["to"], "李文", body)
        desk.done[key] = True
        return desk.detail(found)

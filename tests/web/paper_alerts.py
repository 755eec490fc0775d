"""The alerts of the paper city (mock 06) and their handling, as the server would answer."""
# ruff: noqa: E501  # the tables read best as tables

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

LEVELS = ("红", "橙", "黄", "蓝")
TITLES = {
    "water": "智慧水务",
    "ecology": "生态环境",
    "market": "市场监管",
    "grid": "网格治理",
    "economy": "经济运行",
}
# id, level, title, county, place, topic, rule, value, limit, unit, minutes ago, state, lon, lat
ROWS = (
    ("a1", "红", "马坝河下游氨氮 2.31 mg/L,劣Ⅴ类", "440205", "曲江区 · 马坝镇", "water", "W-07", "2.31", "2.0", "", 2.24, "未确认", 113.60, 24.69),
    ("a2", "橙", "管网漏损率连续 3 日超 10%", "440204", "浈江区 · 东河片区", "water", "W-11", "10.6", "10", "", 19, "已派单", 113.61, 24.82),
    ("a3", "橙", "乐昌峡水库 1 小时雨量 42 mm", "440281", "乐昌市 · 坪石镇", "water", "W-02", "42", "30", "", 36, "处置中", 113.05, 25.28),
    ("a4", "黄", "电梯超期未检新增 2 台", "440203", "武江区 · 新华街道", "market", "M-04", "7", "0", "台", 54, "已派单", 113.50, 24.86),
    ("a5", "黄", "翁源 PM10 小时值 136 µg/m³", "440229", "翁源县 · 官渡镇", "ecology", "A-03", "136", "120", "", 72, "处置中", 113.86, 24.36),
    ("a6", "蓝", "网格事件超期 23 件(阈值 20)", "440200", "全市 · 4 个县(市、区)", "grid", "G-01", "23", "20", "件", 104, "已确认", None, None),
    ("a7", "蓝", "12345 噪声投诉较均值 +68%", "440204", "浈江区 · 风采街道", "grid", "G-06", "+68", "+50", "%", 129, "已确认", 113.59, 24.80),
    ("a8", "蓝", "始兴县供水余氯采样延迟", "440222", "始兴县 · 太平镇", "water", "W-15", "32", "30", "分", 152, "已暂停", 114.06, 24.95),
    ("b1", "蓝", "十里亭断面溶解氧接近下限", "440204", "浈江区 · 十里亭镇", "water", "W-03", "5.1", "5.0", "", 900, "已解除", 113.62, 24.83),
    ("b2", "黄", "南雄珠玑古巷瞬时客流 1.2 万", "440282", "南雄市 · 珠玑镇", "grid", "T-02", "1.2 万", "1 万", "", 1120, "已解除", 114.31, 25.21),
    ("b3", "橙", "新丰江支流 1 小时涨幅 0.8 m", "440233", "新丰县 · 马头镇", "water", "W-02", "0.8", "0.5", "", 1810, "已解除", 114.20, 24.10),
    ("b4", "蓝", "12345 停水咨询集中", "440281", "乐昌市 · 乐城街道", "grid", "G-06", "41", "30", "", 1520, "已解除", 113.34, 25.13),
    ("b5", "黄", "特种设备超期未检 5 台", "440204", "浈江区 · 新韶镇", "market", "M-04", "5", "0", "台", 2500, "已解除", 113.64, 24.79),
    ("b6", "蓝", "建筑垃圾围挡缺失 9 起", "440203", "武江区 · 西联镇", "grid", "G-09", "9", "5", "", 2810, "已解除", 113.53, 24.77),
)  # fmt: skip
RISING = ("z1", "红", "北江水位超警戒 0.3 m", "440204", "浈江区", "water", "W-01", "53.3", "53.0", "m", 0, "未确认", 113.6, 24.8)  # fmt: skip
SILENT = ("蓝", "站点缺数", "440203", "武江区", "water", "W-20", "—", "", "")
LEGAL = {"id": "l1", "issuer": "韶关市气象台", "signal": "暴雨黄色预警信号", "level": "黄", "kind": "暴雨", "area": ["440281", "440224"],
         "text": "预计未来 6 小时乐昌、仁化局地有强降雨", "reference": "韶气预〔2026〕41 号", "state": "生效"}  # fmt: skip
LABELS = {
    "ack": "确认",
    "dispatch": "派单",
    "pause": "暂停提醒",
    "resume": "恢复提醒",
    "note": "知悉",
    "directive": "督办",
    "assign": "指派",
    "false": "误报",
    "comment": "备注",
}


class PaperAlerts:
    """Alerts that can be handled; `may` is what the viewer is allowed to do, `asked` what was asked."""

    def __init__(self, tell: Callable[[str, Any], None]) -> None:
        self.tell = tell
        self.reset()

    def reset(self) -> None:
        self.start = datetime.now(UTC)
        self.asked: list[tuple[str, Any]] = []
        self.may = {"ack", "dispatch", "pause", "false", "comment"}
        self.refuse: dict[str, tuple[int, str, str]] = {}
        self.rows = [self._row(facts) for facts in ROWS]
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.opens = ""  # the 立案条件 of the category that a case would get
        self.pending: list[dict[str, Any]] = []
        self.before: dict[str, dict[str, Any]] = {}

    def _row(self, facts: tuple[Any, ...]) -> dict[str, Any]:
        id, level, title, region, place, topic, rule, value, limit, unit, ago, state, lon, lat = (
            facts
        )
        at = self.start - timedelta(minutes=ago)
        paused = (self.start + timedelta(minutes=96)).isoformat() if state == "已暂停" else None
        return {
            "id": id, "level": level, "topic": topic, "topic_title": TITLES[topic], "rule": rule, "rule_title": rule, "title": title, "place": place,
            "region": region, "site": None, "lon": lon, "lat": lat,
            "value": {"text": value, "unit": unit, "value": None, "explain": f"{topic}.level|{region}|"}, "limit": {"text": limit},
            "latest": {"text": "2.05", "unit": unit, "value": 2.05, "at": "10:20", "stale": "迟 2 时" if id == "a2" else "", "explain": f"{topic}.level|{region}|"} if state != "已解除" else None,
            "at": at.isoformat(), "elapsed_s": ago * 60 if state != "已解除" else 11040, "elapsed_text": "历时 3时04分", "open": state != "已解除",
            "state": state, "condition": "firing" if state != "已解除" else "resolved", "kind": "监测告警", "drill": False, "flaps": 0, "group": None, "inhibited_by": None,
            "case": {"id": "2026-1126-0042", "state": "派遣"} if state in ("已派单", "处置中") else None, "directive": None, "paused_until": paused,
            "escalates_at": (at + timedelta(minutes=5)).isoformat() if id == "a1" else None, "escalates_to": "带班领导", "acknowledged": None, "false": False,
        }  # fmt: skip

    def find(self, id: str) -> dict[str, Any] | None:
        return next((one for one in self.rows if one["id"] == id), None)

    def many(self, count: int) -> None:
        """As many alerts as a bad minute brings."""
        self.rows += [
            self._row((f"m{n}", *SILENT, 3 + n / 60, "未确认", None, None)) for n in range(count)
        ]

    def crowd(self, count: int) -> None:
        """So many alerts of each level a few hundred metres apart."""
        self.rows = [
            self._row(
                (f"c{level}{n}", level, *SILENT[1:], 3, "未确认", 113.6 + n / 500, 24.8 + at / 500)
            )
            for at, level in enumerate("红橙黄蓝")
            for n in range(count)
        ]

    def raise_red(self) -> dict[str, Any]:
        """A red alert that comes now."""
        self.rows.insert(0, self._row(RISING))
        return self.rows[0]

    def counts(self) -> dict[str, Any]:
        there = [one for one in self.rows if one["open"]]
        return {
            "counts": dict(Counter(one["level"] for one in there)),
            "open": len(there),
            "unacknowledged": sum(one["state"] == "未确认" for one in there),
        }

    def snapshot(self, *changed: dict[str, Any]) -> dict[str, Any]:
        """What the stream's event `alerts` says."""
        return self.counts() | {"changed": list(changed), "drill": None, "wartime": False}

    def legal(self) -> dict[str, Any]:
        """The 法定预警 in force."""
        until = (self.start + timedelta(hours=6)).isoformat()
        return LEGAL | {"valid_from": self.start.isoformat(), "valid_to": until}

    def listed(self, query: Any) -> dict[str, Any]:
        chosen = self.rows
        for name in ("state", "level", "topic", "region"):
            if wanted := query.get(name):
                chosen = [one for one in chosen if one[name] in wanted.split(",")]
        if query.get("open") == "1":
            chosen = [one for one in chosen if one["open"]]
        if query.get("from"):
            chosen = [one for one in chosen if one["at"] >= query["from"].replace("Z", "+00:00")]
        chosen = sorted(
            chosen,
            key=lambda one: (
                not one["open"],
                LEVELS.index(one["level"]) if one["open"] else 0,
                -datetime.fromisoformat(one["at"]).timestamp(),
            ),
        )
        first, limit = int(query.get("cursor") or 0), int(query.get("limit") or 50)
        there = [one for one in self.rows if one["open"]]
        hour = self.start.replace(minute=0, second=0, microsecond=0)
        return self.counts() | {
            "items": chosen[first : first + limit], "next": str(first + limit) if first + limit < len(chosen) else None, "total": len(chosen),
            "counts": {"level": dict(Counter(one["level"] for one in there)), "state": dict(Counter(one["state"] for one in self.rows)),
                       "topic": dict(Counter(one["topic"] for one in there)), "region": dict(Counter(one["region"] for one in there))},
            "legal": [self.legal()],
            "pending": self.pending,
            "now": datetime.now(UTC).isoformat(), "mode": {"wartime": False, "drill": None}, "foot": {"thirty_days": 142, "false_rate": 6.3, "acknowledged_median_s": 108},
            "hours": [{"from": (hour - timedelta(hours=23 - n)).isoformat(), "counts": {"蓝": n % 4, "黄": n % 3, "橙": int(n % 7 == 3), "红": int(n == 23)}} for n in range(24)],
        }  # fmt: skip

    def detail(self, row: dict[str, Any]) -> dict[str, Any]:
        def action(do: str) -> dict[str, Any]:
            allowed = do in self.may and not (do == "ack" and row["state"] != "未确认")
            why = (
                ""
                if allowed
                else "已经确认过"
                if do == "ack" and do in self.may
                else "由值班席位操作,你没有这项权限"
            )
            return {"do": do, "label": LABELS[do], "allowed": allowed, "why": why}

        at = datetime.fromisoformat(row["at"])
        came = [{"at": (at - timedelta(minutes=m)).isoformat(), "text": text, "sub": sub, "level": level, "actor": "system"} for m, text, sub, level in
                ((0, f"触发{row['level']}色告警", f"规则 {row['rule']} 连续 2 次 > {row['limit']['text']}", row["level"]), (2, f"氨氮 {row['value']['text']}(复测 2.28)", "在线监测", None), (242, "升为黄色", "1.62 > 1.5", "黄"), (482, "触发蓝色", "1.08 > 1.0", "蓝"))]  # fmt: skip
        lead = {"unit": "qj-water", "name": "曲江区水务局", "due_text": "2 小时到场"}
        return row | {
            "sentence": "", "effect": "取水口在上游 6.4 km,暂不受影响" if row["id"] == "a1" else "", "series": {"indicator": "water.nh3n", "region": "SGDM07"}, "chart": _chart(), "spark": [],
            "events": self.events.get(row["id"], []) + came, "dispatch": {"category": "城市管理/事项/02003", "region": row["region"], "unit": "qj-water", "text": row["title"], "opens": self.opens},
            "plan": {"id": "p3", "title": "水污染-03", "lead": lead, "support": [{"unit": "eco-qj", "name": "市生态环境局曲江分局"}, {"unit": "mb", "name": "马坝镇"}], "demand": "排查上游 3 个排口;14:00 前复测"} if row["topic"] == "water" else None,
            "actions": [action(do) for do in ("ack", "note", "dispatch", "directive", "pause", *({"assign"} & self.may), "false", "comment")], "members": [],
        }  # fmt: skip

    def act(self, row: dict[str, Any], what: str, body: dict[str, Any]) -> Response:
        if what in self.refuse:
            status, title, text = self.refuse[what]
            return JSONResponse(
                {"type": "tonglan:refused", "title": title, "detail": text, "status": status},
                status,
            )
        if what == "undo":
            row.update(self.before.pop(row["id"], {}))
            self.events.pop(row["id"], None)
        else:
            self.before[row["id"]] = dict(row)
            now = datetime.now(UTC).isoformat()
            change: dict[str, dict[str, Any]] = {
                "ack": {
                    "state": "已确认",
                    "acknowledged": {"by": "值班员甲", "at": now},
                    "escalates_at": None,
                },
                "pause": {"state": "已暂停", "paused_until": body.get("until")},
                "dispatch": {"state": "已派单", "case": {"id": "2026-1126-0100", "state": "派遣"}},
                "false": {"false": True},
            }
            row.update(change.get(what, {}))
            self.events.setdefault(row["id"], []).insert(
                0,
                {
                    "at": now,
                    "text": LABELS.get(what, what),
                    "sub": body.get("reason") or body.get("text") or "",
                    "level": None,
                    "actor": "值班员甲",
                },
            )
        self.tell("alerts", self.snapshot(row))
        if what == "dispatch" and self.opens and not body.get("confirmed"):
            waits = f"立案条件“{self.opens}”还没有确认,事件等在“受理”"
            return JSONResponse(row | {"case": row["case"] | {"state": "受理", "waits": waits}})
        return JSONResponse(row)

    def router(self) -> APIRouter:
        """All routes of the pages."""
        routes = APIRouter()
        self._handled(routes)
        self._drawn(routes)
        return routes

    def _handled(self, routes: APIRouter) -> None:
        @routes.get("/api/v1/alerts")
        def alerts(request: Request) -> Response:
            self.asked.append(("list", dict(request.query_params)))
            if "list" in self.refuse:
                status, title, text = self.refuse["list"]
                return JSONResponse(
                    {"type": "tonglan:refused", "title": title, "detail": text, "status": status},
                    status,
                )
            return JSONResponse(self.listed(request.query_params))

        @routes.post("/api/v1/alerts/acks")
        async def acks(request: Request) -> Response:
            body = await request.json()
            self.asked.append(("acks", body))
            for id in body["ids"]:
                row = self.find(id)
                if row is not None:
                    self.act(row, "ack", {})
            return JSONResponse({"acknowledged": body["ids"], "refused": []})

        @routes.get("/api/v1/alerts/{id}")
        def alert(id: str) -> Response:
            row = self.find(id)
            if row is None:
                return JSONResponse(
                    {
                        "type": "tonglan:unknown",
                        "title": "没有这条告警",
                        "detail": f"没有告警 {id}",
                        "status": 404,
                    },
                    404,
                )
            return JSONResponse(self.detail(row))

        @routes.post("/api/v1/alerts/{id}/{what}")
        async def act(id: str, what: str, request: Request) -> Response:
            body = await request.json()
            self.asked.append((what, body))
            row = self.find(id)
            assert row is not None
            return self.act(row, what, body)

    def _drawn(self, routes: APIRouter) -> None:
        @routes.get("/api/v1/legal-warnings")
        def warnings() -> Response:
            return JSONResponse({"items": [self.legal()], "next": None})

        @routes.get("/api/v1/organisations")
        def organisations() -> Response:
            names = {"sthjj": "市生态环境局", "slj": "市水务局", "qj-water": "曲江区水务局"}
            items = [{"id": key, "name": name, "short_name": name} for key, name in names.items()]
            return JSONResponse({"items": items, "next": None, "total": len(items)})

        @routes.get("/api/v1/directives")
        def directives() -> Response:
            units = [{"id": "qj-water", "name": "曲江区水务局"}]
            return JSONResponse({"items": [], "may_issue": True, "units": units})

        @routes.post("/api/v1/directives")
        async def issue(request: Request) -> Response:
            self.asked.append(("directive", await request.json()))
            return JSONResponse({"id": "d1"})

        @routes.get("/api/v1/alert-places")
        def places() -> Response:
            keys = ("id", "level", "lon", "lat", "title", "region", "state", "kind")
            return JSONResponse(
                {"items": [{key: one[key] for key in keys} for one in self.rows if one["open"]]}
            )

        @routes.get("/api/v1/alert-hours")
        def hours() -> Response:
            hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
            return JSONResponse(
                {
                    "items": [
                        {
                            "at": (hour - timedelta(hours=23 - n)).isoformat(),
                            "counts": {
                                "蓝": n % 5,
                                "黄": n % 3,
                                "橙": int(n % 9 == 5),
                                "红": int(n == 12),
                            },
                        }
                        for n in range(24)
                    ]
                }
            )

        @routes.get("/api/v1/case-funnel")
        def funnel() -> Response:
            return JSONResponse(FUNNEL)


FUNNEL = {
    "stages": [{"stage": stage, "count": count, "median_s": seconds, "median_text": text} for stage, count, seconds, text in
               (("上报", 1284, None, ""), ("立案", 1251, 240, "4 分"), ("派遣", 1207, 660, "11 分"), ("处置", 1062, 7560, "2时06分"), ("核查", 1040, 10800, "3时00分"), ("结案", 1021, 12240, "3时24分"))],
    "overdue": 23, "overdue_rate": 1.8, "returned_rate": 2.4, "satisfaction": 97.8, "period_text": "今日",
}  # fmt: skip


def _chart() -> dict[str, Any]:
    course = [0.8 + 0.02 * (n % 5) + (1.4 / (1 + 2.7 ** -((n - 52) / 4))) for n in range(60)]
    ahead = [course[-1] - 0.04 * n for n in range(24)]

    def figure(ink: str) -> dict[str, Any]:
        return {
            "data": [{"y": course, "x": list(range(60)), "mode": "lines", "line": {"width": 1.6}}, {"y": ahead, "x": list(range(59, 83)), "mode": "lines", "line": {"dash": "dash", "width": 1.4}}],
            "layout": {"margin": {"l": 28, "r": 36, "t": 6, "b": 20}, "font": {"size": 12, "color": ink}, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": False,
                       "xaxis": {"tickvals": [0, 24, 48, 72], "ticktext": ["17日", "18日", "19日", "20日"], "showgrid": False}, "yaxis": {"gridcolor": "rgba(128,128,128,.25)"},
                       "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 2, "y1": 2, "line": {"dash": "dash", "width": 1}}]},
        }  # fmt: skip

    return {"dark": figure("#A9B5C1"), "light": figure("#43515F")}

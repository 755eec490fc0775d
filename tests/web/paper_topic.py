"""The water topic's page on paper, as the server would answer it (mock 03), for the page tests."""
# ruff: noqa: E501  # the tables read best as tables

from __future__ import annotations

import csv
import io
import math
import random
from typing import Any

import paper_city
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

CITY = "440200"
CLASSES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
NAMES = {code: name for code, name, *_ in paper_city.COUNTIES}
# code, name, river, county, lon, lat, target, class, worst item, lamp
SECTIONS = (
    ("SGDM07", "马坝河口", "马坝河", "440205", 113.60, 24.69, "Ⅲ", 6, "氨氮 1.3 倍", "bad"),
    ("SGDM11", "官渡", "滃江", "440229", 113.86, 24.34, "Ⅲ", 4, "总磷 0.1 倍", "warn"),
    ("SGDM05", "孟洲坝", "北江", "440203", 113.56, 24.72, "Ⅲ", 3, "—", "ok"),
    ("SGDM06", "白沙", "北江", "440205", 113.54, 24.50, "Ⅱ", 2, "—", "ok"),
    ("SGDM02", "武江桥", "武江", "440203", 113.55, 24.81, "Ⅱ", 2, "—", "ok"),
    ("SGDM03", "十里亭", "浈江", "440204", 113.62, 24.83, "Ⅱ", 2, "—", "ok"),
    ("SGDM04", "长坝", "浈江", "440204", 113.70, 24.93, "Ⅱ", 2, "—", "ok"),
    ("SGDM08", "古市", "浈江", "440282", 114.28, 25.08, "Ⅲ", 2, "—", "ok"),
    ("SGDM09", "墨江出口", "墨江", "440222", 114.02, 24.92, "Ⅱ", 2, "—", "ok"),
    ("SGDM10", "马头福水", "新丰江", "440233", 114.18, 24.10, "Ⅱ", 2, "—", "ok"),
    ("SGDM01", "乐昌", "武江", "440281", 113.34, 25.13, "Ⅱ", 1, "—", "ok"),
    ("SGDM12", "锦江口", "锦江", "440224", 113.73, 25.03, "Ⅱ", 1, "—", "none"),
)  # fmt: skip
ITEMS = (
    ("氨氮", "nh3n", 2.31, "mg/L", 6, "1.0", "bad"), ("总磷", "tp", 0.24, "mg/L", 4, "0.2", "warn"),
    ("高锰酸盐指数", "codmn", 5.1, "mg/L", 3, "6", "ok"), ("溶解氧", "do", 5.4, "mg/L", 3, "≥5", "ok"),
    ("化学需氧量", "cod", 18, "mg/L", 3, "20", "ok"), ("pH", "ph", 7.2, "", 1, "6–9", "ok"), ("水温", "temp", 19.6, "℃", 0, "—", "none"),
)  # fmt: skip
SHARES = {"440224": 100.0, "440233": 98.9, "440281": 98.2, "440232": 97.5, "440203": 97.1, "440204": 96.4,
          "440222": 96.0, "440282": 95.0, "440229": 83.3, "440205": 81.8}  # fmt: skip


def cell(text: str, explain: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "unit": "", "value": None, "lamp": "ok", "class": None, "status": "ok", "status_text": "",
            "explain": explain, "fresh": "fresh", "note": "", "delta": None, "target": None} | more  # fmt: skip


def graded(number: int) -> dict[str, str] | None:
    return {"label": CLASSES[number - 1], "colour": f"w{number}"} if number else None


def panel(id: str, title: str, kind: str, area: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "title": title, "kind": kind, "area": area, "size": 1, "subtitle": "", "owner": "市生态环境局", "period": "11-20 10:00",
            "freshness": {"state": "fresh", "text": ""}, "note": "", "sentence": "", "state": "ok", "message": "",
            "table": {"columns": [], "rows": []}, "figure": None, "data": {}} | more  # fmt: skip


def page(
    region: str = CITY, tab: str = "quality", site: str = "", item: str = ""
) -> dict[str, Any]:
    """What GET /api/v1/topic-pages/water answers."""
    found = next((one for one in SECTIONS if one[0] == (site or region)), None)
    if found and found[0] == region:
        region = found[3]
    path = [{"code": CITY, "name": "韶关市", "level": "city"}]
    if region != CITY:
        path.append({"code": region, "name": NAMES[region], "level": "county"})
    if found:
        path.append({"code": found[0], "name": found[1], "level": "site"})
    last = path[-2 if found else -1]
    near = [one for one in SECTIONS if region in (CITY, one[3])]
    below = [{"code": one[0], "name": one[1], "level": "site", "kind": "断面"} for one in near]
    if region == CITY:
        below += [
            {"code": code, "name": name, "level": "county", "kind": ""}
            for code, name in NAMES.items()
        ]
    chosen = (
        {
            "code": found[0],
            "name": found[1],
            "kind": "断面",
            "region": found[3],
            "facts": {"river": found[2]},
            "trace": "上游 3 个排污口,下游 6.4 km 取水口",
        }
        if found
        else None
    )
    return {
        "topic": {"id": "water", "title": "智慧水务", "short": "水务", "owner": "swj", "owner_name": "市水务局", "version": "1.0.0", "demo": True},
        "tabs": [{"id": "rain", "title": "水雨情"}, {"id": "quality", "title": "水质断面"}, {"id": "supply", "title": "供排水"}], "tab": tab or "quality",
        "region": last, "path": path, "below": below, "site": chosen, "as_of": None, "now": "2026-11-20T10:24:36+08:00",
        "title": " · ".join(["韶关市", "智慧水务", *([path[-1]["name"]] if len(path) > 1 else [])]),
        "map": _map(region), "panels": _panels(near, found or SECTIONS[0], item) if tab in ("", "quality") else [],
    }  # fmt: skip


def _map(region: str) -> dict[str, Any]:
    marks = [{"site": s[0], "name": s[1], "kind": "断面", "lon": s[4], "lat": s[5], "text": CLASSES[s[7] - 1], "colour": f"w{s[7]}", "shape": "circle",
              "lamp": s[9], "sub": "氨氮 2.31 mg/L · 10:20" if s[9] == "bad" else "", "explain": f"water.section_class|{s[0]}|"} for s in SECTIONS]  # fmt: skip
    by = {
        code: {
            "value": share,
            "text": f"{share:.1f}",
            "colour": f"q{max(1, min(7, round((share - 78) / 3)))}",
        }
        for code, share in SHARES.items()
    }
    return {
        "layers": [{"id": "water.sections", "title": "水质断面", "version": "v1", "geometry": "point", "on": True, "count": 12, "classification": "公开", "style": {}},
                   {"id": "city.rivers", "title": "河流水系", "version": "v1", "geometry": "line", "on": True, "count": 3, "classification": "公开", "style": {}},
                   {"id": "grid.events", "title": "网格事件", "version": "v1", "geometry": "point", "on": False, "count": 318, "classification": "公开", "style": {}},
                   {"id": "ecology.air_stations", "title": "空气监测站", "version": "v1", "geometry": "point", "on": False, "count": 10, "classification": "公开", "style": {}}],
        "areas": {"indicator": "water.section_good", "title": "优良比例", "unit": "%", "period": "10 月", "by": by} if region == CITY else None,
        "marks": marks, "marked": ["water.sections"], "lines": {"layer": "city.rivers", "key": "name", "by": {"北江": {"colour": "w2", "text": "Ⅱ"}, "滃江": {"colour": "w3", "text": "Ⅲ"}}},
        "legend": [{"title": "水质类别", "items": [{"label": name, "colour": f"w{n}"} for n, name in enumerate(CLASSES, 1)]}],
        "date": "数据日期 2026-11-20 10:00", "note": "示例数据·未送审",
    }  # fmt: skip


def _panels(near: list[Any], site: Any, item: str) -> list[dict[str, Any]]:
    dice = random.Random(5)
    counts = {n: [s[0] for s in near if s[7] == n] for n in range(1, 7)}
    good = sum(s[7] <= 3 for s in near)
    rows = [{"code": s[0], "name": s[1], "kind": "断面", "lon": s[4], "lat": s[5], "lamp": s[9], "spark": [s[7] / 6 + dice.uniform(-0.1, 0.1) for _ in range(24)],
             "cells": {"river": s[2], "county": NAMES[s[3]], "target": s[6], "class": cell(CLASSES[s[7] - 1], f"water.section_class|{s[0]}|", **{"class": graded(s[7]), "lamp": s[9]}), "worst": s[8]}} for s in near]  # fmt: skip
    columns = [{"key": "river", "title": "河流", "unit": ""}, {"key": "county", "title": "县区", "unit": ""}, {"key": "target", "title": "目标", "unit": ""},
               {"key": "class", "title": "现状", "unit": ""}, {"key": "worst", "title": "主要超标", "unit": ""}]  # fmt: skip
    named = [
        {"key": "name", "title": "断面", "unit": "", "align": "left"},
        *({**one, "align": "left"} for one in columns),
    ]
    charted = next((one for one in ITEMS if f"water.{one[1]}" == item), ITEMS[0])
    values = [{"name": n, "cell": cell(f"{v:g}", f"water.{short}|{site[0]}|", unit=u, value=v, lamp=lamp), "class": graded(c), "limit": limit} for n, short, v, u, c, limit, lamp in ITEMS]  # fmt: skip
    ranked = [{"code": code, "name": NAMES[code], "share": share / 100, "place": n, "cell": cell(f"{share:.1f}", f"water.section_good|{code}|", value=share, lamp="bad" if share < 90 else "ok")}
              for n, (code, share) in enumerate(SHARES.items(), 1)]  # fmt: skip
    return [
        panel("p1", "类别构成", "classes", "left", sentence=f"{len(near)} 个断面中优良 {good} 个。", subtitle=f"{len(near)} 个 · GB 3838 单因子评价",
              table={"columns": [{"key": "c", "title": "类别", "unit": "", "align": "left"}, {"key": "n", "title": "个数", "unit": "个", "align": "right"}], "rows": [{"c": CLASSES[n - 1], "n": str(len(codes))} for n, codes in counts.items()]},
              data={"total": len(near), "missing": 1, "line": f"优良(Ⅰ–Ⅲ) {good} / {len(near)} = {100 * good / max(len(near), 1):.1f}%", "segments": [{**(graded(n) or {}), "count": len(codes), "codes": codes} for n, codes in counts.items()]}),
        panel("p2", "断面", "table", "left", size=4, subtitle="按超标倍数 ▼", note="颜色依环办〔2011〕22 号;格内同时标注类别。", data={"columns": columns, "rows": rows, "selectable": True},
              table={"columns": named, "rows": [{"name": row["name"], **row["cells"]} for row in rows]}),
        panel("p3", "浓度", "trend", "under", sentence=f"{site[1]}{charted[0]}现在 {charted[2]} {charted[3]}。", subtitle="mg/L · 每 4 小时 · 80% / 95% 预测区间", figure={theme: _figure() for theme in ("dark", "light")},
              data={"title": f"{site[1]} · {charted[0]}", "indicator": f"water.{charted[1]}", "region": site[0]}, table={"columns": [{"key": "t", "title": "时间", "unit": "", "align": "left"}, {"key": "v", "title": charted[0], "unit": "mg/L", "align": "right"}], "rows": [{"t": f"{n} 时", "v": f"{v:.2f}"} for n, v in enumerate(_course())]}),
        panel("p4", "县区优良率", "ranking", "right", size=2, subtitle="% · 1–10 月 · 竖线目标 90", data={"indicator": "water.section_good", "unit": "%", "target": 90, "max": 100, "ordered": "best", "rows": ranked},
              table={"columns": [{"key": "name", "title": "县(市、区)", "unit": "", "align": "left"}, {"key": "v", "title": "优良率", "unit": "%", "align": "right"}], "rows": [{"name": row["name"], "v": row["cell"]} for row in ranked]}),
        panel("p5", "现值", "current", "right", size=2, subtitle=site[1], data={"site": site[0], "rows": values, "limit_title": "Ⅲ类限值"},
              table={"columns": [{"key": "name", "title": "项目", "unit": "", "align": "left"}, {"key": "v", "title": "现值", "unit": "", "align": "right"}], "rows": [{"name": row["name"], "v": row["cell"]} for row in values]}),
        panel("p6", "水情", "kpi", "right", owner="市水务局", data={"rows": [
            {"name": "北江韶关站水位", "cell": cell("52.31", "water.level_shaoguan|440200|", unit="m", delta={"text": "▲ 0.04", "label": "较昨日"}, target={"text": "53.00", "label": "警戒"}), "spark": [52.1, 52.2, 52.2, 52.3, 52.31], "period": "10:20", "owner": "市水文分局", "href": ""},
            {"name": "供水管网漏损率", "cell": cell("—", "", status="missing", status_text="缺测", lamp="none", fresh="late", note="迟 2 时"), "spark": [], "period": "10 月", "owner": "市水务局", "href": ""}]}),
        panel("p7", "入河排污口", "records", "right", state="forbidden", message="需市生态环境局授权", data={"layer": "", "columns": [], "rows": [], "total": 0, "next": None}),
    ]  # fmt: skip


def _course() -> list[float]:
    return [0.8 + 0.1 * math.sin(n / 3) + (1.5 / (1 + math.exp(-(n - 48) / 5))) for n in range(60)]


def _figure() -> dict[str, Any]:
    course = _course()
    ahead = list(range(59, 80))
    middle = [course[-1] - 0.04 * (n - 59) for n in ahead]
    lines = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": y,
            "y1": y,
            "line": {"dash": "dash", "width": 1.2, "color": "#EE8F32"},
        }
        for y in (1.0, 1.5, 2.0)
    ]
    words = [
        {
            "xref": "paper",
            "x": 1,
            "xanchor": "left",
            "y": y,
            "text": f"{name} {y}",
            "showarrow": False,
        }
        for name, y in (("Ⅲ", 1.0), ("Ⅳ", 1.5), ("Ⅴ", 2.0))
    ]
    return {
        "data": [{"x": ahead, "y": middle, "mode": "lines", "line": {"dash": "dot", "color": "#6CC5D9"}}, {"x": list(range(60)), "y": course, "mode": "lines", "line": {"color": "#6CC5D9", "width": 1.9}}],
        "layout": {"margin": {"l": 40, "r": 60, "t": 10, "b": 30}, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "font": {"size": 12, "color": "#8492A0"},
                   "showlegend": False, "shapes": lines, "annotations": words, "xaxis": {"tickvals": [0, 24, 48, 72], "ticktext": ["18日", "19日", "20日", "21日"], "showgrid": False}, "yaxis": {"gridcolor": "#222D39"}},
    }  # fmt: skip


class PaperTopic:
    """The page's route; `edit` lets a test change an answer, `asked` tells how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.edit: Any = lambda answer: answer

    def router(self) -> APIRouter:
        routes = APIRouter()

        @routes.get("/api/v1/topic-pages/{topic}")
        def show(
            request: Request,
            topic: str,
            region: str = CITY,
            tab: str = "quality",
            site: str = "",
            item: str = "",
            panel: str = "",
        ) -> Response:
            self.asked.append(str(request.url.query))
            if topic != "water":
                return JSONResponse(
                    {
                        "type": "tonglan:unknown",
                        "title": "没有这个专题",
                        "detail": f"没有专题 {topic}",
                        "status": 404,
                    },
                    404,
                )
            answer = self.edit(page(region, tab, site, item))
            if panel:
                answer["panels"] = [one for one in answer["panels"] if one["id"] == panel]
            return JSONResponse(answer)

        @routes.get("/api/v1/topic-pages/{topic}/export")
        def export(topic: str, panel: str, format: str) -> Response:
            text = io.StringIO()
            csv.writer(text).writerow([topic, panel, format])
            return Response(
                text.getvalue(),
                media_type="text/csv",
                headers={"Content-Disposition": "attachment; filename=a.csv"},
            )

        return routes

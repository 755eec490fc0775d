"""A city on paper for the page tests: overview models and map layers, deterministic."""
# ruff: noqa: E501  # the tables read best as tables

from __future__ import annotations

import json
import math
import random
from typing import Any

from shapely import MultiPoint, Point, Polygon, voronoi_polygons

COUNTIES = (
    ("440203", "武江区", 113.45, 24.78), ("440204", "浈江区", 113.62, 24.88), ("440205", "曲江区", 113.62, 24.62),
    ("440222", "始兴县", 114.05, 24.85), ("440224", "仁化县", 113.76, 25.15), ("440229", "翁源县", 114.02, 24.42),
    ("440232", "乳源瑶族自治县", 113.18, 24.85), ("440233", "新丰县", 114.10, 24.06), ("440281", "乐昌市", 113.20, 25.22),
    ("440282", "南雄市", 114.40, 25.15),
)  # fmt: skip
INDEX = dict(
    zip(
        (c[0] for c in COUNTIES),
        (87.9, 88.4, 85.6, 81.7, 83.1, 80.3, 78.8, 79.6, 83.8, 84.2),
        strict=True,
    )
)
WEST, SOUTH, EAST, NORTH = 112.85, 23.88, 114.75, 25.50
TOPICS = (("economy", "经济运行", "经济"), ("ecology", "生态环境", "生态"), ("water", "智慧水务", "水务"),
          ("market", "市场监管", "市监"), ("grid", "网格治理", "网格"))  # fmt: skip
# id, name, value, unit, label, arrow, delta, target, lamp, kind
ROWS: dict[str, list[tuple[str, ...]]] = {
    "economy": [("gdp", "地区生产总值", "1,268.4", "亿元", "同比", "▲", "4.6%", "目标 5.0%", "warn"),
                ("industry", "规上工业增加值", "386.2", "亿元", "同比", "▲", "5.8%", "目标 5.5%", "ok"),
                ("investment", "固定资产投资", "412.7", "亿元", "同比", "▲", "3.1%", "目标 3.0%", "ok"),
                ("retail", "社会消费品零售", "486.2", "亿元", "同比", "▲", "2.9%", "目标 4.5%", "warn")],
    "ecology": [("aqi", "空气质量 AQI 实时", "42", "优", "环比", "▼", "6", "首要 —", "ok"),
                ("pm25", "PM2.5 小时值", "21", "µg/m³", "环比", "▼", "2.0", "", "ok"),
                ("days", "优良天数比例", "96.8", "%", "同比", "▲", "0.6 点", "目标 95.8", "ok"),
                ("online", "污染源在线达标", "97.1", "%", "同比", "▼", "1.2 点", "目标 98.0", "warn")],
    "water": [("level", "北江韶关站水位", "52.31", "m", "1h", "▲", "0.04", "警戒 53.00", "ok"),
              ("sections", "国考断面优良率", "100", "%", "同比", "", "持平", "10/10 个", "ok"),
              ("leak", "供水管网漏损率", "10.6", "%", "同比", "▲", "1.1 点", "目标 ≤9.0", "bad"),
              ("sewage", "污水集中处理率", "97.4", "%", "同比", "▲", "0.8 点", "目标 97.0", "ok")],
    "market": [("new", "新登记经营主体", "126", "户", "同比", "▲", "8.6%", "本年 2.94 万", "ok"),
               ("complaints", "投诉按时办结率", "98.6", "%", "同比", "▲", "0.9 点", "目标 98.0", "ok"),
               ("food", "食品抽检合格率", "97.9", "%", "同比", "▼", "0.3 点", "目标 98.5", "warn"),
               ("lifts", "特种设备超期未检", "7", "台", "较昨日", "▲", "2", "目标 0", "bad"),
               ("kitchens", "明厨亮灶接入", "1,204", "家", "同比", "▲", "3.1%", "", "ok")],
    "grid": [("reported", "网格上报事件", "1,284", "件", "同比", "▼", "3.2%", "近30日均 1,310", "ok"),
             ("closed", "按期办结率", "96.2", "%", "同比", "▲", "1.4 点", "目标 95.0", "ok"),
             ("hours", "平均处置时长", "3.4", "小时", "同比", "▼", "0.6", "目标 ≤4.0", "ok"),
             ("overdue", "超期未结", "23", "件", "较昨日", "▼", "5", "阈值 20", "warn"),
             ("satisfaction", "12345 满意率", "97.8", "%", "环比", "▲", "0.2 点", "目标 97.0", "ok")],
}  # fmt: skip
OWNER = {
    "economy": "市统计局",
    "ecology": "市生态环境局",
    "water": "市水务局",
    "market": "市市场监管局",
    "grid": "市委政法委",
}
BARS = {"market.new", "grid.reported"}


def spark(indicator: str, seed: str) -> dict[str, Any]:
    dice = random.Random(indicator + seed)
    level, points = 0.5, []
    for n in range(24):
        level = min(1.0, max(0.0, level + dice.uniform(-0.16, 0.17)))
        points.append((round(2 + n * 88 / 23, 1), round(30 - 26 * level, 1)))
    if indicator in BARS:
        return {"kind": "bar", "path": "".join(f"M{x} 30V{y}" for x, y in points), "target_y": None,
                "end": list(points[-1]), "aria": "近 24 期"}  # fmt: skip
    path = "".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(points))
    return {
        "kind": "line",
        "path": path,
        "target_y": 11.9,
        "end": list(points[-1]),
        "aria": "近 24 期",
    }


def row(topic: str, region: str, facts: tuple[str, ...]) -> dict[str, Any]:
    short, name, value, unit, label, arrow, delta, target, lamp = facts
    indicator = f"{topic}.{short}"
    if region != "440200" and value.replace(",", "").replace(".", "").isdigit():
        part = random.Random(region + indicator).uniform(0.92, 1.04) * (
            0.11 if unit in ("亿元", "件", "户", "家") else 1
        )
        number = float(value.replace(",", "")) * part
        value = f"{number:,.{len(value.split('.')[1]) if '.' in value else 0}f}"
    edge = lamp if lamp in ("warn", "bad") else ""
    return {
        "indicator": indicator, "region": region, "name": name, "period": "前三季度" if topic == "economy" else "今日",
        "owner": OWNER[topic], "value": value, "unit": unit, "raw": None, "lamp": lamp, "edge": edge,
        "fresh": {"state": "late", "text": "9 月数"} if short == "retail" else {"state": "fresh", "text": ""},
        "stale": short == "retail",
        "delta": {"label": label, "arrow": arrow, "text": delta, "tone": edge if short in ("online", "leak", "food", "lifts") else ""},
        "target": target, "spark": spark(indicator, region), "state": "ok", "message": "",
        "recorded_at": "2026-11-20T10:20:00+08:00", "period_start": "2026-01-01T00:00:00+08:00",
        "source": f"{OWNER[topic]}业务平台", "definition": "按国家统计口径,本期累计",
    }  # fmt: skip


def model(region: str) -> dict[str, Any]:
    names = {code: name for code, name, *_ in COUNTIES} | {"440200": "韶关市"}
    path = [{"code": "440200", "name": "韶关市"}] + (
        [{"code": region, "name": names[region]}] if region != "440200" else []
    )
    place = f"{names[region]} · " if region != "440200" else ""
    cards = [{"topic": topic, "title": title, "subtitle": f"{place}{OWNER[topic]}", "counts": {},
              "rows": [row(topic, region, facts) for facts in ROWS[topic]]} for topic, title, _ in TOPICS]  # fmt: skip
    lamp = random.Random(7)
    items = [{"indicator": one["indicator"], "title": one["name"], "owner": one["owner"], "state": one["fresh"]["state"],
              "text": one["fresh"]["text"]} for card in cards for one in card["rows"]]  # fmt: skip
    return {
        "region": {"code": region, "name": names[region], "path": path},
        "cards": cards,
        "matrix": {
            "indicator": {"id": "economy.index", "title": "按期办结率", "period": "10 月", "unit": "%"},
            "topics": [{"id": topic, "title": title} for topic, title, _ in TOPICS],
            "rows": [{"region": code, "name": name, "value": f"{INDEX[code]:.1f}", "bar": (INDEX[code] - 60) / 31,
                      "lamps": {topic: lamp.choices(("ok", "warn", "bad", "none"), (30, 6, 1, 1))[0] for topic, *_ in TOPICS}}
                     for code, name, *_ in COUNTIES],
        },
        "map": {"indicator": "economy.index", "title": "按期办结率", "period": "10 月", "unit": "%", "precision": 1,
                "breaks": [79, 80, 82, 83.5, 85, 88], "values": {c: v for c, v in INDEX.items() if c != "440233"},
                "text": {c: f"{v:.1f}" for c, v in INDEX.items() if c != "440233"},
                "choices": [{"id": "economy.index", "title": "按期办结率"}, {"id": "ecology.pm25", "title": "PM2.5 小时值"}]},
        "freshness": {"fresh": len(items) - 1, "total": len(items), "items": items},
        "header": {"aqi": {"indicator": "ecology.aqi", "value": "42", "level": "优", "kind": "实时"}, "demo": True},
        "generated_at": "2026-11-20T10:24:36+08:00",
    }  # fmt: skip


def cells() -> dict[str, Any]:
    """Counties as nearest-seat cells of a wavy city: neighbours share their borders exactly."""

    def edge(angle: float) -> tuple[float, float]:
        wave = 0.86 + 0.07 * math.sin(5 * angle + 0.6) + 0.04 * math.sin(11 * angle)
        return 113.75 + 0.98 * wave * math.cos(angle), 24.70 + 0.84 * wave * math.sin(angle)

    city = Polygon([edge(2 * math.pi * n / 360) for n in range(360)])
    seats = [Point(lon, lat) for *_, lon, lat in COUNTIES]
    parts = list(voronoi_polygons(MultiPoint(seats), extend_to=city).geoms)
    features = []
    for number, ((code, name, *_), seat) in enumerate(zip(COUNTIES, seats, strict=True), start=1):
        shape = next(part for part in parts if part.contains(seat)).intersection(city)
        features.append({"type": "Feature", "id": number, "properties": {"code": code, "name": name},
                         "geometry": json.loads(json.dumps(shape.__geo_interface__))})  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "id": n, **f} for n, f in enumerate(features, 1)],
    }


def point(lon: float, lat: float, **properties: Any) -> dict[str, Any]:
    return {
        "geometry": {"type": "Point", "coordinates": [round(lon, 4), round(lat, 4)]},
        "properties": properties,
    }


def line(coordinates: list[list[float]], **properties: Any) -> dict[str, Any]:
    return {
        "geometry": {"type": "LineString", "coordinates": coordinates},
        "properties": properties,
    }


def layers() -> dict[str, dict[str, Any]]:
    dice = random.Random(1)
    return {
        "city.counties": cells(),
        "city.rivers": collection([
            line([[113.15, 25.35], [113.35, 25.10], [113.55, 24.85], [113.60, 24.60], [113.50, 24.20], [113.45, 24.05]], name="北江", grade=1),
            line([[114.45, 25.25], [114.20, 25.02], [113.95, 24.95], [113.60, 24.80]], name="浈江", grade=2),
            line([[114.35, 24.35], [114.00, 24.45], [113.70, 24.35], [113.50, 24.22]], name="滃江", grade=2)]),
        "grid.events": collection([point(lon + dice.gauss(0, 0.06), lat + dice.gauss(0, 0.05), kind="市容", state="处置", region=code)
                                   for code, _, lon, lat in COUNTIES for _ in range(dice.randint(8, 60))]),
        "water.sections": collection([point(113.5, 24.9, code="S1", name="武江桥", river="武江", target_class="Ⅱ"),
                                      point(113.6, 24.6, code="S2", name="孟洲坝", river="北江", target_class="Ⅲ")]),
        "ecology.air_stations": collection([point(lon, lat + 0.05, code=code, name=name) for code, name, lon, lat in COUNTIES]),
    }  # fmt: skip

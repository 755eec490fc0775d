"""What the paper city's topics give the largest screens: courses with forecasts, county bars."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import paper_city


def _course(topic: str, number: int) -> dict[str, Any]:
    points = [
        [round(n / 80, 4), round(0.3 + 0.25 * ((n * 7 + number) % 9) / 9, 4)] for n in range(61)
    ]
    end = points[-1][1]
    ahead = [
        [round(n / 80, 4), end, end - 0.05, end + 0.05, end - 0.1, end + 0.1] for n in range(61, 81)
    ]
    return {
        "indicator": f"{topic}.course", "region": "440200", "title": "示例走势", "unit": "件",
        "subtitle": "近 72 小时与预测", "late": "", "live": number < 2, "points": points,
        "ahead": ahead if number != 2 else [], "now": 0.75 if number != 2 else None,
        "last": "1,284", "levels": [{"y": 0.8, "text": "关注 1,500", "kind": "warn"},
                                    {"y": 0.84, "text": "超限 1,560", "kind": "bad"}],
        "across": [{"y": n / 4, "text": f"{1000 + n * 250:,}"} for n in range(5)],
        "below": [{"x": n / 4, "text": f"{20 + n}日"} for n in range(4)],
    }  # fmt: skip


def panels(region: str) -> list[dict[str, Any]]:
    """One entry a topic; the last topic gives a course only."""
    topics = [topic for topic, _, _ in paper_city.TOPICS]
    rows = [
        {"region": code, "name": name, "text": f"{9.9 - n / 2:.1f}", "share": 1 - n / 12,
         "lamp": "bad" if n > 7 else "ok", "chosen": code == region}
        for n, (code, name) in enumerate(_counties())
    ]  # fmt: skip
    bars = {"indicator": "x.bars", "title": "示例比例", "unit": "%", "period": "10 月",
            "target": {"share": 0.7, "text": "8.0"}, "ordered": "best", "rows": rows}  # fmt: skip
    return [
        {"topic": topic, "trend": _course(topic, n), "bars": bars if topic != topics[-1] else None}
        for n, topic in enumerate(topics)
    ]


def _counties() -> list[tuple[str, str]]:
    rows = paper_city.model("440200")["matrix"]["rows"]
    return [(one["region"], one["name"]) for one in rows]


def ahead(now: datetime) -> dict[str, Any]:
    """The coming hours: three cases fall due, a shift begins, one thing is foreseen."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    later = hour + timedelta(hours=2)
    points = [
        {"at": (hour + timedelta(hours=n)).isoformat(), "label": "", "text": str(20 + n),
         "range": "18–29"}
        for n in range(6)
    ]  # fmt: skip
    shift = {
        "at": later.isoformat(), "when": f"{later:%H:%M}", "kind": "交接班", "text": "",
        "link": "/duty",
    }  # fmt: skip
    return {
        "from": now.isoformat(),
        "until": (now + timedelta(hours=16)).isoformat(),
        "due": [{"at": later.isoformat(), "count": 3}],
        "events": [shift],
        "forecasts": [
            {"indicator": "ecology.pm25", "title": "PM2.5", "unit": "µg/m³",
             "made_text": "10:00", "points": points}
        ],
    }  # fmt: skip

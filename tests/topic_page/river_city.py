"""A whole program over a topic of its own: sections with classes, rates, and things held back."""

from __future__ import annotations

import json
import math
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
from shapely.geometry import Point

from app.api import topic_pages
from app.config import Config, TopicsConfig
from app.engines.contracts import EngineUrls
from app.main import compose
from app.security.contracts import Grant, Role, Subject
from app.services import Services
from layers.contracts import Classification, ImportRequest
from tests.api import layer_server
from tests.api.layer_server import Routes, serve, who
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.periods import ZONE, period_at

FOLDER = Path(__file__).parent / "river"
CITY, QUJIANG, WENGYUAN = "440200", "440205", "440229"
SECRET, HELD = 987654.321, 4321.98
PEOPLE = {
    "leader": Subject("p1", "领导", frozenset({Grant(Role.LEADER)})),
    "bureau": Subject("p2", "数据专员", frozenset({Grant(Role.CLERK, "river")})),
    "other": Subject("p3", "外单位", frozenset({Grant(Role.CLERK, "economy")})),
}


class RiverCity:
    """The server and its stores."""

    def __init__(self, services: Services) -> None:
        """Serve the topic pages of `services`."""
        self.services = services
        layer_server.PEOPLE.update(PEOPLE)
        self.routes: Routes = serve(topic_pages.router(services))

    def ask(self, name: str = "viewer", tail: str = "", topic: str = "river", **asked: str) -> Any:
        """The answer, whatever it is."""
        if "next_" in asked:
            asked["next"] = asked.pop("next_")
        path = f"/api/v1/topic-pages/{topic}{tail}"
        # Playwright's own loop runs in this thread when browser tests came before.
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(self.routes.get, path, params=asked, headers=who(name)).result()

    def page(self, name: str = "viewer", **asked: str) -> Any:
        """The page's data; the answer must be 200 and hold no number JSON does not know."""
        answer = self.ask(name, **asked)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text, parse_constant=_refuse)

    def panel(self, kind: str, name: str = "viewer", title: str = "", **asked: str) -> Any:
        """The first panel of that kind on the page."""
        found = [
            one
            for one in self.page(name, **asked)["panels"]
            if one["kind"] == kind and title in ("", one["name"])
        ]
        return found[0]


def river_city(home: Path, database: str, valkey: str, now: datetime) -> RiverCity:
    """The program with the topic installed and its values stored."""
    shutil.copytree(FOLDER, home / "topics" / "river", ignore=shutil.ignore_patterns("__pycache__"))
    config = replace(Config(), home_path=home, topics=TopicsConfig(["river"]))
    services = compose(config, EngineUrls(valkey=valkey, postgres=database))
    services.observations.append(stock(now), live=False)
    services.definitions.sync()
    _points(services)
    return RiverCity(services)


def month_back(now: datetime, back: int, kind: PeriodKind = PeriodKind.MONTH) -> Period:
    """The month that ended `back` + 1 months ago."""
    here = now.astimezone(ZONE)
    number = here.year * 12 + here.month - 2 - back
    start = datetime(number // 12, number % 12 + 1, 1, tzinfo=ZONE)
    return Period(start.astimezone(UTC), kind)


def hour_back(now: datetime, back: int) -> Period:
    """The hour that ended `back` hours before the last full one."""
    return period_at(now - timedelta(hours=back + 1), PeriodKind.HOUR)


def stock(now: datetime) -> list[Observation]:
    """Everything the tests look at."""
    return [*_sections(now), *_months(now), *_days(now), *_years(now)]


def _sections(now: datetime) -> list[Observation]:
    rows = []
    levels = {"T01": 2.31, "T02": 0.3, "T03": 0.8}
    classes = {"T01": 6.0, "T02": 2.0, "T03": 3.0}
    for site, level in levels.items():
        for back in range(80):
            if site == "T03" and back in (5, 6):
                continue  # two hours that never came
            value = level if back == 0 else round(level * (0.6 + 0.3 * math.cos(back)), 3)
            period = hour_back(now, back)
            rows.append(Observation("river.nh3n", site, period, value, unit="mg/L"))
            rows.append(Observation("river.class", site, period, classes[site]))
            rows.append(Observation("river.ph", site, period, 7.2))
    rows.append(Observation("river.class", "T04", hour_back(now, 0), None, ValueStatus.MISSING))
    return rows


def _months(now: datetime) -> list[Observation]:
    rows = []
    for back in range(15):
        period = month_back(now, back)
        for region, value in ((CITY, 90.9), (QUJIANG, 81.8), (WENGYUAN, 95.0)):
            rows.append(Observation("river.good", region, period, value - back * 0.1, unit="%"))
            rows.append(Observation("river.secret", region, period, SECRET, unit="吨"))
        share = {CITY: 100.0, QUJIANG: 60.0, WENGYUAN: 40.0}
        for region, value in share.items():
            rows.append(Observation("river.total", region, period, value - back * value / 50))
        rows.append(Observation("river.part_a", CITY, period, 70.0))
        rows.append(Observation("river.part_b", CITY, period, 30.0))
        done = Period(period.start, PeriodKind.CUMULATIVE)
        rows.append(Observation("river.invest", CITY, done, 99.0 - back, unit="亿元"))
        rows.append(Observation("river.held", CITY, period, HELD if back == 0 else 100.0 + back))
    return rows


def _days(now: datetime) -> list[Observation]:
    rows = []
    for back in range(40):
        period = period_at(now - timedelta(days=back + 1), PeriodKind.DAY)
        value = (35.0, 80.0, 130.0)[back % 3]
        rows.append(Observation("river.aqi_day", CITY, period, value))
    for back in range(24 * 14):
        period = hour_back(now, back)
        hour = period.start.astimezone(ZONE).hour
        rows.append(Observation("river.wind_dir", CITY, period, (back * 45.0) % 360, unit="度"))
        rows.append(Observation("river.wind_speed", CITY, period, 1.0 + hour / 10, unit="m/s"))
    return rows


def _years(now: datetime) -> list[Observation]:
    start = datetime(now.astimezone(ZONE).year - 1, 1, 1, tzinfo=ZONE).astimezone(UTC)
    period = Period(start, PeriodKind.YEAR)
    values = {"m0": 25.0, "m1": 90.0, "m2": 28.0, "f0": 22.0, "f1": 88.0, "f2": 30.0}
    return [Observation(f"river.{name}", CITY, period, value) for name, value in values.items()]


def _points(services: Services) -> None:
    frame = gpd.GeoDataFrame(
        {
            "name": [f"排口{n}" for n in range(1, 61)],
            "grade": [n % 3 + 1 for n in range(60)],
            "phone": ["13812345678"] * 60,
            "region": [QUJIANG] * 40 + [WENGYUAN] * 20,
        },
        geometry=[Point(113.5 + n / 200, 24.6) for n in range(60)],
        crs="EPSG:4326",
    )
    asked = ImportRequest(
        "river.points",
        title="排口",
        topic="river",
        publish=True,
        classification=Classification.PUBLIC,
        demo=True,
    )
    services.layers.import_frame(frame, asked)


def _refuse(text: str) -> float:
    raise AssertionError(f"{text} is no JSON number")

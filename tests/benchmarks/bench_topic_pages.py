"""How long the answer behind a topic's page takes, beside the same values read series by series.

Run: TONGLAN_BENCH_POSTGRES=postgresql://… python -m tests.benchmarks.bench_topic_pages
The database must be migrated; 12 sections × 7 items hourly over 30 days are added to it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from app.config import Config, TopicsConfig
from app.engines.contracts import EngineUrls
from app.main import compose
from app.security.contracts import Grant, Role, Subject
from app.services import Services
from app.topic.page import TopicPages
from app.topic.question import read_asked
from topics.kit.contracts import Observation, PeriodKind
from topics.kit.periods import period_at

ITEMS, SECTIONS, HOURS, ROUNDS = 7, 12, 24 * 30, 40
COUNTIES = ("440203", "440204", "440205", "440222", "440224", "440229")
WHO = Subject("u1", "甲", frozenset({Grant(Role.VIEWER)}))
_INDICATOR = """
[[indicators]]
id = "river.i{n}"
title = "项目{n}"
definition = "口径"
unit = "mg/L"
precision = 2
frequency = "1h"
period_kind = "小时"
levels = ["site"]
sites = "测点"
direction = "lower"
owner = "sthjj"
source = "测试"
freshness = "3h"
classification = "公开"
colours = "water"
thresholds = {{ warn = 3, bad = 4 }}
classes = [{{label="Ⅰ",upto=1}},{{label="Ⅱ",upto=2}},{{label="Ⅲ",upto=3}},{{label="劣Ⅴ"}}]
"""


def manifest() -> str:
    """A topic with a page like that of the sections: bar, table, map, course, present values."""
    names = ", ".join(f'"river.i{n}"' for n in range(ITEMS))
    listed = 'level = "site"\nsites = "测点"\n'
    panels = (
        ("classes", '"river.i0"', listed),
        ("table", '"river.i0", "river.i1"', f'{listed}columns = ["river"]\norder = "worst"\n'),
        ("map", '"river.i0", "river.i1"', ""),
        ("trend", names, 'window = "72h"\n'),
        ("current", names, ""),
    )
    text = '[topic]\nid = "river"\ntitle = "河流"\nowner = "swj"\ndemo = true\n'
    text += '[[sites]]\nkind = "测点"\nfile = "sites.csv"\n'
    text += "".join(_INDICATOR.format(n=n) for n in range(ITEMS))
    for kind, indicators, more in panels:
        text += f'[[panels]]\ntitle = "{kind}"\nkind = "{kind}"\nindicators = [{indicators}]\n'
        text += more
    return text


def stocked(url: str) -> Services:
    """The program over the database, with the topic and its month of hours."""
    home = Path(tempfile.mkdtemp())
    folder = home / "topics" / "river"
    folder.mkdir(parents=True)
    (folder / "topic.toml").write_text(manifest(), encoding="utf-8")
    lines = [
        f"S{n:02d},断面{n},{COUNTIES[n % len(COUNTIES)]},113.{n + 10},24.{n + 10},北江"
        for n in range(SECTIONS)
    ]
    table = "\n".join(["code,name,region,lon,lat,river", *lines])
    (folder / "sites.csv").write_text(table, encoding="utf-8")
    config = replace(Config(), home_path=home, topics=TopicsConfig(["river"]))
    services = compose(config, EngineUrls(valkey="unix:///nowhere.sock", postgres=url))
    now = datetime.now(UTC)
    for item in range(ITEMS):
        rows = [
            Observation(
                f"river.i{item}",
                f"S{site:02d}",
                period_at(now - timedelta(hours=back + 1), PeriodKind.HOUR),
                (site * 7 + item * 3 + back) % 50 / 10,
                unit="mg/L",
            )
            for site in range(SECTIONS)
            for back in range(HOURS)
        ]
        services.observations.append(rows, live=False)
    services.definitions.sync()
    return services


def timed(what: Callable[[], object], rounds: int = ROUNDS) -> str:
    """Median and 95th percentile of wall time, and the median of this process's own work."""
    walls, works = [], []
    for _ in range(rounds):
        wall, work = time.perf_counter(), time.process_time()
        what()
        walls.append(time.perf_counter() - wall)
        works.append(time.process_time() - work)
    walls.sort()
    middle, late = statistics.median(walls), walls[int(len(walls) * 0.95) - 1]
    return (
        f"{middle * 1e3:.0f} ms ({late * 1e3:.0f}) · 本进程 {statistics.median(works) * 1e3:.0f} ms"
    )


def main() -> None:
    """Print the page cold and warm, a drill into a county and a site, one panel, and the peer."""
    services = stocked(os.environ["TONGLAN_BENCH_POSTGRES"])
    topic = services.catalogue.topic("river")
    assert topic is not None

    def answer(pages: TopicPages, **asked: str) -> bytes:
        return orjson.dumps(pages.page(WHO, read_asked(services, topic, **asked)))

    begun = time.perf_counter()
    size = len(answer(TopicPages(services)))
    out = sys.stdout.write
    out(f"第一次 {(time.perf_counter() - begun) * 1e3:.0f} ms,{size / 1e3:.0f} kB\n")
    pages = TopicPages(services)
    out(f"整页 {timed(lambda: answer(pages))}\n")
    out(f"下钻到县 {timed(lambda: answer(pages, region=COUNTIES[0]))}\n")
    out(f"下钻到断面 {timed(lambda: answer(pages, region='S00'))}\n")
    out(f"一个面板 {timed(lambda: answer(pages, region='S00', panel='p4'))}\n")

    def plainly() -> None:
        for item in range(ITEMS):
            for site in range(SECTIONS):
                services.observations.series(
                    f"river.i{item}", f"S{site:02d}", as_of=None, limit=24, newest_first=True
                )

    out(f"同样的值逐个序列读 {timed(plainly, 10)}\n")


if __name__ == "__main__":
    main()

"""Sites at every door: pushed, read, explained, on the indicator's page, brought by a refresher."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.api import explain, indicator_pages, observations
from app.config import load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.services import Services
from tests.api.layer_server import Routes, serve, who
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.periods import ZONE
from topics.kit.refresh.mapping import region_problem
from topics.kit.reporting.forms import Forms

_INDICATOR = """
[[indicators]]
id = "river.{name}"
title = "{title}"
definition = "测试"
unit = "{unit}"
precision = {precision}
frequency = "1mo"
period_kind = "当月"
levels = {levels}
direction = "{direction}"
owner = "sthjj"
source = "{source}"
freshness = "50d"
classification = "公开"
{more}
"""
_GRADES = """shown = "class"
colours = "water"
classes = [{ label = "Ⅰ", upto = 1 }, { label = "Ⅱ", upto = 2 }, { label = "Ⅲ", upto = 3 },
  { label = "Ⅳ", upto = 4 }, { label = "Ⅴ", upto = 5 }, { label = "劣Ⅴ" }]
thresholds = { warn = 3, bad = 4 }
target = { value = 3, year = 2026, document = "测试", kind = "约束性", effective = 2026-01-01 }
comparison = { label = "环比", against = "previous" }
sites = "河段"
"""
MANIFEST = (
    """
[topic]
id = "river"
title = "河"
owner = "sthjj"
roles = ["leader"]

[[sites]]
kind = "河段"
file = "reaches.csv"

[[sites]]
kind = "井"
file = "wells.csv"
"""
    + _INDICATOR.format(
        name="oxygen", title="溶解氧", unit="mg/L", precision=2, levels='["site"]',
        direction="higher", source="测试", more='sites = "河段"',
    )
    + _INDICATOR.format(
        name="grade", title="水质类别", unit="", precision=0, levels='["site"]',
        direction="lower", source="测试", more=_GRADES,
    )
    + _INDICATOR.format(
        name="good", title="优良比例", unit="%", precision=1, levels='["city", "county"]',
        direction="higher", source="公式", more="",
    )
    + """
[[formulas]]
id = "river.good"
expression = "sites_count(river.grade <= 3) / sites_known(river.grade) * 100"

[[reports]]
id = "river.monthly"
title = "河段月报"
indicators = ["river.oxygen"]
owner = "sthjj"
due = { day = 8, time = "18:00" }
levels = ["site"]
"""
)  # fmt: skip
MONTHS = [
    Period(datetime(2026, n, 1, tzinfo=ZONE).astimezone(UTC), PeriodKind.MONTH) for n in (8, 9)
]
OCTOBER = Period(datetime(2026, 10, 1, tzinfo=ZONE).astimezone(UTC), PeriodKind.MONTH)


def written(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "topic.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "reaches.csv").write_text(
        "code,name,region,lon,lat,river\nR1,上游,440203,113.5,24.8,浈江\n"
        "R2,下游,440203,113.6,24.7,浈江\nR3,支流,440204,113.7,24.9,武江\n",
        encoding="utf-8",
    )
    (folder / "wells.csv").write_text(
        "code,name,region,lon,lat\nW1,一号井,440203,113.5,24.8\n", encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def services(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Services:
    home = tmp_path_factory.mktemp("sites")
    written(home / "topics" / "river")
    urls = EngineUrls(postgres=module_database_url, valkey=valkey_url)
    made = compose(load_config(None, home=home), urls)
    made.recomputation.run()
    made.observations.append(
        [
            *(grade(site, OCTOBER, value) for site, value in (("R1", 2), ("R2", 6))),
            grade("R3", OCTOBER, None),
            grade("R1", MONTHS[1], 4),
            grade("R2", MONTHS[1], 6),
        ],
        live=False,
    )
    made.recomputation.run()
    return made


def grade(site: str, when: Period, value: float | None) -> Observation:
    status = ValueStatus.MISSING if value is None else ValueStatus.OK
    return Observation("river.grade", site, when, value, status, source="测试")


@pytest.fixture(scope="module")
def asked(services: Services) -> Routes:
    return serve(
        explain.router(services), observations.router(services), indicator_pages.router(services)
    )


def pushed(asked: Routes, **more: object) -> Any:
    row = {"indicator": "river.oxygen", "region": "R1", "period": "2026-09", "value": 7.5} | more
    answer = asked.ask("POST", "/api/v1/observations", json=row, headers=who("admin"))
    return answer.status_code, answer.json()


def told(asked: Routes, indicator: str, region: str) -> Any:
    answer = asked.get(
        "/api/v1/explain",
        params={"indicator": indicator, "region": region, "period": "2026-10"},
        headers=who("viewer"),
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_value_of_a_site_is_pushed_and_read(asked: Routes) -> None:
    assert pushed(asked)[0] == 200
    found = asked.get(
        "/api/v1/observations",
        params={"indicator": "river.oxygen", "region": "R1"},
        headers=who("viewer"),
    ).json()["items"]
    assert [(one["region"], one["value"]) for one in found] == [("R1", 7.5)]


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("R9", "没有编码为 'R9' 的河段或区划;写河段的编码,如 R1(上游)"),
        ("W1", "“一号井”是井,指标 river.oxygen 只收河段"),
        ("440203", "没有“武江区”这一层级的数据;写河段的编码,如 R1(上游)"),
    ],
)
def test_a_push_for_another_place_is_refused_with_the_fix(
    asked: Routes, region: str, said: str
) -> None:
    status, body = pushed(asked, region=region)
    assert status == 422
    assert said in body["errors"][0]["problem"]


def test_a_source_s_row_of_another_kind_of_site_is_refused(services: Services) -> None:
    spec = services.catalogue.indicator("river.oxygen")
    levels = {"R1": "site/河段", "W1": "site/井", "440203": "county"}
    assert region_problem("R1", spec, levels.get) == ""
    assert "“W1”是井" in region_problem("W1", spec, levels.get)
    assert "层级" in region_problem("440203", spec, levels.get)
    assert "河段代码“X”不存在" in region_problem("X", spec, levels.get)


def test_sites_are_listed_with_their_facts(asked: Routes) -> None:
    items = asked.get("/api/v1/regions", params={"sites": "河段"}, headers=who("viewer")).json()[
        "items"
    ]
    assert [one["code"] for one in items] == ["R1", "R2", "R3"]
    assert items[0]["facts"] == {"river": "浈江"}
    codes = {
        one["code"] for one in asked.get("/api/v1/regions", headers=who("viewer")).json()["items"]
    }
    assert not codes & {"R1", "W1"}


def test_a_class_is_explained_by_its_name_with_the_number_behind(asked: Routes) -> None:
    found = told(asked, "river.grade", "R1")
    assert found["region"] == {"code": "R1", "name": "上游"}
    assert (found["written"]["text"], found["written"]["unit"], found["value"]) == ("Ⅱ类", "", 2)
    assert found["comparison"]["text"] == "好转 2 类"
    said = re.sub("达到(上年|2026 年)目标", "达到目标", found["sentence"])  # read in a later year
    assert said == "上游 2026 年 10 月水质类别为 Ⅱ类,达到目标(≤Ⅲ类),环比好转 2 类。"
    assert "%" not in found["sentence"]
    assert told(asked, "river.grade", "R2")["comparison"]["text"] == "持平"


def test_a_share_over_sites_names_each_site_and_the_missing_one(asked: Routes) -> None:
    found = told(asked, "river.good", "440200")
    assert found["value"] == 50.0
    assert [one["region"]["code"] for one in found["inputs"]] == ["R1", "R2", "R3"]
    assert [one["text"] for one in found["inputs"]] == ["Ⅱ类", "劣Ⅴ类", "—"]
    assert "缺 支流 水质类别" in found["formula"]["numbers"]


def test_the_page_of_a_site_bears_its_name_and_compares_with_other_sites(asked: Routes) -> None:
    answer = asked.get(
        "/api/v1/indicator-pages/river.grade", params={"region": "R2"}, headers=who("viewer")
    )
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["region"]["name"] == "下游"
    assert [one["code"] for one in page["region"]["path"]] == ["440200", "440203", "R2"]
    assert page["value"]["text"] == "劣Ⅴ类"
    assert {one["code"] for one in page["regions"]} == {"R1", "R2", "R3"}
    assert {one["region"]: one["text"] for one in page["places"]["rows"]}["R1"] == "Ⅱ类"
    first = asked.get("/api/v1/indicator-pages/river.grade", headers=who("viewer")).json()
    assert first["region"]["code"] == "R1"


def test_a_form_of_sites_has_their_rows_and_no_others(services: Services) -> None:
    forms = Forms(services.catalogue, services.regions, services.observations)
    form = forms.form(forms.spec("river.monthly"), OCTOBER)
    assert [one.code for one in form.rows] == ["R1", "R2", "R3"]

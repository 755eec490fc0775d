"""法定预警: kept as their issuers say, in this province's level sets, replaced only by them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import Workbook
from sqlalchemy.exc import DBAPIError

from app.alerts.legal_files import read_file
from app.demo.legal import seed_legal
from tests.api.alert_city import AlertCity, alert_city
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.errors import BadManifest, BadWarning
from topics.kit.warnings.tables import WarningTables

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
NUMBERS = iter(range(1000))


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> AlertCity:
    return alert_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def warning(**changes: object) -> dict[str, object]:
    now = datetime.now(UTC)
    return {
        "issuer": "韶关市气象台",
        "kind": "暴雨",
        "level": "橙",
        "area": ["440205"],
        "valid_from": (now - timedelta(minutes=5)).isoformat(),
        "valid_to": (now + timedelta(hours=6)).isoformat(),
        "text": "预计未来 3 小时内将有大暴雨。",
        "reference": f"韶气预 {next(NUMBERS)} 号",
        **changes,
    }


def post(city: AlertCity, who: str = "duty", **changes: object):
    return city.post(who, "legal-warnings", warning(**changes))


def test_it_is_kept_word_by_word_and_stands_apart_from_our_alerts(city):
    city.fire("mine", level=AlertLevel.BLUE)
    said = post(city, response="Ⅳ级").json()
    assert (said["signal"], said["level"], said["state"]) == ("暴雨预警信号", "橙", "生效中")
    assert (said["place"], said["response"]) == ("曲江区", "Ⅳ级")
    page = city.get("duty", "/api/v1/alerts")
    assert [one["id"] for one in page["items"]] == ["mine"]
    assert said["id"] in [one["id"] for one in page["legal"]]
    assert page["counts"]["level"]["橙"] == 0


def test_anybody_reads_it_and_only_who_may_enters_it(city):
    post(city)
    assert city.get("nobody", "/api/v1/legal-warnings")["items"]
    assert post(city, "viewer").status_code == 403
    assert post(city, "leader").status_code == 403


@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({"level": "蓝"}, "level"),  # 广东 暴雨 has no 蓝
        ({"level": "Ⅱ级"}, "level"),
        ({"kind": "地震"}, "kind"),
        ({"issuer": "某公司"}, "issuer"),
        ({"issuer": "韶关市林业局"}, "issuer"),  # publishes 森林火险 only
        ({"area": []}, "area"),
        ({"area": ["999999"]}, "area"),
        ({"valid_from": "明天"}, "valid_from"),
        ({"valid_from": "2099-01-01"}, "valid_from"),
        ({"valid_to": "2020-01-01"}, "valid_to"),
        ({"valid_to": "2099-01-01"}, "valid_to"),
        ({"valid_to": "x"}, "valid_to"),
        ({"text": ""}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"reference": ""}, "reference"),
        ({"action": "撤回"}, "action"),
        ({"action": "更新"}, "replaces"),
        ({"replaces": "x"}, "action"),
        ({"response": "四级"}, "response"),
    ],
)
def test_a_fault_is_named_by_its_field_with_the_fix(city, changes, item):
    answer = post(city, **changes)
    assert answer.status_code == 422
    assert item in [one["item"] for one in answer.json()["errors"]]


def test_every_fault_is_named_at_once(city):
    answer = post(city, level="紫", area=["1"], text="")
    assert {one["item"] for one in answer.json()["errors"]} == {"level", "area", "text"}


def test_a_typhoon_in_this_province_may_be_white(city):
    assert post(city, kind="台风", level="白").status_code == 201


def test_the_same_reference_is_kept_once_and_never_for_two_texts(city):
    one = warning()
    first = city.post("duty", "legal-warnings", one)
    again = city.post("duty", "legal-warnings", one)
    other = city.post("duty", "legal-warnings", one | {"text": "改过的正文"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json()["id"] == again.json()["id"]


def test_the_idempotency_key_stands_in_for_a_missing_reference(city):
    body = warning(reference="")
    key = {"Idempotency-Key": "abc-1"}
    one = city.ask("duty", "POST", "/api/v1/legal-warnings", json=body, headers=key)
    two = city.ask("duty", "POST", "/api/v1/legal-warnings", json=body, headers=key)
    assert (one.status_code, two.status_code) == (201, 200)


def test_an_update_takes_the_place_of_the_old_one_which_stays_as_it_was(city):
    old, new = warning(), warning(level="红", action="更新")
    city.post("duty", "legal-warnings", old)
    before = datetime.now(UTC).isoformat().replace("+", "%2B")
    new["replaces"] = old["reference"]
    assert city.post("duty", "legal-warnings", new).status_code == 201
    states = {
        one["reference"]: one["state"]
        for one in city.get("duty", "/api/v1/legal-warnings")["items"]
    }
    assert (states[old["reference"]], states[new["reference"]]) == ("已被替代", "生效中")
    then = city.get("duty", f"/api/v1/legal-warnings?in_force=1&as_of={before}")["items"]
    assert old["reference"] in [one["reference"] for one in then]
    second = warning(action="更新", replaces=old["reference"])
    assert city.post("duty", "legal-warnings", second).status_code == 422


def test_an_end_ends_it_and_only_its_issuer_can_say_so(city):
    old = warning()
    city.post("duty", "legal-warnings", old)
    stranger = warning(issuer="韶关市气象局", action="解除", replaces=old["reference"])
    assert city.post("duty", "legal-warnings", stranger).status_code == 422
    end = warning(action="解除", replaces=old["reference"])
    assert city.post("duty", "legal-warnings", end).status_code == 201
    held = city.get("duty", "/api/v1/legal-warnings?in_force=1")["items"]
    assert not {old["reference"], end["reference"]} & {one["reference"] for one in held}


@pytest.mark.parametrize("action", ["ack", "pause", "resume", "false", "comment"])
def test_nobody_handles_it_like_an_alert_of_ours(city, action):
    name = post(city).json()["id"]
    body = {"until": "2099-01-01", "reason": "检修", "text": "x"}
    kept = {"pause": ("until", "reason"), "false": ("reason",), "comment": ("text",)}
    asked = {key: body[key] for key in kept.get(action, ())}
    assert city.post("duty", f"alerts/{name}/{action}", asked).status_code == 404


@pytest.mark.parametrize(
    "statement", ["UPDATE legal_warning SET text = ''", "DELETE FROM legal_warning"]
)
def test_the_table_itself_refuses_to_change_or_forget_an_entry(city, statement):
    post(city)
    store = city.services.legal_warnings
    with pytest.raises(DBAPIError, match="append-only"), store._engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_a_file_is_read_in_each_format_with_chinese_headers(tmp_path):
    one = warning(area="440205、440203")
    headers = {"issuer": "发布单位", "kind": "种类", "level": "级别", "area": "区域代码"}
    named = {headers.get(key, key): value for key, value in one.items()}
    (tmp_path / "a.json").write_text(json.dumps({"items": [one]}), encoding="utf-8")
    text = ",".join(named) + "\n" + ",".join(f'"{value}"' for value in named.values()) + "\n"
    (tmp_path / "a.csv").write_text(text, encoding="gb18030")
    book = Workbook()
    book.active.append(list(named))
    book.active.append(list(named.values()))
    book.save(tmp_path / "a.xlsx")
    for name in ("a.json", "a.csv", "a.xlsx"):
        ((_, row),) = read_file(tmp_path / name)
        assert (row["issuer"], row["area"]) == ("韶关市气象台", "440205、440203"), name


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [("a.json", "{", "不是 JSON"), ("a.json", "[1]", "应是一份"), ("a.txt", "x", "只认")],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_fix(tmp_path, name, text, said):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadWarning, match=said):
        read_file(tmp_path / name)


def test_a_table_of_levels_in_the_wrong_order_is_refused(tmp_path):
    text = (REFERENCE / "legal_warnings.csv").read_text(encoding="utf-8")
    (tmp_path / "legal_warnings.csv").write_text(
        text.replace("红 橙 黄 蓝", "蓝 红", 1), encoding="utf-8"
    )
    with pytest.raises(BadManifest, match="从重到轻"):
        WarningTables.load(
            tmp_path / "legal_warnings.csv", REFERENCE / "legal_issuers.csv", city="440200"
        )


def test_elsewhere_the_national_level_sets_hold():
    tables = WarningTables.load(
        REFERENCE / "legal_warnings.csv", REFERENCE / "legal_issuers.csv", city="330100"
    )
    day = datetime(2026, 11, 26, tzinfo=UTC).date()
    rain, typhoon = tables.kind("暴雨", day), tables.kind("台风", day)
    assert rain is not None
    assert typhoon is not None
    assert "蓝" in rain.levels
    assert "白" not in typhoon.levels


def test_the_demo_holds_one_that_is_in_force_and_is_seeded_once(city):
    now = datetime.now(UTC)
    seed_legal(city.services, now)
    seed_legal(city.services, now + timedelta(days=1))
    held = city.get("nobody", "/api/v1/legal-warnings?in_force=1")["items"]
    assert [one["level"] for one in held if one["warning_kind"] == "森林火险"] == ["黄"]

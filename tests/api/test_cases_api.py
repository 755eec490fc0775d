from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import pytest
from shapely import box

from app.cases.rows import CaseRows
from layers.contracts import Classification, ImportRequest
from tests.api.case_city import REPORT, CaseCity


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> CaseCity:
    made = CaseCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)
    shapes = {"440203": box(113.4, 24.6, 113.6, 24.95), "440204": box(113.6, 24.6, 113.8, 24.95)}
    towns = {"440203001": box(113.5, 24.8, 113.6, 24.9)}
    for layer, given in (("city.counties", shapes), ("city.towns", towns)):
        frame = gpd.GeoDataFrame(
            {"code": list(given), "name": list(given)}, geometry=list(given.values()), crs=4326
        )
        public = Classification.PUBLIC
        request = ImportRequest(layer, key="code", publish=True, classification=public)
        made.services.layers.import_frame(frame, request)
    return made


def to_dispatch(city: CaseCity, **more: Any) -> str:
    case: str = city.report(**more)["id"]
    city.move("duty", case, "受理")
    city.move("duty", case, "立案")
    return case


def test_a_case_goes_through_the_loop_by_the_words_of_the_desk(city: CaseCity) -> None:
    case = to_dispatch(city)
    city.move("duty", case, "派遣", unit="cgj", support=["zjj"])
    for word in ("签收", "处置", "反馈"):
        city.move("cgj", case, word, note="已清理")
        city.move("zjj", case, word, note="已配合")
    city.move("duty", case, "核查")
    done = city.move("duty", case, "结案", note="现场已清洁")
    assert (done["state"], done["stage"], done["clock"]) == ("结案", "结案", "stopped")
    said = [one["text"] for one in done["timeline"]]
    assert said[0] == "上报"
    assert "派遣给 市城管局,协办 市住建管理局;时限 4 工作时" in said
    assert said[-1] == "结案"
    assert [one["state"] for one in done["tasks"]] == ["反馈", "反馈"]
    assert [one["stage"] for one in done["clocks"]] == ["立案", "派遣", "处置", "核查"]
    assert done["clocks"][2]["limit_text"] == "4 工作时"
    assert done["limit_verified"] is False
    assert done["limit_note"] == "未核实,可改"
    assert done["opens"] == "未规定"
    assert (done["category"]["name"], done["category"]["major"]) == ("绿地脏乱", "市容环境类")


def test_a_support_with_a_limit_of_its_own_is_shown_with_its_own_clock(city: CaseCity) -> None:
    case = to_dispatch(city)
    limits = {"zjj": "2 小时"}
    done = city.move("duty", case, "派遣", unit="cgj", support=["zjj"], limits=limits)
    assert [one["limit_text"] for one in done["tasks"]] == ["4 工作时", "2 小时"]
    assert [one["due_text"] for one in done["support"]] == ["剩 2时00分"] or done["support"][0][
        "due_text"
    ].startswith("剩 1时59分")
    assert "协办 市住建管理局(2 小时)" in done["timeline"][-1]["text"]
    city.move("zjj", case, "签收")
    until = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    city.move("zjj", case, "申请延期", note="缺料", until=until)
    offered = {one["to"]: one["label"] for one in city.get("duty", f"/cases/{case}")["allowed"]}
    assert offered["延期"] == "同意延期(市住建管理局)"
    granted = city.move("duty", case, "延期")
    assert granted["tasks"][1]["due"] > done["tasks"][1]["due"]
    assert granted["timeline"][-1]["text"].startswith("同意协办 市住建管理局 延期,应于")


@pytest.mark.parametrize("limits", [{"zjj": "马上"}, {"swj": "2 小时"}, ["2 小时"], {"zjj": 2}])
def test_a_limit_that_cannot_be_is_refused_with_the_way_to_write_it(
    city: CaseCity, limits: Any
) -> None:
    case = to_dispatch(city)
    answer = city.step("duty", case, "派遣", unit="cgj", support=["zjj"], limits=limits)
    assert answer.status_code == 422
    assert "limits" in answer.text or "写成 4 工作时" in answer.text


def test_closing_asks_whether_the_condition_of_the_category_is_met(city: CaseCity) -> None:
    case = to_dispatch(city)  # 立案条件 of this category is 未规定: nobody is asked
    city.move("duty", case, "派遣", unit="cgj")
    for word in ("签收", "处置", "反馈"):
        city.move("cgj", case, word, note="已清理")
    checking = city.move("duty", case, "核查")
    offered = {one["to"]: one["needs"] for one in checking["allowed"]}
    assert offered["结案"] == ["confirmed"]
    assert checking["closes"] == "彻底清除垃圾杂物"
    for body in ({}, {"confirmed": False}, {"confirmed": "是"}):
        answer = city.step("duty", case, "结案", **body)
        assert answer.status_code == 422, body
        assert "结案条件:“彻底清除垃圾杂物”" in answer.text
        assert answer.json()["needs"] == ["confirmed"]
    assert city.services.cases.require(case).state == "核查"
    city.move("duty", case, "结案", confirmed=True)
    last = city.services.cases.events(case)[-1]
    assert last.data["confirmed"] == "彻底清除垃圾杂物"
    known = city.services.audit.list(limit=1)[0]
    assert "confirmed" in known.detail


def test_filing_asks_for_its_condition_where_there_is_one(city: CaseCity) -> None:
    case = city.report(category="综治/综治/01001")["id"]
    assert {one["to"]: one for one in city.move("duty", case, "受理")["allowed"]}["立案"][
        "needs"
    ] == ["confirmed"]
    answer = city.step("duty", case, "立案")
    assert (answer.status_code, "当事人提出或网格员发现" in answer.text) == (422, True)
    assert city.move("duty", case, "立案")["state"] == "立案"


def test_an_illegal_step_is_a_conflict_that_names_the_legal_ones(city: CaseCity) -> None:
    case = city.report()["id"]
    answer = city.step("duty", case, "结案")
    assert answer.status_code == 409
    told = answer.json()
    assert told["type"] == "tonglan:case-step-refused"
    assert "受理" in told["allowed"]
    assert "结案" not in told["allowed"]
    assert told["state"] == "上报"


def test_who_acts_on_an_old_version_is_told_where_it_stands(city: CaseCity) -> None:
    made = city.report()
    city.move("duty-2", made["id"], "受理", version=1)
    answer = city.step("duty", made["id"], "受理", version=1)
    assert answer.status_code == 409
    assert answer.json()["type"] == "tonglan:case-moved"
    assert (answer.json()["state"], answer.json()["version"]) == ("受理", 2)
    assert "立案" in answer.json()["allowed"]


def test_two_tokens_of_a_grid_app_carry_a_case_and_the_handler_never_checks(
    city: CaseCity,
) -> None:
    case = city.report("grid-app", reference="G-1")["id"]
    assert city.report("grid-app", reference="G-1")["id"] == case
    for word in ("受理", "立案"):
        city.move("grid-app", case, word)
    city.move("grid-app", case, "派遣", unit="swj")
    for word in ("签收", "处置", "反馈"):
        city.move("grid-app", case, word, note="已处置")
    assert city.step("grid-app", case, "核查").status_code == 409
    city.move("checker", case, "核查")
    assert city.move("checker", case, "结案")["state"] == "结案"


def test_the_same_key_makes_one_case_and_another_body_is_refused(city: CaseCity) -> None:
    headers = {"Idempotency-Key": "k-1"}
    asked = [city.ask("duty", "POST", "/cases", json=REPORT, headers=headers) for _ in range(2)]
    assert asked[0].json() == asked[1].json()
    other = city.ask("duty", "POST", "/cases", json=REPORT | {"text": "另一件"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["type"] == "tonglan:idempotency-key-reused"


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"category": "02003"}, 422, "写成 方案/种类/代码"),
        ({"category": "城市管理/事项/99001"}, 422, "没有大类 99"),
        ({"region": "999999"}, 404, "没有区划代码"),
        ({"lon": 113.7}, 422, "坐标在浈江区,离新华街道 10.1 km;请改坐标,或改区划"),
        ({"lon": 10.0}, 422, "坐标不在市域内"),
        ({"lon": "113.5"}, 422, "lon 应是数"),
        ({"lat": None}, 422, "要么都写"),
        ({"at": "昨天"}, 422, "at '昨天' 不是时间"),
        ({"at": "2099-01-01T08:00:00+08:00"}, 422, "上报时间在将来"),
        ({"text": ""}, 422, "缺少 text"),
        ({"text": "x\u0000"}, 422, "text 应是"),
        ({"source": "alert"}, 422, "告警派单请在告警上操作"),
        ({"colour": "red"}, 422, "不认识的项 'colour'"),
        ({"photos": "p1"}, 422, "photos 应是"),
    ],
)
def test_a_wrong_report_is_refused_with_the_fix(
    city: CaseCity, more: dict[str, Any], status: int, said: str
) -> None:
    answer = city.ask("duty", "POST", "/cases", json=REPORT | more)
    assert answer.status_code == status, answer.text
    assert said in answer.json()["detail"]


def test_what_a_system_reports_outside_its_region_is_kept_to_be_verified(city: CaseCity) -> None:
    made = city.report("grid-app", lon=113.7)
    assert made["state"] == "待核实"
    assert "离新华街道 10.1 km" in made["doubt"]
    assert city.report("grid-app", source="video")["state"] == "待核实"


def test_an_unknown_unit_and_an_unknown_state_are_named(city: CaseCity) -> None:
    case = to_dispatch(city)
    assert "没有单位 'nobody'" in city.step("duty", case, "派遣", unit="nobody").json()["detail"]
    assert city.step("duty", case, "飞行").status_code == 409
    assert city.step("duty", case, "派遣", until="x").status_code == 422
    assert city.move("duty", case, "派遣", unit="region:440203")["unit_name"] == "武江区(属地)"
    assert city.ask("duty", "GET", "/cases?state=飞行").status_code == 422
    assert city.ask("duty", "GET", "/cases?cursor=abc").status_code == 422
    assert city.ask("duty", "GET", "/cases/none").status_code == 404


def test_lists_filter_and_page(city: CaseCity) -> None:
    for n in range(3):
        city.report(region="440204101", lon=None, lat=None, text=f"第 {n} 件")
    first = city.get("duty", "/cases?region=440204&limit=2")
    assert (len(first["items"]), first["total"]) == (2, 3)
    rest = city.get("duty", f"/cases?region=440204&limit=2&cursor={first['next']}")
    assert rest["next"] is None
    texts = {one["text"] for one in first["items"] + rest["items"]}
    assert texts == {"第 0 件", "第 1 件", "第 2 件"}
    assert first["counts"]["state"] == {"上报": 3}
    assert first["counts"]["stage"]["上报"] == 3
    row = first["items"][0]
    assert (row["region_name"], row["county_name"], row["clock"]) == ("乐园镇", "浈江区", "running")
    assert row["due_text"].startswith(("剩 ", "超期 "))
    case = to_dispatch(city)
    city.move("duty", case, "派遣", unit="zjj")
    mine = city.get("zjj", "/cases?mine=1&open=1")["items"]
    assert case in {one["id"] for one in mine}
    assert all("zjj" in (one["unit"], *[u["unit"] for u in one["support"]]) for one in mine)


def test_the_board_of_a_past_moment_shows_it_as_it_was(city: CaseCity) -> None:
    case = city.report(text="回放")["id"]
    then = datetime.now(UTC)
    city.move("duty", case, "受理")
    past = city.get("duty", f"/cases/{case}?as_of={then:%Y-%m-%dT%H:%M:%S.%fZ}")
    assert (past["state"], past["allowed"], len(past["timeline"])) == ("上报", [], 1)
    listed = city.get("duty", f"/cases?q=回放&as_of={then:%Y-%m-%dT%H:%M:%S.%fZ}")
    assert [one["state"] for one in listed["items"]] == ["上报"]
    before = then - timedelta(days=1)
    assert city.ask("duty", "GET", f"/cases/{case}?as_of={before:%Y-%m-%d}").status_code == 404
    assert city.get("duty", "/cases?q=回放")["items"][0]["state"] == "受理"


def test_contacts_are_hidden_from_those_who_only_look(city: CaseCity) -> None:
    case = city.report(contact="13812345678 刘女士")["id"]
    assert city.get("duty", f"/cases/{case}")["contact"] == "13812345678 刘女士"
    seen = city.get("viewer", f"/cases/{case}")
    assert "138****5678" in seen["contact"]
    assert "13812345678" not in str(seen)
    assert seen["allowed"] == []


def test_cases_of_people_are_for_those_who_may_see_them(city: CaseCity) -> None:
    social = city.report(category="综治/综治/01002", lon=None, lat=None, text="纠纷")["id"]
    assert city.get("duty", f"/cases/{social}")["state"] == "上报"
    for who in ("viewer", "water", "nobody"):
        assert city.ask(who, "GET", f"/cases/{social}").status_code in (401, 404)
    listed = city.get("viewer", "/cases?q=纠纷")
    assert (listed["items"], listed["total"]) == ([], 0)
    assert city.ask("viewer", "POST", "/cases", json=REPORT).status_code == 403
    assert city.ask("water", "POST", "/cases", json=REPORT).status_code == 403
    assert city.ask("leader", "GET", "/cases").status_code == 200


def test_near_reports_are_named_and_merged_only_by_a_person(city: CaseCity) -> None:
    where = {"lon": 113.5551, "lat": 24.8551, "category": "城市管理/事项/06012"}
    first = city.report(**where)
    second = city.report(**where)
    assert [one["id"] for one in second["duplicates"]] == [first["id"]]
    assert city.get("duty", f"/cases/{second['id']}")["state"] == "上报"
    merged = city.move("duty", second["id"], "并案", into=first["number"])
    assert (merged["state"], merged["merged_into"]) == ("作废", first["id"])


def test_the_funnel_and_the_categories_answer(city: CaseCity) -> None:
    funnel = city.get("duty", "/case-funnel")
    assert [one["stage"] for one in funnel["stages"]] == [
        "上报",
        "立案",
        "派遣",
        "处置",
        "核查",
        "结案",
    ]
    assert funnel["stages"][0]["count"] > 0
    assert funnel["satisfaction"] is None
    assert funnel["period_text"] == "今日"
    assert city.ask("nobody", "GET", "/case-funnel").json().get("open", 0) == 0
    found = city.get("duty", "/case-categories?q=绿地脏乱")["items"]
    assert [(one["key"], one["limit_text"], one["verified"]) for one in found] == [
        ("城市管理/事项/06017", "4 工作时", False)
    ]
    assert city.get("duty", "/case-categories?scheme=综治")["total"] > 20


def test_suggestions_say_why(city: CaseCity) -> None:
    case = city.report(category="城市管理/事项/06025")["id"]
    told = city.get("duty", f"/cases/{case}")["suggestions"]
    assert (told["unit"], told["unit_name"], told["support"]) == ("swj", "市水务局", ["cgj"])
    assert "未核实,可改" in told["why"]


def test_a_row_says_which_of_its_clocks_is_past_due(city: CaseCity) -> None:
    case = to_dispatch(city)
    sent = {"unit": "cgj", "support": ["zjj"], "limits": {"zjj": "1 小时", "cgj": "9 工作日"}}
    city.move("duty", case, "派遣", **sent)
    line, rows = city.services.cases.store.lines([case])[0], CaseRows(city.services)

    def told(after: timedelta) -> tuple[bool, bool, bool]:
        row = rows.clock(line, datetime.now(UTC) + after)
        return row["overdue"], row["own_overdue"], row["respond_overdue"]

    assert told(timedelta(minutes=50)) == (False, False, False)
    assert told(timedelta(hours=2)) == (True, False, False)
    assert told(timedelta(days=40)) == (True, True, False)

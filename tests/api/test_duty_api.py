"""值班 over HTTP: contacts, roster with import and swap, 交接班, 日志, 突发事件, 快报."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from app.web_program import DUTY
from layers.stores.postgres_engine import connect
from tests.api.directive_city import DirectiveCity
from topics.kit.alerting.contracts import AlertEvent, AlertLevel, AlertStep
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.duty.contracts import Shift
from topics.kit.duty.people import person_id
from topics.kit.words.clock import local

D = "/api/v1/duty"
PEOPLE = """姓名,单位,职务,电话,邮箱,账号
何平,市应急局,副局长,13800000001,he@city.cn,
张伟,市应急局,值班长,13800000002,,
钱进,市应急局,值班长,13800000003,,
王芳,市水务局,联络员,13800000004,,
"""


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DirectiveCity:
    made = DirectiveCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url, *DUTY)
    taken = upload(made, "contacts", PEOPLE, name="通讯录.csv")
    assert (taken["accepted"], taken["applied"]) == (4, True), taken
    return made


def upload(city: DirectiveCity, what: str, text: str, *, name: str, **query: str) -> Any:
    asked = {"name": name, "apply": "1", **query}
    answer = city.ask("zhang", "POST", f"{D}/{what}/imports", content=text.encode(), params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(city: DirectiveCity, who: str, path: str, **body: Any) -> Any:
    answer = city.ask(who, "POST", f"{D}/{path}", json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def day(ahead: int) -> str:
    return (local(datetime.now(UTC)) + timedelta(days=ahead)).date().isoformat()


def roster(city: DirectiveCity, *rows: str, **query: str) -> Any:
    head = "日期,开始,结束,带班领导,值班长,联络席\n"
    return upload(city, "roster", head + "\n".join(rows), name="排班.csv", **query)


def whole_days(city: DirectiveCity, *days: int) -> None:
    rows = [f"{day(n)},00:00,24:00,何平,{'张伟' if n % 2 else '钱进'},王芳" for n in days]
    taken = roster(city, *rows)
    assert taken["applied"] or all(n < 0 for n in days), taken


def test_contacts_are_found_by_name_initials_unit_and_masked(city: DirectiveCity) -> None:
    for q, names in (("王", {"王芳"}), ("wf", {"王芳"}), ("zhangw", {"张伟"}), ("水务", {"王芳"})):
        assert {one["name"] for one in city.get("he", f"{D}/contacts?q={q}")["items"]} == names
    seen = city.get("viewer", f"{D}/contacts?q=王芳")
    assert (seen["masked"], seen["items"][0]["phone"]) == (True, "138****0004")
    assert city.get("zhang", f"{D}/contacts?q=王芳")["items"][0]["phone"] == "13800000004"


def test_only_the_shift_changes_contacts_and_roster(city: DirectiveCity) -> None:
    body = {"unit": "yjj", "name": "新人", "phone": "13800000009"}
    assert city.ask("viewer", "PUT", f"{D}/contacts", json=body).status_code == 403
    assert city.ask("he", "POST", f"{D}/roster/imports", content=b"x").status_code == 403
    bad = city.ask("zhang", "PUT", f"{D}/contacts", json=body | {"phone": "没有"})
    assert (bad.status_code, bad.json()["errors"][0]["item"]) == (422, "电话")


def test_a_roster_with_a_wrong_row_is_not_taken_unless_asked(city: DirectiveCity) -> None:
    whole_days(city, 41, 42, 43)
    good = f"{day(40)},00:00,24:00,何平,张伟,"
    rows = (good, f"{day(41)},25:00,08:00,何平,张伟,", f"{day(42)},08:00,18:00,何平,无名,",
            f"{day(44)},00:00,24:00,何平,张伟,")  # fmt: skip
    refused = roster(city, *rows)
    assert (refused["applied"], refused["refused"], refused["accepted"]) == (False, 2, 2)
    fatal = [(one["row"], one["item"]) for one in refused["rows"] if one["refused"]]
    assert fatal == [(3, "开始"), (4, "值班长")]
    assert city.get("he", f"{D}/roster?from={day(40)}&to={day(41)}")["days"][0]["shifts"] == []
    assert roster(city, *rows, partial="1")["applied"]
    days = city.get("he", f"{D}/roster?from={day(40)}&to={day(45)}")["days"]
    assert [len(one["shifts"]) for one in days] == [1, 1, 1, 1, 1]
    assert all(one["holes"] == [] for one in days)  # refused and unnamed days stay as they were


def test_an_import_changes_no_shift_that_is_over_and_says_so(city: DirectiveCity) -> None:
    whole_days(city, -2)  # nobody imports the past: nothing is there
    asked = f"{D}/roster?from={day(-2)}&to={day(-1)}"
    assert city.get("he", asked)["days"][0]["shifts"] == []
    with city.services.observations._engine.begin() as connection:
        begins = local(datetime.now(UTC)).replace(hour=0, minute=0, second=0, microsecond=0)
        start, he = begins - timedelta(days=2), city.services.duty.person(person_id("yjj", "何平"))
        city.services.duty.roster.put(
            [Shift(start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC), he, he, ())],
            start, start + timedelta(days=1), by="u", now=start, reason="当时排的",
            connection=connection,
        )  # fmt: skip
    said = roster(city, f"{day(-2)},00:00,24:00,何平,张伟,", f"{day(60)},00:00,24:00,何平,张伟,")
    assert (said["applied"], said["accepted"], said["replaced"]) == (True, 1, 0)
    assert "已经过去,保持原样" in said["rows"][0]["problem"]
    (shift,) = city.get("he", asked)["days"][0]["shifts"]
    assert shift["crew"][1]["person"]["name"] == "何平"


def test_an_entry_with_an_account_nobody_has_is_refused(city: DirectiveCity) -> None:
    body = {"unit": "yjj", "name": "某人", "phone": "13800000009", "account": "nobody-at-all"}
    answer = city.ask("zhang", "PUT", f"{D}/contacts", json=body)
    assert answer.status_code == 422
    assert "没有账号“nobody-at-all”" in answer.json()["detail"]


def test_a_file_with_the_wrong_columns_says_which(city: DirectiveCity) -> None:
    answer = city.ask("zhang", "POST", f"{D}/roster/imports?name=x.csv", content=b"a,b\n1,2\n")
    assert answer.status_code == 422
    assert "带班领导" in answer.json()["detail"]


def test_the_roster_answers_who_is_on_duty_and_as_of_what_it_said(city: DirectiveCity) -> None:
    whole_days(city, -1, 0, 1)
    now = datetime.now(UTC)
    before = city.services.duty.at(now)
    assert before is not None
    assert before.leader is not None
    assert before.leader.name == "何平"
    changed = roster(city, f"{day(0)},00:00,24:00,王芳,钱进,")
    assert changed["replaced"] == 1
    assert city.services.duty.at(datetime.now(UTC)).leader.name == "王芳"
    assert city.services.duty.roster.at(now, as_of=now).leader.name == "何平"


def test_of_a_shift_that_reaches_beyond_an_import_the_rest_stays(city: DirectiveCity) -> None:
    roster(city, f"{day(50)},18:00,08:00,何平,张伟,")
    whole_days(city, 51)
    shifts = city.get("he", f"{D}/roster?from={day(50)}&to={day(52)}")["days"]
    spans = [shift["text"] for one in shifts for shift in one["shifts"]]
    assert spans == ["18:00–次日 00:00", "00:00–次日 00:00"]


def test_two_turns_are_swapped_when_both_agree(city: DirectiveCity) -> None:
    whole_days(city, 10, 11)
    turn = {}
    for n in (10, 11):
        shift = city.get("he", f"{D}/roster?from={day(n)}&to={day(n + 1)}")["days"][0]["shifts"][0]
        chief = next(one["person"] for one in shift["crew"] if one["post"] == "值班长")
        turn[n] = {"starts": shift["starts"], "post": "值班长", "person": chief["id"]}
    asked = post(city, "zhang", "swaps", first=turn[10], second=turn[11], reason="出差")
    assert asked["state"] == "待同意"
    one = post(city, "zhang", f"swaps/{asked['id']}/steps", step="甲方同意")
    assert (one["state"], one["first"]["agreed"]) == ("待同意", True)
    done = post(city, "qian", f"swaps/{asked['id']}/steps", step="乙方同意")
    assert done["state"] == "已换班"
    days = city.get("he", f"{D}/roster?from={day(10)}&to={day(12)}")["days"]
    chiefs = [one["shifts"][0]["crew"][1]["person"]["id"] for one in days]
    assert chiefs == [turn[11]["person"], turn[10]["person"]]
    again = city.ask("qian", "POST", f"{D}/swaps/{asked['id']}/steps", json={"step": "不同意"})
    assert again.status_code == 409


def test_a_handover_is_signed_by_two_and_never_changed(city: DirectiveCity) -> None:
    city.issue(about="indicator:ecology.aqi|440229")
    leaving, taking = person_id("yjj", "张伟"), person_id("yjj", "钱进")
    made = post(city, "zhang", "handovers", leaving=leaving, taking=taking, notes="关注马坝河")
    assert (made["state"], made["leaving"]["name"]) == ("待接班", "张伟")
    assert any(one["kind"] == "directive" for one in made["items"])
    path = f"{D}/handovers/{made['id']}/sign"
    assert city.ask("zhang", "POST", path, json={}).status_code == 409  # not for the other
    signed = city.ask("qian", "POST", path, json={"remark": "已核对"}).json()
    assert (signed["state"], signed["taking"]["name"]) == ("已交接", "钱进")
    assert city.ask("qian", "POST", path, json={}).status_code == 409


def test_of_two_who_sign_at_once_the_second_is_told_what_stands(
    city: DirectiveCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving, taking = person_id("yjj", "张伟"), person_id("yjj", "钱进")
    made = post(city, "zhang", "handovers", leaving=leaving, taking=taking)
    memory, before = city.services.duty.memory, city.services.duty.memory.handover(made["id"])
    path = f"{D}/handovers/{made['id']}/sign"
    assert city.ask("qian", "POST", path, json={}).status_code == 200
    answers = iter([before])  # the second read it before the first had signed
    real = memory.handover
    monkeypatch.setattr(memory, "handover", lambda one: next(answers, None) or real(one))
    late = city.ask("admin", "POST", path, json={"remark": "后到"})
    assert late.status_code == 409
    assert "签字接班,以先签的为准" in late.json()["detail"]
    assert real(made["id"]).taken_by == "qian"


def test_the_table_itself_refuses_to_change_what_was_signed(
    city: DirectiveCity, module_database_url: str
) -> None:
    leaving, taking = person_id("yjj", "张伟"), person_id("yjj", "钱进")
    made = post(city, "zhang", "handovers", leaving=leaving, taking=taking)
    post(city, "qian", f"handovers/{made['id']}/sign")
    post(city, "zhang", "journal", kind="来电", text="试线")
    engine = connect(module_database_url)
    for change in (
        "UPDATE duty_handover SET remark = 'x' WHERE id = :id",
        "DELETE FROM duty_handover WHERE id = :id",
        "UPDATE duty_journal SET text = 'x' WHERE :id <> ''",
    ):
        with pytest.raises(sa.exc.DBAPIError), engine.begin() as connection:
            connection.execute(sa.text(change), {"id": made["id"]})


def test_nobody_hands_over_to_himself(city: DirectiveCity) -> None:
    one = person_id("yjj", "张伟")
    answer = city.ask("zhang", "POST", f"{D}/handovers", json={"leaving": one, "taking": one})
    assert answer.status_code == 422


def test_a_correction_of_the_journal_is_a_new_line(city: DirectiveCity) -> None:
    first = post(city, "zhang", "journal", kind="来电", text="省厅来电询问雨情")
    fixed = post(city, "qian", "journal", kind="来电", text="市局来电", corrects=first["id"])
    lines = {one["id"]: one for one in city.get("he", f"{D}/journal")["items"]}
    assert lines[first["id"]]["text"] == "省厅来电询问雨情"
    assert lines[fixed["id"]]["corrects"] == first["id"]
    for wrong in ({"corrects": 999999}, {"kind": "闲聊"}, {"at": "2999-01-01T00:00"}):
        body = {"kind": "来电", "text": "x"} | wrong
        assert city.ask("zhang", "POST", f"{D}/journal", json=body).status_code == 422


def test_an_incident_is_reported_planned_ended_and_closed(city: DirectiveCity) -> None:
    opened = post(city, "zhang", "incidents", title="马坝河水污染", region="440205", kind="水污染")
    path = f"incidents/{opened['id']}/steps"
    assert opened["open_reports"] == ["首报"]
    post(city, "zhang", path, step="报告", report="首报", way="电话", text="接报")
    post(city, "zhang", path, step="报告", report="首报", way="书面", text="书面首报")
    post(city, "zhang", path, step="启动预案", plan="water.section")
    post(city, "qian", path, step="完成", plan="water.section", item="1")
    twice = {"step": "完成", "plan": "water.section", "item": "1"}
    assert city.ask("zhang", "POST", f"{D}/{path}", json=twice).status_code == 409
    post(city, "zhang", path, step="报告", report="续报", way="书面", text="续报一")
    fixed = post(city, "zhang", path, step="报告", report="续报", way="书面", text="改", again=True)
    assert fixed["versions"][-1]["title"] == "续报(第 1 次) · 第 2 版"
    assert fixed["plans"][0]["items"][0]["done_by"] == "qian"
    early = {"step": "报告", "report": "终报", "way": "书面", "text": "x"}
    assert city.ask("zhang", "POST", f"{D}/{path}", json=early).json()["allowed"] == ["续报"]
    post(city, "zhang", path, step="处置结束", text="水质恢复")
    closed = post(city, "zhang", path, **early)
    assert (closed["state"], closed["open_reports"]) == ("已终报", [])


def test_an_incident_put_down_late_is_not_there_before_it_was_put_down(city: DirectiveCity) -> None:
    ago, before = datetime.now(UTC) - timedelta(hours=3), datetime.now(UTC)
    told = {"happened_at": ago.isoformat(), "known_at": ago.isoformat(), "kind": "火灾"}
    made = post(city, "zhang", "incidents", title="补登的火情", region="440205", **told)
    asked = "as_of=" + before.isoformat().replace("+", "%2B")
    then = city.get("he", f"{D}/incidents?{asked}")["items"]
    assert made["id"] not in [one["id"] for one in then]
    assert city.ask("he", "GET", f"{D}/incidents/{made['id']}?{asked}").status_code == 404
    assert "补登的火情" not in document(city, "he", f"?{asked}")
    assert "补登的火情" in document(city, "he")
    now = [one["id"] for one in city.get("he", f"{D}/incidents")["items"]]
    assert made["id"] in now


def test_an_incident_of_the_future_or_of_nowhere_is_refused(city: DirectiveCity) -> None:
    body = {"title": "x", "region": "440205", "kind": "火灾"}
    for wrong in ({"known_at": "2999-01-01T00:00"}, {"region": "999999"}):
        answer = city.ask("zhang", "POST", f"{D}/incidents", json=body | wrong)
        assert answer.status_code in (404, 422)


def test_a_drill_is_begun_once_shown_to_everybody_and_marks_what_begins_in_it(
    city: DirectiveCity,
) -> None:
    assert city.get("he", f"{D}/drills")["items"] == []
    refused = city.ask("viewer", "POST", f"{D}/drills", json={"title": "x"})
    assert refused.status_code == 403
    post(city, "zhang", "drills", title="桌面推演")
    assert city.get("", "/api/v1/mode")["drill"] == "桌面推演"
    assert city.ask("zhang", "POST", f"{D}/drills", json={"title": "又一次"}).status_code == 409
    drill = city.issue(about="indicator:ecology.aqi|440233").json()
    assert drill["drill"]
    entry = post(city, "zhang", "journal", kind="其他", text="演练开始")
    assert entry["drill"]
    text = document(city, "he")
    assert text.index("【演练】") < text.index("值班快报")  # in the title itself
    assert "演练进行中:桌面推演" in text
    assert "【演练】" in text[text.index("待办") :]  # and so is what began in it
    post(city, "zhang", "drills", end=True)
    assert city.get("", "/api/v1/mode")["drill"] is None
    assert city.ask("zhang", "POST", f"{D}/drills", json={"end": True}).status_code == 409
    assert [one["drill"] for one in city.get("he", f"{D}/drills")["items"]] == [None, "桌面推演"]


def test_the_present_shift_is_shown_with_what_is_open(city: DirectiveCity) -> None:
    whole_days(city, 0, 1)
    found = city.get("he", f"{D}/now")
    assert found["shift"]["crew"][0]["person"]["name"] == "何平"
    assert found["may_write"] is False
    assert found["holes"] != []  # the week is not rostered to its end


def test_an_open_alert_is_said_to_the_shift_in_the_word_of_the_alert_centre(
    city: DirectiveCity,
) -> None:
    now = datetime.now(UTC)
    told = {"rule": "water.nh3n_high", "region": "440205", "topic": "water", "title": "氨氮超标"}
    fired = AlertEvent("a" * 16, AlertStep.FIRED, now, level=AlertLevel.RED, value=2.3, data=told)
    city.services.alerts.append([fired])

    def word() -> str:
        items = city.get("zhang", f"{D}/now")["items"]
        (found,) = [one for one in items if one["kind"] == "alert"]
        return str(found["state"])

    assert word() == "未确认"
    seen = AlertEvent("a" * 16, AlertStep.ACKNOWLEDGED, now, "zhang")
    sent = AlertEvent("a" * 16, AlertStep.DISPATCHED, now, "zhang", data={"case": "c1"})
    city.services.alerts.append([seen])
    assert word() == "已确认"
    city.services.alerts.append([sent])
    assert word() == "已派单"


def document(city: DirectiveCity, who: str, query: str = "") -> str:
    answer = city.ask(who, "GET", f"{D}/brief.docx{query}")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
        text = archive.read("word/document.xml").decode()
    return re.sub(r"<[^>]+>", " ", text)


def test_the_brief_is_a_document_with_period_and_source_and_no_fake_zero(
    city: DirectiveCity,
) -> None:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    at = Period(hour - timedelta(hours=1), PeriodKind.HOUR)
    number = Observation("ecology.aqi", "440200", at, 57.0, source="省站")
    city.services.observations.append([number], live=False)
    text = document(city, "he")
    assert "韶关市值班快报" in text
    assert "57" in text
    assert "省站" in text
    assert "—" in text
    assert " 0 µg" not in text


def test_the_brief_names_who_took_it_in_the_audit(city: DirectiveCity) -> None:
    document(city, "viewer")
    assert [one.actor for one in city.services.audit.list(action="duty.brief", limit=1)] == [
        "viewer"
    ]


def test_every_checklist_belongs_to_a_plan_of_a_topic(city: DirectiveCity) -> None:
    known = {
        plan.id: plan.title for topic in city.services.catalogue.topics for plan in topic.plans
    }
    assert {one.id: one.title for one in city.services.duty.plans}.items() <= known.items()

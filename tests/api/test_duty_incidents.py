"""突发事件, drills, what is open in a shift, and the 快报 over HTTP."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from tests.api.directive_city import DirectiveCity
from tests.api.duty_city import D, duty_city, post, whole_days
from topics.kit.alerting.contracts import AlertEvent, AlertLevel, AlertStep
from topics.kit.contracts import Observation, Period, PeriodKind


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DirectiveCity:
    return duty_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


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
    number = Observation("ecology.aqi_hour", "440200", at, 57.0, source="省站")
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

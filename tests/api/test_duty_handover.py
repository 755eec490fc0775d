"""交接班 and the journal over HTTP: what was signed or written stands."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.api.directive_city import DirectiveCity
from tests.api.duty_city import D, duty_city, post
from topics.kit.duty.people import person_id


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DirectiveCity:
    return duty_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


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

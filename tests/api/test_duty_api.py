"""值班 over HTTP: contacts, roster with import and swap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.directive_city import DirectiveCity
from tests.api.duty_city import D, day, duty_city, post, roster, whole_days
from topics.kit.duty.contracts import Shift
from topics.kit.duty.people import person_id
from topics.kit.words.clock import local


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> DirectiveCity:
    return duty_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


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

"""报数 over HTTP: filled in, checked, handed in, reviewed by another, corrected; two at once."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openpyxl
import pytest

from tests.api.report_city import (
    CITY,
    COUNTIES,
    FORM,
    INDICATOR,
    ReportCity,
    month,
    report_city,
)
from topics.kit.contracts import ValueStatus
from topics.kit.errors import BadObservation

AT = f"/api/v1/reporting/{FORM}"


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> ReportCity:
    return report_city(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


def place(region: str = CITY) -> str:
    return f"{INDICATOR}|{region}"


def test_a_clerk_sees_the_forms_of_his_topic_and_what_is_owed(city: ReportCity) -> None:
    items = city.get("wang", "/api/v1/reporting")["items"]
    assert {one["form"] for one in items} == {FORM, "water.supply_report"}
    assert all(one["standing"] in {"due", "late"} for one in items if one["state"] == "待报")


def test_who_neither_fills_nor_reviews_is_refused(city: ReportCity) -> None:
    assert city.ask("", "GET", f"{AT}/2025-10").status_code == 401
    assert city.ask("viewer", "GET", f"{AT}/2025-10").status_code == 403
    assert city.ask("market", "GET", f"{AT}/2025-10").status_code == 403
    assert city.get("market", "/api/v1/reporting")["items"][0]["form"].startswith("market.")


def test_an_unknown_form_or_period_is_not_found(city: ReportCity) -> None:
    for path in (f"{AT}/2099-01", f"{AT}/soon"):
        answer = city.ask("wang", "GET", path)
        assert (answer.status_code, answer.json()["type"]) == (404, "tonglan:unknown-report")


def test_numbers_go_from_the_clerk_through_another_person_into_the_store(city: ReportCity) -> None:
    period = "2025-11"
    filed = city.fill(period, "95.6")
    assert filed["state"] == "填报中"
    assert filed["left"] == []
    handed = city.move("wang", period, "submit")
    assert handed.json()["state"] == "已提交"
    receipt = handed.json()["receipt"]
    assert receipt["number"].startswith("BS")
    assert receipt["by"] == "wang"
    assert len(receipt["digest"]) == 64
    assert city.stored(month(2025, 11)).value == 95.0  # not yet
    assert city.move("zhou", period, "accept").json()["state"] == "已审核"
    stored = city.stored(month(2025, 11))
    assert (stored.value, stored.source) == (95.6, "报数")
    assert city.services.report_store.find_id(stored.run).form == FORM
    asked = f"indicator={INDICATOR}&region={CITY}&from=2025-11-01&to=2025-12-01"
    read = city.get("wang", f"/api/v1/observations?{asked}")
    assert read["items"][0]["value"] == 95.6


def test_nobody_accepts_his_own_numbers(city: ReportCity) -> None:
    period = "2026-01"
    city.fill(period, "95", who="zhou")
    city.move("zhou", period, "submit")
    refused = city.move("zhou", period, "accept")
    assert refused.status_code == 409
    assert "另一人" in refused.json()["detail"]
    assert city.move("admin", period, "accept").status_code == 200


def test_a_deviation_must_be_explained_before_it_is_handed_in(city: ReportCity) -> None:
    period = "2026-02"
    city.fill(period, "80")  # 95 in January
    refused = city.move("wang", period, "submit")
    assert refused.status_code == 422
    assert len(refused.json()["findings"]) == 11
    city.fill(period, "80", note="两座厂检修")
    assert city.move("wang", period, "submit").status_code == 200
    assert city.move("zhou", period, "return").status_code == 409  # without a reason
    back = city.move("zhou", period, "return", "请附检修通知")
    assert (back.json()["state"], back.json()["returned"]) == ("退回", "请附检修通知")
    assert city.move("wang", period, "submit").json()["state"] == "已提交"
    assert city.move("wang", period, "withdraw").json()["state"] == "填报中"


def test_a_text_in_a_cell_is_refused_and_changes_no_stored_value(city: ReportCity) -> None:
    period = "2025-12"
    city.fill(period, "约95")
    refused = city.move("wang", period, "submit")
    assert {one["kind"] for one in refused.json()["findings"]} == {"text"}
    assert city.stored(month(2025, 12)).value == 95.0


def test_a_correction_is_reviewed_and_becomes_a_revision(city: ReportCity) -> None:
    period = "2026-03"
    city.fill(period, "80.1", note="按厂报")
    city.move("wang", period, "submit")
    city.move("zhou", period, "accept")
    assert city.move("wang", period, "correct", "").status_code == 409
    city.move("wang", period, "correct", "漏了一座厂")
    assert "没有改动" in city.move("wang", period, "submit").json()["detail"]
    cells = {place(): {"text": "80.4", "note": "补一座厂"}}
    changed = city.save("wang", period, cells, city.filing(period)["revision"])
    assert changed.json()["changes"] == [{"place": place(), "before": "80.1", "after": "80.4"}]
    assert city.move("wang", period, "submit").json()["state"] == "更正待审"
    assert city.stored(month(2026, 3)).value == 80.1
    city.move("zhou", period, "accept")
    said = city.services.observations.revisions(INDICATOR, CITY, month(2026, 3))
    assert [one.value for one in said] == [80.1, 80.4]


def test_a_correction_can_be_given_up(city: ReportCity) -> None:
    period = "2026-03"
    city.move("wang", period, "correct", "看错了")
    city.save("wang", period, {place(): {"text": "9"}}, city.filing(period)["revision"])
    done = city.move("wang", period, "abandon").json()
    assert (done["state"], done["values"][place()]["text"]) == ("已审核", "80.4")


def test_the_second_of_two_clerks_is_told_who_saved_what(city: ReportCity) -> None:
    period = "2026-04"
    seen = city.filing(period)["revision"]
    city.save("wang", period, {place(): {"text": "95.1"}}, seen)
    refused = city.save("li", period, {place(): {"text": "94.9"}}, seen)
    told = refused.json()
    assert (refused.status_code, told["type"]) == (409, "tonglan:filing-moved")
    assert (told["by"], told["differing"]) == ("wang", [place()])
    assert told["cells"][place()]["text"] == "95.1"
    assert city.save("li", period, {place(): {"text": "94.9"}}, told["revision"]).status_code == 200
    assert city.filing(period)["values"][place()]["by"] == "li"


def test_of_two_clerks_in_the_same_moment_one_saves(city: ReportCity) -> None:
    period = "2026-05"
    seen = city.filing(period)["revision"]
    with ThreadPoolExecutor(8) as pool:
        saved = list(
            pool.map(
                lambda n: (
                    city.save(
                        ("wang", "li")[n % 2], period, {place(): {"text": str(90 + n)}}, seen
                    ).status_code
                ),
                range(8),
            )
        )
    assert sorted(saved) == [200] + [409] * 7


def test_of_two_reviewers_in_the_same_moment_one_decides(city: ReportCity) -> None:
    period = "2026-05"
    city.fill(period, "95", note="同上")
    city.move("wang", period, "submit")
    body = {"revision": city.filing(period)["revision"], "note": "看过"}
    path = f"{AT}/{period}/transitions"
    with ThreadPoolExecutor(4) as pool:
        done = list(
            pool.map(
                lambda n: (
                    city.ask(
                        "zhou", "POST", path, json={**body, "action": ("accept", "return")[n % 2]}
                    ).status_code
                ),
                range(4),
            )
        )
    assert sorted(done) == [200, 409, 409, 409]


def test_what_failed_to_be_stored_leaves_the_filing_as_it_was(city: ReportCity) -> None:
    period = "2026-06"
    city.fill(period, "95", note="同上")
    city.move("wang", period, "submit")
    reports = city.services.reports
    before = city.filing(period)
    kept, reports._observations = reports._observations, Broken()
    try:
        assert city.move("zhou", period, "accept").status_code == 422
    finally:
        reports._observations = kept
    assert city.filing(period)["revision"] == before["revision"]
    assert city.stored(month(2026, 6)) is None


class Broken:
    """A store that fails in the middle."""

    def append(self, *_: Any, **__: Any) -> Any:
        raise BadObservation("不能入库")


def test_a_gap_never_wipes_out_another_sources_number(city: ReportCity) -> None:
    period = "2025-12"
    city.fill(period, "-", note="厂站停报")
    city.move("wang", period, "submit")
    city.move("zhou", period, "accept")
    assert city.stored(month(2025, 12)).value == 95.0


def test_a_gap_where_nothing_is_known_is_stored_as_missing(city: ReportCity) -> None:
    period = "2026-07"
    city.fill(period, "-", note="厂站停报")
    city.move("wang", period, "submit")
    city.move("zhou", period, "accept")
    stored = city.stored(month(2026, 7))
    assert (stored.value, stored.status) == (None, ValueStatus.MISSING)


def test_a_reminder_reaches_the_clerk_and_disturbs_nobody(city: ReportCity) -> None:
    period = "2026-08"
    seen = city.filing(period)["revision"]
    assert city.move("wang", period, "remind").status_code == 409
    assert city.move("zhou", period, "remind", "今天下班前").status_code == 200
    filing = city.filing(period)
    assert [one["note"] for one in filing["reminded"]] == ["今天下班前"]
    assert city.save("wang", period, {place(): {"text": "95"}}, seen).status_code == 200


def test_a_filing_is_seen_as_it_stood(city: ReportCity) -> None:
    path = f"{AT}/2025-11"
    steps = city.get("wang", path)["steps"]
    handed = next(one["at"] for one in steps if one["action"] == "submit")
    later = city.get("wang", f"{path}?as_of=2025-12-01")
    assert later["state"] == "待报"
    assert later["values"] == {}
    assert handed


def test_a_pasted_table_finds_its_places(city: ReportCity) -> None:
    text = "县区\t污水集中处理率(%)\n武江区\t96.1\n火星县\t1\n合计\t95.9\n"
    answer = city.ask("wang", "POST", f"{AT}/2026-09/table", content=text.encode())
    placed = answer.json()
    assert placed["cells"] == {place("440203"): "96.1", place(): "95.9"}
    assert "火星县" in placed["notes"][0]


def test_a_filled_template_comes_back_and_one_of_another_month_does_not(city: ReportCity) -> None:
    made = city.ask("wang", "GET", f"{AT}/2026-09/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    sheet = book["填报"]
    assert sheet.protection.sheet
    assert not sheet.cell(5, 3).protection.locked
    for n in range(11):
        sheet.cell(5 + n, 3, 95 + n / 10)
    out = io.BytesIO()
    book.save(out)
    placed = city.ask("wang", "POST", f"{AT}/2026-09/table?name=x.xlsx", content=out.getvalue())
    assert placed.json()["cells"][place(COUNTIES[0])] == "95.1"
    other = city.ask("wang", "POST", f"{AT}/2026-08/table?name=x.xlsx", content=out.getvalue())
    assert (other.status_code, other.json()["type"]) == (422, "tonglan:unreadable-table")
    assert "9 月" in other.json()["detail"]


def test_checking_saves_nothing(city: ReportCity) -> None:
    before = city.filing("2026-09")["revision"]
    body = {"cells": {place(): {"text": "0.955"}}}
    found = city.ask("wang", "POST", f"{AT}/2026-09/check", json=body).json()
    assert found["values"][place()]["value"] == 0.955
    assert city.filing("2026-09")["revision"] == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"revision": "1", "cells": {}},
        {"revision": 0, "cells": {"x": {}}},
        {"revision": 0, "cells": {"a|b": {"text": 1}}},
        {"revision": 0, "cells": {"a|b": {"text": "\x00"}}},
        {"revision": 0, "cells": {"a|b": {"text": "1" * 500}}},
    ],
)
def test_a_body_that_cannot_be_read_is_a_sentence(city: ReportCity, body: Any) -> None:
    answer = city.ask("wang", "PUT", f"{AT}/2026-09/draft", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "tonglan:bad-request")


def test_every_step_is_in_the_audit(city: ReportCity) -> None:
    found = city.services.audit.list(limit=500, action="report")
    assert {"report.save", "report.submit", "report.accept", "report.return"} <= {
        one.action for one in found
    }

"""考核 over HTTP: who sees, who decides, what a month shows on its way to being final."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.intake_city import ZONE, IntakeCity, last_month, now
from tests.topics.intake.exif_writer import phone_jpeg

AT = "/api/v1/evaluation"


@pytest.fixture(scope="module")
def program(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> IntakeCity:
    return IntakeCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)


@pytest.fixture
def city(program: IntakeCity) -> IntakeCity:
    made = program
    made.kept.begin_again()
    with made.kept.engine.begin() as connection:
        connection.exec_driver_sql("truncate case_event, case_file, evaluation_step")
    for day, steps in (("10", 8), ("11", 1)):
        made.kept.put(f"{last_month(now())}-{day} 09:00", steps=steps)
    return made


def take(city: IntakeCity, who: str, step: str, **body: Any) -> Any:
    body = {"note": "理由", **body}
    return city.ask(who, "POST", f"{AT}/{last_month(now())}/{step}", json=body)


def cell(shown: Any, key: str = "filing_rate") -> Any:
    return shown["rows"][0]["cells"][key]


def test_the_last_month_is_shown_with_counts_formulas_and_marks(city: IntakeCity) -> None:
    shown = city.get("viewer", AT)
    assert (shown["month"], shown["state"]) == (last_month(now()), "草稿")
    found = cell(shown)
    assert (found["numerator"], found["denominator"], found["text"]) == (1, 2, "50.0 %")
    assert found["colour"] == "差"
    column = next(one for one in shown["columns"] if one["key"] == "filing_rate")
    assert (column["label"], column["weight"]) == ("未核实,可改", 5)
    assert shown["rows"][0]["href"].startswith("/cases?from=")
    assert city.get("viewer", f"{AT}?by=post")["rows"][0]["name"] == "上报"
    assert not any(one["allowed"] for one in shown["actions"])


def test_a_cell_leads_to_its_cases(city: IntakeCity) -> None:
    query = "by=region&row=440203&indicator=filing_rate&part=rest"
    found = city.get("viewer", f"{AT}/{last_month(now())}/cases?{query}")
    assert (found["total"], len(found["items"]), found["items"][0]["state"]) == (1, 1, "受理")


def test_only_reviewers_of_the_grid_decide(city: IntakeCity) -> None:
    for who in ("duty", "clerk", "unit", "water", "leader"):
        assert take(city, who, "freeze").status_code == 403, who
    assert take(city, "reviewer", "freeze").json()["state"] == "冻结"
    refused = take(city, "reviewer", "freeze")
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["thaw", "show"])


def test_an_appeal_with_evidence_is_decided_by_another(city: IntakeCity) -> None:
    month = last_month(now())
    take(city, "reviewer", "freeze")
    take(city, "reviewer", "show")
    photo = city.ask("unit", "POST", f"{AT}/{month}/photos", content=phone_jpeg()).json()
    late = city.kept.store.lines(["c002"])[0].number
    about = {"by": "region", "row": "440203", "indicator": "filing_rate"}
    for wrong in ({"indicator": "x"}, {"cases": ["nobody"]}, {"photos": ["nobody"]}):
        assert take(city, "place", "appeal", **about | wrong).status_code == 422, wrong
    made = take(city, "place", "appeal", **about, cases=[late], photos=[photo["id"]])
    assert made.status_code == 200, made.text
    take(city, "reviewer", "review")
    shown = city.get("viewer", AT)["appeals"][0]
    assert (shown["about"]["row_name"], shown["cases"]) == ("武江区", ["c002"])
    assert city.ask("viewer", "GET", shown["photos"][0]).status_code == 200
    decided = {"appeal": made.json()["id"], "accepted": True, "exclude": shown["cases"]}
    assert take(city, "unit", "decide", **decided).status_code == 403
    beside = take(city, "other", "decide", **decided | {"exclude": ["c001"]})
    assert (beside.status_code, "其中没有:c001" in beside.text) == (409, True)
    assert take(city, "other", "decide", **decided).status_code == 200
    assert take(city, "reviewer", "finish").json()["state"] == "定稿"
    final = city.get("viewer", AT)
    assert (cell(final)["numerator"], cell(final)["denominator"], final["excluded"]) == (1, 1, 1)
    assert city.services.audit.verify() is not None


def test_after_it_is_final_new_cases_change_nothing_until_a_correction_says_so(
    city: IntakeCity,
) -> None:
    month = last_month(now())
    for step in ("freeze", "show", "review", "finish"):
        assert take(city, "reviewer", step).status_code == 200
    city.kept.put(f"{month}-12 09:00", steps=8)
    assert cell(city.get("viewer", AT))["denominator"] == 2
    assert city.get("viewer", f"{AT}/{month}/drift")["cells"] > 0
    take(city, "reviewer", "correct", note="补录一件")
    shown = city.get("viewer", AT)
    assert cell(shown)["text"] == "50.0 %"
    assert (cell(shown)["corrected"]["text"], shown["versions"][1]["note"]) == (
        "66.7 %",
        "补录一件",
    )


def test_wrong_months_steps_and_visitors_are_refused(city: IntakeCity) -> None:
    for month in ("2026-13", "x", "1999-01", "2026-1"):
        assert city.ask("viewer", "GET", f"{AT}?month={month}").status_code == 422, month
    assert take(city, "reviewer", "melt").status_code == 422
    running = f"{AT}/{now().astimezone(ZONE):%Y-%m}/freeze"
    assert city.ask("reviewer", "POST", running, json={}).status_code == 409
    assert len(city.get("viewer", f"{AT}/months")["items"]) == 12


def test_who_is_judged_appeals_for_himself_and_nobody_for_him(city: IntakeCity) -> None:
    for step in ("freeze", "show"):
        take(city, "reviewer", step)
    about = {"by": "region", "row": "440203", "indicator": "filing_rate"}
    for who in ("unit", "clerk", "duty", "reviewer", "water", "viewer"):
        assert take(city, who, "appeal", **about).status_code == 403, who
    assert take(city, "place", "appeal", **about | {"row": "440204"}).status_code == 403
    assert take(city, "place", "appeal", **about).status_code == 200
    rows = city.get("place", AT)["rows"]
    assert {one["id"]: one["may_appeal"] for one in rows}["440203"] is True
    assert not any(one["may_appeal"] for one in city.get("unit", AT)["rows"])
    units = {one["id"]: one["may_appeal"] for one in city.get("unit", f"{AT}?by=unit")["rows"]}
    assert [unit for unit, own in units.items() if own] == ["cgj"]
    assert all(one["may_appeal"] for one in city.get("duty", f"{AT}?by=post")["rows"])


def test_an_appeal_names_only_cases_of_its_cell(city: IntakeCity) -> None:
    elsewhere = city.kept.put(f"{last_month(now())}-12 09:00", steps=8, region="440204")
    for step in ("freeze", "show"):
        take(city, "reviewer", step)
    about = {"by": "region", "row": "440203", "indicator": "filing_rate"}
    refused = take(city, "place", "appeal", **about, cases=[elsewhere])
    assert refused.status_code == 422
    assert "不在这一格里" in refused.json()["detail"]


def test_a_quarter_half_year_and_year_are_its_months_together(city: IntakeCity) -> None:
    month = last_month(now())
    year, quarter = month[:4], (int(month[5:]) + 2) // 3
    take(city, "reviewer", "freeze")
    spans = (f"{year}-Q{quarter}", f"{year}-H{(quarter + 1) // 2}", year)
    for span in spans:
        shown = city.get("viewer", f"{AT}?period={span}")
        assert (cell(shown)["numerator"], cell(shown)["denominator"]) == (1, 2), span
        assert {one["month"]: one["state"] for one in shown["months"]}[month] == "冻结"
        assert (shown["actions"], shown["steps"], shown["state"]) == ([], [], "")
        query = "by=region&row=440203&indicator=filing_rate&part=denominator"
        behind = city.get("viewer", f"{AT}/{span}/cases?{query}")
        assert behind["total"] == 2
        assert f"from={year}" in behind["desk"]
    assert city.get("viewer", f"{AT}?period={month}")["state"] == "冻结"
    for wrong in ("2026-Q5", "x", f"{int(year) + 2}"):
        assert city.ask("viewer", "GET", f"{AT}?period={wrong}").status_code == 422, wrong
    assert (
        city.ask("reviewer", "POST", f"{AT}/{year}-Q{quarter}/freeze", json={}).status_code == 422
    )

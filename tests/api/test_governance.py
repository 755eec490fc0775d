"""The scores of a month over HTTP: seen by those signed in, frozen once, never changed after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api import governance
from tests.api.report_city import COUNTIES, FORM, INDICATOR, ReportCity, month, report_city
from topics.kit.reporting.machine import Action, Person
from topics.kit.words.clock import local

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
AT = "/api/v1/governance?month=2025-12"
CLERK, REVIEWER = Person("wang", fills=True), Person("zhou", reviews=True)


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> ReportCity:
    home = tmp_path_factory.mktemp("home")
    made = report_city(home, module_database_url, valkey_url, governance)
    for form in made.services.reports.forms.specs():
        made.services.report_store.begun(form.id, LONG_AGO)
    return made


def report(city: ReportCity, text: str = "95", *, days: int = -1) -> None:
    """The sewage of November 2025, due on 8 December, handed in and accepted."""
    services = city.services
    reports = services.reports
    form = reports.forms.form(reports.forms.spec(FORM), month(2025, 11))
    at = form.due_at + timedelta(days=days)
    texts = dict.fromkeys(form.places(), (text, "如实"))
    filing = services.report_store.find(FORM, form.period)
    filing = reports.save(form, filing, texts, CLERK, now=at)
    known = reports.forms.known(form)
    for action, person in ((Action.SUBMIT, CLERK), (Action.ACCEPT, REVIEWER)):
        planned = reports.plan(form, filing, action, person, known, now=at + timedelta(hours=1))
        filing = services.report_store.save(planned.after, planned.step)


def zjj(answer: Any) -> Any:
    return next(one for one in answer["bureau"] if one["id"] == "zjj")


def test_a_month_is_judged_shown_frozen_and_stays(city: ReportCity) -> None:
    assert zjj(city.get("viewer", AT))["total"] == 0
    report(city)
    shown = city.get("viewer", AT)
    assert zjj(shown)["total"] == 100
    assert (zjj(shown)["rank"], shown["weights_note"]) == (1, "示例权重")
    assert {one["id"] for one in shown["county"]} == set(COUNTIES)
    then = city.get("viewer", f"{AT}&as_of=2025-12-06")
    assert then["forms"] == 0  # nothing was due yet
    assert city.ask("viewer", "POST", "/api/v1/governance/2025-12/freeze").status_code == 403
    made = city.ask("admin", "POST", "/api/v1/governance/2025-12/freeze").json()
    assert made["new"]
    reports = city.services.reports
    form = reports.forms.form(reports.forms.spec(FORM), month(2025, 11))
    filing = city.services.report_store.find(FORM, form.period)
    now = datetime.now(UTC)
    planned = reports.plan(form, filing, Action.CORRECT, CLERK, {}, now=now, note="错了")
    city.services.report_store.save(planned.after, planned.step)
    cells = {f"{INDICATOR}|{COUNTIES[0]}": {"text": "90", "note": "改正"}}
    assert city.save("wang", "2025-11", cells, filing.revision + 1).status_code == 200
    city.move("wang", "2025-11", "submit")
    assert city.move("zhou", "2025-11", "accept").status_code == 200
    after = city.get("viewer", AT)
    assert zjj(after)["total"] == 100
    assert after["frozen"]["by"] == "admin"
    assert after["drift"] >= 1
    again = city.ask("admin", "POST", "/api/v1/governance/2025-12/freeze").json()
    assert not again["new"]


def test_who_is_not_signed_in_sees_no_scores(city: ReportCity) -> None:
    assert city.ask("", "GET", AT).status_code == 401


def test_a_month_that_runs_is_not_frozen_and_a_word_is_no_month(city: ReportCity) -> None:
    now = f"{local(datetime.now(UTC)):%Y-%m}"
    running = city.ask("admin", "POST", f"/api/v1/governance/{now}/freeze")
    assert (running.status_code, running.json()["type"]) == (422, "tonglan:bad-request")
    assert city.ask("viewer", "GET", "/api/v1/governance?month=soon").status_code == 422

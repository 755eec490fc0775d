"""Every GET route asked by those who may not know a secret: none tells it; a new route must say.

The table names for each route of the program what is asked of it. A route without a line fails, and
so does a line that is said to tell the secret to who may know it, and does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.engines.contracts import EngineUrls
from app.security.routes import guarded_routes
from app.web_program import create_web
from tests.api.secret_city import (
    BLIND,
    CITY,
    SEEING,
    SecretCity,
    keep_secrets,
    services_of,
    tells,
    text_of,
)
from tests.web.report_program import program


@dataclass(frozen=True)
class Asked:
    """What is asked of a route; `told`: who may know the secret hears it there."""

    addresses: tuple[str, ...] = ()
    told: bool = False
    by: str = SEEING


def plain(*more: str) -> Asked:
    """Asked so, or as it is written."""
    return Asked(more or ("",))


def telling(*addresses: str, by: str = SEEING) -> Asked:
    """The secret is there: the first of the addresses tells it to who may know."""
    return Asked(addresses or ("",), told=True, by=by)


FILES = Asked()  # files of the program, or what only says who one is oneself
NUMBER, SPOTS = f"?indicator=hidden.number&region={CITY}", "hidden.spots"
DAYS = "from=2020-01-01&to=2099-01-01"
CELL = "by=region&row=440203&indicator=filing_rate&part=denominator"
TILE = "/tiles/hidden.spots/{version}/8/208/109.mvt"
TABLE: dict[str, Asked] = {
    "/tiles/{layer}/{version}/{z}/{x}/{y}.mvt": plain(TILE),
    "/healthz": FILES, "/readyz": FILES, "/metrics": plain(), "/login": FILES, "/logout": FILES,
    "/password": FILES, "/api/v1/me": FILES, "/api/v1/users": plain(),
    "/api/v1/layers": telling(),
    "/api/v1/layers/{layer}": telling(),
    "/api/v1/layers/{layer}/versions": plain(),
    "/api/v1/layers/{layer}/history": plain(),
    "/api/v1/layers/{layer}/thumbnail.svg": plain(),
    "/api/v1/layers/{layer}/versions/{version}/quicklook.png": plain(),
    "/api/v1/layers/{layer}/diff": plain(),
    "/api/v1/layers/{layer}/diff.geojson": plain(),
    "/api/v1/layers/{layer}/versions/{version}/export": telling("?format=geojson", "?format=csv"),
    "/api/v1/features/{layer}": telling(),
    "/api/v1/networks/{layer}/trace": plain("?lon=113.5&lat=24.8"),
    "/api/v1/uploads": plain(), "/api/v1/uploads/{upload}": plain(),
    "/api/v1/jobs": plain(), "/api/v1/jobs/{job}": plain(),
    "/api/v1/submissions": plain(),
    "/api/v1/submissions/{submission}": plain(),
    "/api/v1/submissions/{submission}/rows": plain(),
    "/api/v1/submissions/{submission}/preview": plain(),
    "/api/v1/submissions/{submission}/report.xlsx": plain(),
    "/api/v1/submissions/{submission}/candidates": plain(),
    "/api/v1/submissions/{submission}/quicklook.png": plain(),
    "/api/v1/submissions/{submission}/diff": plain(),
    "/api/v1/submissions/{submission}/diff.geojson": plain(),
    "/api/v1/observations": telling(NUMBER, "?indicator=hidden.number", "?topic=hidden"),
    "/api/v1/indicators": plain(), "/api/v1/regions": plain(),
    "/api/v1/quality": plain(), "/api/v1/quality/completeness": plain(NUMBER),
    "/api/v1/quality/flags": plain(NUMBER),
    "/api/v1/definitions": plain(), "/api/v1/definitions/{indicator}": plain(),
    "/api/v1/definition-changes": plain(), "/api/v1/definition-files": plain(),
    "/api/v1/releases": plain(), "/api/v1/changes": plain(),
    "/api/v1/explain": telling(NUMBER),
    "/api/v1/explain/cases": plain(
        f"?indicator=grid.month_reported&region={CITY}&period={{month}}",
        f"?indicator=grid.month_reported&region={CITY}&period={{this}}",
    ),
    "/api/v1/indicator-pages/{indicator}": telling("", f"?region={CITY}"),
    "/api/v1/indicator-pages/{indicator}/export": telling("?format=csv", "?format=xlsx"),
    "/api/v1/topic-pages/{topic}": telling(),
    "/api/v1/topic-pages/{topic}/export": plain("?format=csv", "?format=xlsx", "?panel=0"),
    "/api/v1/reporting": plain(), "/api/v1/reporting/{form}/{period}": plain(),
    "/api/v1/reporting/{form}/{period}/template.xlsx": plain(),
    "/api/v1/forecasts": plain(NUMBER), "/api/v1/observations/rolled": plain(NUMBER),
    "/api/v1/governance": plain(),
    "/api/v1/evaluation": plain("?by=unit", "?by=post"), "/api/v1/evaluation/months": plain(),
    "/api/v1/evaluation/{month}/drift": plain(),
    "/api/v1/evaluation/{month}/cases": telling(f"?{CELL}"),
    "/api/v1/case-photos/{photo}": plain(),
    "/api/v1/case-imports": plain(),
    "/api/v1/case-imports/template.csv": plain(),
    "/api/v1/case-imports/{name}": telling(),
    "/api/v1/case-imports/{name}/refused.csv": telling(),
    "/api/v1/directives": telling("", "?open=1", "?about=case:{case}", "?mine=1"),
    "/api/v1/directives/{directive}": telling("", "/api/v1/directives/{about-alert}"),
    "/api/v1/duty/now": telling(), "/api/v1/duty/roster": plain(),
    "/api/v1/duty/roster/template.xlsx": plain(), "/api/v1/duty/swaps": plain(),
    "/api/v1/duty/contacts": plain(), "/api/v1/duty/contacts/template.xlsx": plain(),
    "/api/v1/duty/handovers": telling("", "?as_of={now}"),
    "/api/v1/duty/journal": plain(), "/api/v1/duty/incidents": plain(),
    "/api/v1/duty/incidents/{incident}": plain(), "/api/v1/duty/plans": plain(),
    "/api/v1/mode": plain(), "/api/v1/duty/drills": plain(),
    "/api/v1/duty/brief.docx": telling("", "?as_of={now}"),
    "/api/v1/cases": telling("", "?q=ZZ", "?as_of={now}", "?mine=1"),
    "/api/v1/cases/{case}": telling("", "?as_of={now}"),
    "/api/v1/case-funnel": plain("?from=2020-01-01"),
    "/api/v1/case-places": plain("?bbox=113,24,114,25", "?q=ZZ"),
    "/api/v1/case-categories": plain(),
    "/api/v1/events": telling("", "?object=hidden.number"),
    "/api/v1/alerts": telling("", "?grouped=0", "?as_of={now}"),
    "/api/v1/alerts/{alert}": telling("", "?as_of={now}"),
    "/api/v1/alert-places": plain(), "/api/v1/alert-hours": plain(),
    "/api/v1/notices": telling(
        "?state=waiting&state=sent&state=failed&state=drill",
        "?about=case:",
        "?about=directive:",
        "?about=alert:",
    ),
    "/api/v1/notices/mine": telling("?limit=200", "?unread=1", by="unit"),
    "/api/v1/legal-warnings": plain(), "/api/v1/sources": plain(),
    "/api/v1/sources/{refresher}": plain(), "/api/v1/sources/{refresher}/runs": plain(),
    "/api/v1/sources/{refresher}/held/{batch}": plain(),
    "/api/v1/organisations": plain(),
    "/api/v1/rules/form": plain(), "/api/v1/rules": plain(),
    "/api/v1/rules/{rule}": plain(), "/api/v1/rules/{rule}/backtest": plain(),
    "/api/v1/modes": plain(),
    "/api/v1/overview": telling("?topic=hidden", "", "?as_of={now}"),
    "/api/v1/overview-ahead": plain(NUMBER, "?topic=hidden", ""),
    "/api/v1/overview-panels": plain("?topic=hidden"),
    "/live": FILES,  # it never ends: test_the_stream_tells_no_secret
    "/": plain("?topic=hidden"), "/layers": plain(), "/layers/{layer}": plain(), "/upload": plain(),
    "/upload/{submission}": plain(), "/submissions": plain(), "/sources": plain(),
    "/quality": plain(), "/reporting": plain(), "/reporting/{form}/{period}": plain(),
    "/governance": plain(), "/indicator/{indicator}": plain(), "/indicators": plain(),
    "/indicators/{indicator}": plain(), "/rules": plain(), "/releases": plain(),
    "/changes": plain(), "/directives": plain(), "/duty": plain(), "/notices": plain(),
    "/cases": plain(),
    "/cases/board": plain(), "/cases/{case}": plain(), "/tasks": plain(), "/report": plain(),
    "/evaluation": plain(), "/case-imports": plain(), "/topic/{topic}": plain(),
    "/alerts": plain(),
    "/field-worker.js": FILES, "/static": FILES,
    "/_dash-component-suites/{package_name}/{fingerprinted_path:path}": FILES,
    "/_dash-layout": plain(), "/_dash-dependencies": plain(), "/_reload-hash": FILES,
    "/_favicon.ico": FILES, "/api/openapi.json": plain(), "/api/docs": FILES,
    "/api/docs.js": FILES,
}  # fmt: skip


@pytest.fixture(scope="module")
def city(
    module_database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SecretCity]:
    urls = EngineUrls(postgres=module_database_url, valkey=valkey_url)
    services = services_of(tmp_path_factory.mktemp("secrets"), urls)
    with program(services, urls) as address:
        made = SecretCity(services, address)
        keep_secrets(made)
        yield made
        made.close()


def test_every_route_that_is_read_has_a_line(
    city: SecretCity, module_database_url: str, valkey_url: str
) -> None:
    web = create_web(city.services, EngineUrls(postgres=module_database_url, valkey=valkey_url))
    read = {
        one.path or "/"
        for one in guarded_routes(web.server)
        if one.methods is None or "GET" in one.methods
    }
    assert read == set(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_who_may_not_know_the_secret_is_told_it_by_no_route(city: SecretCity, route: str) -> None:
    for address in addresses(city, route):
        for who in BLIND:
            said = text_of(city.ask(who, "GET", address))
            assert not tells(said), f"{who or 'a visitor'} reads it at {address}: {around(said)}"


@pytest.mark.parametrize("route", [route for route, asked in TABLE.items() if asked.told])
def test_who_may_know_it_is_told_it(city: SecretCity, route: str) -> None:
    answer = city.ask(TABLE[route].by, "GET", addresses(city, route)[0])
    assert answer.status_code == 200, answer.text
    assert tells(text_of(answer)), answer.text[:2000]


@pytest.mark.parametrize("who", BLIND)
def test_the_stream_tells_no_secret(city: SecretCity, who: str) -> None:
    said = city.heard(who).decode("utf-8", "replace")
    assert not tells(said), around(said)


def test_the_stream_tells_it_to_who_may_know(city: SecretCity) -> None:
    assert tells(city.heard(SEEING).decode("utf-8", "replace"))


def addresses(city: SecretCity, route: str) -> list[str]:
    """What is asked, with the names of what was made in place of the braces."""
    found = []
    for more in TABLE[route].addresses:
        whole = more if more.startswith("/") else route + more
        for name, value in city.ids.items():
            whole = whole.replace("{" + name + "}", value)
        assert "{" not in whole, whole
        found.append(whole)
    return found


def around(text: str) -> str:
    """Where it is told."""
    at = max(text.find("ZZ-"), text.find("987"))
    return text[max(at - 200, 0) : at + 100]


def test_of_a_handover_the_unseen_is_counted_and_what_is_gone_is_unseen(city: SecretCity) -> None:
    (mine,) = city.ask("shift", "GET", "/api/v1/duty/handovers").json()["items"]
    (whole,) = city.ask(SEEING, "GET", "/api/v1/duty/handovers").json()["items"]
    assert whole["hidden"] == 1  # the case that is no longer there
    assert {one["kind"] for one in whole["items"]} == {"alert", "case", "directive"}
    assert (mine["items"], mine["hidden"], mine["total"]) == ([], whole["total"], whole["total"])


def test_messages_are_counted_for_who_may_read_them_only(city: SecretCity) -> None:
    def waiting(who: str) -> tuple[int, int]:
        found = city.ask(who, "GET", "/api/v1/notices?state=waiting&limit=500").json()
        return found["counts"]["waiting"], len(found["items"])

    assert waiting("viewer") == (0, 0)
    count, listed = waiting(SEEING)
    assert count == listed > 3


def test_the_shift_of_another_topic_sends_no_message_again_that_it_may_not_read(
    city: SecretCity,
) -> None:
    (first, *_) = city.ask(SEEING, "GET", "/api/v1/notices?state=waiting").json()["items"]
    assert city.ask("shift", "POST", f"/api/v1/notices/{first['id']}/retry").status_code in (
        403,
        404,
    )

"""All cases of a filter on the map: the urgent ones by themselves, the others counted in cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.api.case_city import CaseCity

WHERE = {"lon": 113.58, "lat": 24.85}


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> CaseCity:
    city = CaseCity(tmp_path_factory.mktemp("home"), module_database_url, valkey_url)
    ids = [city.report(lon=113.58 + n / 1e4, lat=24.85, text="示例")["id"] for n in range(12)]
    late = datetime.now(UTC) - timedelta(hours=3)
    engine = sa.create_engine(module_database_url)
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE case_file SET due = :due, next_due = :due WHERE id = :id"),
            {"due": late, "id": ids[0]},
        )
        connection.execute(
            sa.text("UPDATE case_file SET due = NULL, next_due = NULL WHERE id <> :id"),
            {"id": ids[0]},
        )
        connection.execute(
            sa.text("UPDATE case_file SET longitude = NULL, latitude = NULL WHERE id = :id"),
            {"id": ids[1]},
        )
    engine.dispose()
    city.ids = ids  # type: ignore[attr-defined]
    return city


def test_every_case_of_the_filter_is_on_the_map_however_few_rows_a_list_has(city: CaseCity) -> None:
    found = city.get("duty", "/case-places?open=1&zoom=8&limit=1")
    assert len(found["points"]) + sum(one["count"] for one in found["cells"]) == 11
    assert (found["placed"], found["unplaced"], found["cut"]) == (11, 1, 0)


def test_an_overdue_case_is_in_no_cell(city: CaseCity) -> None:
    found = city.get("duty", "/case-places?open=1&zoom=6")
    assert [one["id"] for one in found["points"] if one["overdue"]] == [city.ids[0]]  # type: ignore[attr-defined]
    assert sum(one["count"] for one in found["cells"]) == 10


def test_near_by_every_case_stands_by_itself(city: CaseCity) -> None:
    found = city.get("duty", "/case-places?open=1&zoom=15")
    assert (len(found["points"]), found["cells"]) == (11, [])


def test_what_lies_outside_the_window_is_counted_and_not_drawn(city: CaseCity) -> None:
    found = city.get("duty", "/case-places?open=1&zoom=15&bbox=100,20,101,21")
    assert (found["points"], found["cells"], found["placed"]) == ([], [], 11)


def test_who_may_see_no_case_sees_none_on_the_map(city: CaseCity) -> None:
    answer = city.ask("nobody", "GET", "/case-places?open=1")
    assert answer.status_code in (401, 403) or answer.json()["placed"] == 0


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "10,2,1,3", "0,-91,1,1", "nan,0,1,1"])
def test_a_window_that_is_none_is_refused(city: CaseCity, bbox: str) -> None:
    answer = city.ask("duty", "GET", f"/case-places?bbox={bbox}")
    assert answer.status_code == 422
    assert "bbox" in answer.json()["title"] + answer.json().get("detail", "")


def test_a_past_moment_shows_all_cases_as_now_does(city: CaseCity) -> None:
    at = datetime.now(UTC).isoformat().replace("+", "%2B")
    far = city.get("duty", f"/case-places?zoom=6&as_of={at}")
    assert sum(one["count"] for one in far["cells"]) + len(far["points"]) == far["placed"] == 11
    near = city.get("duty", f"/case-places?zoom=15&as_of={at}")
    assert (len(near["points"]), near["cells"], near["cut"]) == (11, [], 0)
    assert set(near["points"][0]) == set(city.get("duty", "/case-places?zoom=15")["points"][0])
    before = city.get("duty", "/case-places?zoom=15&as_of=2020-01-01T00:00")
    assert (before["points"], before["placed"], before["unplaced"]) == ([], 0, 0)

"""The file of a panel: what is shown, what it means, and nothing that may not leave."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

from tests.topic_page.river_city import RiverCity


def rows_of(answer: Any) -> list[list[str]]:
    """The rows of a CSV."""
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def test_a_file_has_the_numbers_of_the_panel_and_what_they_mean(city: RiverCity) -> None:
    rows = rows_of(city.ask(tail="/export", panel="p7"))
    panel = city.panel("ranking", tab="city")
    head = rows[0]
    assert head[:3] == ["名次", "名称", "优良率(%)"]
    assert float(rows[1][2]) == panel["data"]["rows"][0]["cell"]["value"]
    notes = {row[0]: row[1] for row in rows if len(row) == 2}
    assert notes["责任单位"] == panel["owner"]
    assert notes["要点"] == panel["sentence"]
    assert notes["提示"] == "示例数据"


def test_no_cell_of_a_file_is_a_formula(city: RiverCity) -> None:
    rows = rows_of(city.ask(tail="/export", panel="p6"))
    assert not [one for row in rows for one in row if one.startswith(("=", "@", "+"))]


def test_a_workbook_has_the_rows_and_a_sheet_that_explains(city: RiverCity) -> None:
    answer = city.ask(tail="/export", panel="p2", format="xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["数据", "说明"]
    assert [one.value for one in book["数据"]["A"]][1] == "上坝"


def test_a_forbidden_value_is_in_no_file(city: RiverCity) -> None:
    for panel in ("p6", "p8", "p19"):
        text = city.ask("viewer", tail="/export", panel=panel).content.decode("utf-8-sig")
        assert "987654" not in text
    granted = city.ask("leader", tail="/export", panel="p8").content.decode("utf-8-sig")
    assert "987654.321" in granted
    assert "水印" in granted


def test_all_records_are_in_the_file_not_only_a_page(city: RiverCity) -> None:
    rows = rows_of(city.ask(tail="/export", panel="p17"))
    assert sum(row[0].startswith("排口") for row in rows if row) == 60


def test_an_export_is_on_record(city: RiverCity) -> None:
    city.ask("leader", tail="/export", panel="p7")
    last = city.services.audit.list(limit=1)[0]
    assert (last.action, last.object) == ("topic.export", "river")


def test_an_unknown_format_says_which_there_are(city: RiverCity) -> None:
    answer = city.ask(tail="/export", panel="p7", format="pdf")
    assert answer.status_code == 422
    assert "csv、xlsx" in answer.json()["detail"]


def test_a_picture_of_what_is_not_public_is_to_carry_a_watermark(city: RiverCity) -> None:
    marked = {
        one["name"]: one["internal"] for one in city.ask("leader", tab="city").json()["panels"]
    }
    assert marked["敏感排名"] is True
    assert marked["县区优良率"] is False

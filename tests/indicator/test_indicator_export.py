"""The files of the page: what Excel opens, and nothing in it that runs."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import openpyxl

from tests.indicator.indicator_city import City
from tests.indicator.small_series import CITY

NOW = "2026-11-25T12:00:00+08:00"


def test_csv_has_the_mark_full_precision_and_what_is_shown(city: City) -> None:
    answer = city.ask("viewer", "toy.rate", "/export", as_of=NOW)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["期别", "期别起点", "区划代码", "区划", "数值"]
    last = next(row for row in rows if row[:1] == ["2026 年 10 月"])
    assert float(last[4]) == city.page(as_of=NOW)["value"]["value"]
    assert last[5] == "8.4 %"


def test_csv_and_page_agree_on_every_point(city: City) -> None:
    text = city.ask("viewer", "toy.rate", "/export", as_of=NOW).content.decode("utf-8-sig")
    rows = [row for row in csv.reader(StringIO(text)) if len(row) > 5][1:]
    points = city.page(as_of=NOW)["points"]
    assert [(row[1], row[4]) for row in rows] == [
        (one["period"], "" if one["value"] is None else repr(one["value"])) for one in points
    ]


def test_workbook_has_data_and_notes_and_no_formula(city: City) -> None:
    answer = city.ask("viewer", "toy.rate", "/export", format="xlsx", compare="440203", as_of=NOW)
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["数据", "说明"]
    regions = {row[2] for row in book["数据"].iter_rows(min_row=2, values_only=True)}
    assert regions == {CITY, "440203"}
    notes = dict(book["说明"].iter_rows(values_only=True))
    assert notes["口径"] == "当月漏损水量与供水总量之比"
    assert notes["数据来源"].startswith("'=")
    assert "(回放)" in notes["数据截至"]
    assert "统计局" in notes["引用"]
    cells = [one for sheet in book for row in sheet.iter_rows() for one in row]
    assert "f" not in {one.data_type for one in cells}


def test_what_is_not_public_carries_name_and_time(city: City) -> None:
    open_notes = city.ask("viewer", "toy.rate", "/export").text
    inner = city.ask("admin", "toy.sum", "/export").text
    assert "水印" not in open_notes
    assert "水印,丙 " in inner


def test_every_export_is_in_the_audit_trail(city: City) -> None:
    city.ask("viewer", "toy.rate", "/export", format="xlsx")
    newest = city.services.audit.list(limit=1)[0]
    assert (newest.actor, newest.action, newest.object) == ("u1", "indicator.export", "toy.rate")


def test_another_format_is_refused(city: City) -> None:
    assert city.ask("viewer", "toy.rate", "/export", format="exe").status_code == 422

"""Definitions leave as workbook or TOML and come back as they were; a wrong cell is named."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.definitions.files import _workbook, read
from app.errors import BadRequest
from topics.kit.definitions.fields import plain, spec_of
from topics.kit.definitions.table import read_table
from topics.kit.definitions.toml import read_toml, toml_of

BASE: dict[str, Any] = {
    "title": "总产值",
    "definition": "口径",
    "unit": "亿元",
    "frequency": "1mo",
    "period_kind": "当月",
    "levels": ["city"],
    "owner": "tjj",
    "source": "月报",
    "freshness": "40d",
}
# What XML cannot hold is left out of a workbook; ends are trimmed as in a manifest.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=30
)
SAID = TEXT.map(str.strip).filter(bool)
NUMBER = st.floats(-1e9, 1e9, allow_nan=False).map(lambda one: round(one, 4))
TARGETS = st.lists(
    st.fixed_dictionaries(
        {
            "value": NUMBER,
            "year": st.integers(2000, 2100),
            "document": SAID,
            "kind": st.sampled_from(["约束性", "预期性"]),
            "effective": st.dates().map(str),
        }
    ),
    max_size=2,
)


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    fields = BASE | {
        "title": draw(SAID),
        "definition": draw(SAID),
        "legal": draw(TEXT),
        "precision": draw(st.integers(0, 6)),
        "levels": draw(st.sampled_from([["city"], ["city", "county"], ["county"]])),
        "scale": draw(st.sampled_from(["auto", "plain", "wan", "yi"])),
        "target": draw(TARGETS),
        "release": draw(st.sampled_from([None, {"day": 18, "time": "10:00"}, {"day": 5}])),
        "comparison": draw(st.sampled_from([None, {"label": "=同比", "against": "year"}])),
        "classes": draw(st.sampled_from([[], [{"label": "优", "upto": 5.0}]])),
    }
    low, high = sorted([draw(NUMBER), draw(NUMBER)])
    fields |= {"direction": "lower", "thresholds": {"warn": low, "bad": high}}
    spec = spec_of({"id": "stat.total", **{k: v for k, v in fields.items() if v is not None}})
    return {name: value for name, value in plain(spec).items() if name != "id"}


def again(fields: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in fields.items() if value is not None}
    back = plain(spec_of({"id": "stat.total", **kept}))
    return {name: value for name, value in back.items() if name != "id"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(definitions())
def test_a_workbook_reads_back_as_it_was_written(fields: dict[str, Any]) -> None:
    rows, problems = read(_workbook([("stat.total", fields)]), "xlsx")
    assert problems == []
    assert [one.indicator for one in rows] == ["stat.total"]
    assert again(rows[0].fields) == fields


@settings(max_examples=40, deadline=None)
@given(definitions())
def test_a_toml_file_reads_back_as_it_was_written(fields: dict[str, Any]) -> None:
    rows, problems = read_toml(toml_of([("stat.total", fields)]))
    assert problems == []
    assert again(rows[0].fields) == fields


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@SUM(A1)", "=同比", "'=x"])
def test_no_text_of_a_workbook_is_a_formula(text: str) -> None:
    book = load_workbook(io.BytesIO(_workbook([("stat.total", BASE | {"definition": text})])))
    cells = [cell for row in book["指标"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}
    assert f"'{text}" in [cell.value for cell in cells]


def sheet(*rows: list[Any]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_wrong_cell_is_named_by_row_and_column_with_the_fix() -> None:
    body = sheet(["编号", "小数位数", "备注"], ["a.b", "两位", ""], ["", "1", ""], ["a.b", 1, ""])
    rows, problems = read(body, "xlsx")
    assert [one.indicator for one in rows] == ["a.b"]
    said = [(one.row, one.column) for one in problems]
    assert said == [(1, "备注"), (2, "小数位数"), (3, "编号"), (4, "编号")]
    assert "请只写数字" in problems[1].problem


def test_columns_that_are_not_there_leave_their_fields_alone() -> None:
    (row,), problems = read_table(["编号", "名称"], [["a.b", "新名"]], None)
    assert (row.fields, problems) == ({"title": "新名"}, [])


def test_a_sheet_without_ids_says_what_to_do() -> None:
    _, (problem,) = read(sheet(["名称"], ["x"]), "xlsx")
    assert "缺少“编号”列" in problem.problem


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04broken", b"<html>", b"\xff\xfe\x00"])
def test_what_is_no_workbook_is_refused_with_the_fix(body: bytes) -> None:
    with pytest.raises(BadRequest, match="另存为"):
        read(body, "xlsx")


@pytest.mark.parametrize("text", ["[[indicators]", "x = 1", "[[indicators]]\ntitle='a'"])
def test_a_wrong_toml_file_says_where(text: str) -> None:
    rows, problems = read_toml(text)
    assert rows == []
    assert len(problems) == 1

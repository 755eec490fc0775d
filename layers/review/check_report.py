"""The report of a check as an Excel workbook: what was found, and the rows that stay out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from layers.export.formulas import harmless
from layers.export.xlsx import cell_value
from layers.review.contracts import Submission
from layers.review.machine import STATE_TITLES
from layers.review.rows import RowPages
from layers.review.work import Work
from layers.stores.files import disk

_SEVERITIES = {"error": "错误", "warning": "提醒", "notice": "说明"}
_ISSUES = ("行", "项目", "问题", "处理", "影响行数", "级别", "可一键修正", "已修正")
_MOST_ROWS = 100_000


def write_report(submission: Submission, work: Work, path: Path) -> None:
    """Write the workbook: 概况, 问题, and 待核区 with the values as they stand."""
    report = submission.report or {}
    book = Workbook(write_only=True)
    _sheet(book, "概况", ("项目", "内容"), _summary(submission))
    issues = (report.get("checks") or {}).get("issues") or []
    _sheet(book, "问题", _ISSUES, (_issue(one) for one in issues))
    pages = RowPages(work, report)
    columns = pages.columns
    page = pages.page(issue=None, quarantined=True, limit=_MOST_ROWS)
    rows = (
        [
            one["row"],
            ";".join(each["problem"] for each in one["reasons"]),
            *(one["values"].get(name) for name in columns),
        ]
        for one in page["items"]
    )
    _sheet(book, "待核区", ("行", "原因", *columns), rows)
    with disk():
        book.save(path)


def _summary(submission: Submission) -> list[Sequence[Any]]:
    report, file = submission.report or {}, submission.file
    checks, encoding = report.get("checks") or {}, report.get("encoding") or {}
    crs = report.get("crs") or {}
    return [
        ("文件", file.get("name")),
        ("SHA-256", file.get("sha256")),
        ("图层", submission.layer),
        ("状态", STATE_TITLES[submission.state]),
        ("格式", report.get("format")),
        ("编码", encoding.get("shown")),
        ("坐标系", crs.get("decided")),
        ("坐标依据", ";".join(crs.get("evidence") or ())),
        ("总行数", checks.get("total")),
        ("通过", checks.get("passed")),
        ("可一键修正", checks.get("fixable")),
        ("需人工", checks.get("manual")),
        ("待核区(不进入新版本)", checks.get("quarantined")),
    ]


def _issue(one: dict[str, Any]) -> Sequence[Any]:
    return (
        one["rows_label"] or "全部",
        one["item"],
        one["problem"],
        one["remedy"],
        one["count"],
        _SEVERITIES.get(one["severity"], one["severity"]),
        one["fix"] or "",
        "是" if one["fixed"] else "",
    )


def _sheet(book: Workbook, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    cells = []
    for name in head:
        cell = WriteOnlyCell(sheet, value=_cell(name))
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
    for row in rows:
        sheet.append([_cell(one) for one in row])


def _cell(value: Any) -> Any:
    """Texts from a stranger's file never run as formulas."""
    shown = cell_value(value)
    return harmless(shown) if isinstance(shown, str) else shown

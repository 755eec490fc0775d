"""Files of definitions, out and in: workbook or TOML; compared before anything is changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.definitions.desk import desk_of
from app.definitions.telling import definition_resource
from app.errors import BadRequest
from app.security.contracts import Action, Subject
from app.security.may import may
from app.services import Services
from topics.kit.definitions.fields import EDITABLE, Fields
from topics.kit.definitions.table import (
    COLUMNS,
    TARGET_COLUMNS,
    CellProblem,
    ReadRow,
    column_of,
    read_table,
    read_targets,
    rows_of,
    target_rows,
)
from topics.kit.definitions.toml import read_toml, toml_of
from topics.kit.definitions.words import differences, sentence
from topics.kit.errors import BadDefinition
from topics.kit.manifest_indicators import IndicatorSpec

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "toml": "application/toml; charset=utf-8",
}
LARGEST = 5 * 1024 * 1024
_UNPACKED = 60 * 1024 * 1024
_MOST_ROWS = 20_000
_MAIN, _TARGETS = "指标", "目标"
_WIDE = {"definition": 60, "title": 24, "source": 24, "legal": 30, "id": 26}


def export(services: Services, specs: Iterable[IndicatorSpec], form: str) -> bytes:
    """The definitions of the indicators as a file that `read` takes back."""
    book = services.definitions.book
    definitions = [(one.id, book.fields(one.id)) for one in specs]
    return toml_of(definitions).encode() if form == "toml" else _workbook(definitions)


def read(body: bytes, form: str) -> tuple[list[ReadRow], list[CellProblem]]:
    """The indicators of a file and what is wrong with it, cell by cell."""
    if len(body) > LARGEST:
        raise BadRequest(f"文件超过 {LARGEST // 2**20} MB;请只留要改的指标")
    if form == "toml":
        try:
            return read_toml(body.decode("utf-8-sig"))
        except UnicodeDecodeError as wrong:
            raise BadRequest("文件不是 UTF-8 文字;请另存为 UTF-8 编码") from wrong
    return _read_workbook(body)


def compare(
    services: Services, subject: Subject, rows: Sequence[ReadRow], problems: list[CellProblem]
) -> dict[str, Any]:
    """{items, problems, same}: what a file would change, and what stands against it.

    Nothing is stored. An indicator the subject may not write is a problem of its row.
    """
    desk, items, same = desk_of(services), [], 0
    found = list(problems)
    for row in rows:
        spec = services.catalogue.find(row.indicator)
        if spec is None or not may(subject, Action.READ, definition_resource(services, spec)):
            said = f"没有指标 {row.indicator!r};请核对编号,新指标请在专题清单里声明"
            found.append(CellProblem(row.row, "编号", said))
            continue
        try:
            change = desk.difference(row.indicator, _present(row.fields))
        except BadDefinition as wrong:
            found += [
                CellProblem(row.row, column_of(field), text)
                for field, text in wrong.problems or (("", str(wrong)),)
            ]
            continue
        if not change:
            same += 1
            continue
        if not may(subject, Action.WRITE, definition_resource(services, spec)):
            said = f"您不能修改 {spec.title};请从文件中删去这一行,或由责任单位导入"
            found.append(CellProblem(row.row, "编号", said))
            continue
        diff = differences(desk.current(row.indicator), change)
        items.append(
            {
                "row": row.row,
                "indicator": row.indicator,
                "title": spec.title,
                "fields": change,
                "differences": diff,
                "sentence": sentence(diff),
            }
        )
    shown = [{"row": p.row, "column": p.column, "problem": p.problem} for p in found]
    return {"items": items, "problems": shown, "same": same}


def _present(fields: Fields) -> Fields:
    """Required fields whose cells are empty are wrong, not defaults: they stay as None."""
    return {name: value for name, value in fields.items() if name in EDITABLE}


def _workbook(definitions: Sequence[tuple[str, Fields]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_MAIN)
    sheet.freeze_panes = "C2"
    for at, path in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDE.get(path, 14)
    _fill(sheet, list(COLUMNS.values()), rows_of(definitions))
    targets = book.create_sheet(_TARGETS)
    targets.freeze_panes = "B2"
    for at in range(1, len(TARGET_COLUMNS) + 1):
        targets.column_dimensions[get_column_letter(at)].width = 26 if at in (1, 5) else 12
    _fill(targets, list(TARGET_COLUMNS.values()), target_rows(definitions))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet.append([_cell(sheet, one, bold=True) for one in heading])
    for row in rows:
        sheet.append([_cell(sheet, one) for one in row])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value)
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str) and len(value) > 30)
    return cell


def _read_workbook(body: bytes) -> tuple[list[ReadRow], list[CellProblem]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _UNPACKED:
                raise BadRequest("表格解开后过大;请只留要改的指标")
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    except BadRequest:
        raise
    except Exception as wrong:
        raise BadRequest("读不出这个表格;请用 Excel 或 WPS 另存为 .xlsx 后再导入") from wrong
    sheets = {one.title: one for one in book.worksheets}
    main = sheets.get(_MAIN) or (book.worksheets[0] if book.worksheets else None)
    if main is None:
        raise BadRequest("表格里没有工作表;请用本页导出的表格修改")
    heading, rows = _grid(main)
    targets: dict[str, list[Fields]] | None = None
    problems: list[CellProblem] = []
    if _TARGETS in sheets:
        targets, problems = read_targets(*_grid(sheets[_TARGETS]))
    found, faults = read_table(heading, rows, targets)
    return found, [*faults, *problems]


def _grid(sheet: Any) -> tuple[Sequence[Any], list[Sequence[Any]]]:
    rows = sheet.iter_rows(values_only=True, max_row=_MOST_ROWS, max_col=100)
    lines: list[Sequence[Any]] = [tuple(one) for one in rows]
    return (lines[0], lines[1:]) if lines else ((), [])

"""Formulas in an .xlsx whose result was never stored, and cells that hold an error."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as Safe

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]{1,3})(\d+)")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Unknown:
    """Cells (row, column from 0) without a usable value: `stale` formulas, and errors by text."""

    stale: tuple[tuple[int, int], ...] = ()
    errors: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """What an .xlsx says of itself beside its cells."""

    path: Path
    sheets: dict[str, str]  # sheet → part of the archive
    from_1904: bool

    def unknown(self, sheet: str) -> Unknown:
        """The sheet's cells without a usable value."""
        part = self.sheets.get(sheet)
        if part is None:
            return Unknown()
        try:
            with zipfile.ZipFile(self.path) as archive:
                if not _mentions(archive, part):
                    return Unknown()
                with archive.open(part) as source:
                    return _unknown(Safe.iterparse(source, forbid_dtd=True))
        except (KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile, OSError):
            return Unknown()  # the cells were read; only this remark is missing


def workbook(path: Path) -> Workbook:
    """The workbook of an .xlsx; an empty one for anything else."""
    try:
        with zipfile.ZipFile(path) as archive:
            book = Safe.fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
            relations = Safe.fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except (KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile, OSError):
        return Workbook(path, {}, False)
    targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
    sheets = {}
    for one in book.iter(f"{_MAIN}sheet"):
        target = targets.get(one.get(_RELATION, ""), "")
        sheets[one.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target))[1:]
    properties = book.find(f"{_MAIN}workbookPr")
    flag = "" if properties is None else properties.get("date1904", "")
    return Workbook(path, sheets, flag in {"1", "true"})


def _mentions(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether the sheet has formulas or errors at all; a plain search, for most have none."""
    before = b""
    with archive.open(part) as source:
        while block := source.read(_BLOCK):
            text = before + block
            if b"<f" in text or b":f" in text or b't="e"' in text:
                return True
            before = block[-8:]
    return False


def _unknown(events: Iterator[tuple[str, Element]]) -> Unknown:
    stale, errors = [], []
    for _, element in events:
        if element.tag == f"{_MAIN}c":
            place = _CELL.fullmatch(element.get("r", ""))
            value = element.find(f"{_MAIN}v")
            text = "" if value is None else value.text or ""
            if place and element.get("t") == "e":
                errors.append((*_at(place), text))
            elif place and not text and element.find(f"{_MAIN}f") is not None:
                if element.get("t") != "str":  # a formula may well give an empty text
                    stale.append(_at(place))
        elif element.tag == f"{_MAIN}row":
            element.clear()  # a million rows are not kept
    return Unknown(tuple(stale), tuple(errors))


def _at(place: re.Match[str]) -> tuple[int, int]:
    column = 0
    for letter in place[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(place[2]) - 1, column - 1

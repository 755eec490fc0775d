"""Dates written in many ways: those that have one meaning become ISO, the others are shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from layers.checks.blanks import half
from layers.checks.characters import Characters
from layers.checks.contracts import Issue
from layers.checks.repairs import Rewrite
from layers.checks.subject import Subject

Kind = Literal["iso", "readable", "impossible", "ambiguous", "none"]

_NAMED = re.compile(r"日期|时间$|时刻|年月日?$|date|time(?!s)|_at$|_on$", re.IGNORECASE)
_ISO = r"^(\d{4})-(\d\d)(-(\d\d)([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?$"
_ISO_START = re.compile(r"\d{4}-\d\d(-\d\d)?")
_SPLIT = re.compile(
    r"(?P<year>\d{4})(?:\s*[.\-/年\u3001]\s*)(?P<month>\d{1,2})"
    r"(?:(?:\s*[.\-/月\u3001]\s*)(?P<day>\d{1,2})\s*日?|\s*月)?"
    r"(?:[T\s]*(?P<hour>\d{1,2})\s*[:\uff1a时点]\s*(?P<minute>\d{1,2})?分?"
    r"(?:\s*[:\uff1a]?\s*(?P<second>\d{1,2})秒?)?(?:\.\d+)?)?"
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d))?"
)
_UNCLEAR = re.compile(r"\d{1,2}\s*[./\-]\s*\d{1,2}\s*[./\-]\s*(\d{4}|\d{1,2})(\s.*)?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_SERIALS = (20_000, 80_000)  # 1954 to 2119, Excel's days since 1899-12-30
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone
_YEARS = range(1900, 2101)
_SHARE_NAMED, _SHARE_OTHER = 0.5, 0.8


def look_dates(subject: Subject) -> Iterator[Issue]:
    """Dates in other spellings than ISO, dates that do not exist, and dates of two meanings."""
    for column in subject.columns:
        if column == subject.rules.key:
            continue
        if column in subject.text_columns:
            if is_date_column(subject.texts(column).some(), column):
                yield from _of_texts(subject, column)
        elif _NAMED.search(column):
            yield from _of_numbers(subject, column)


def is_date_column(some: list[str], column: str) -> bool:
    """Whether a column with such a name and such values holds dates."""
    named = _NAMED.search(column) is not None
    dates = sum(kind(one, serials=named) != "none" for one in some)
    return bool(some) and dates >= (_SHARE_NAMED if named else _SHARE_OTHER) * len(some)


def kind(text: str, *, serials: bool) -> Kind:
    """What a text in a date column is; `serials`: whether bare numbers may be Excel's days."""
    return read_date(text, serials=serials)[0]


def read_date(text: str, *, serials: bool = True) -> tuple[Kind, str | None]:
    """What the text is, and its ISO form when it has exactly one meaning."""
    plain = half(text)
    if re.fullmatch(_ISO, plain):
        if not _exists(plain):
            return "impossible", None
        return ("iso", plain) if plain == text else ("readable", plain)
    found = _SPLIT.fullmatch(plain) or (_COMPACT.fullmatch(plain) if serials else None)
    if found is not None:
        written = _iso({name: int(value) for name, value in found.groupdict().items() if value})
        return ("impossible", None) if written is None else ("readable", written)
    if serials and _SERIAL.fullmatch(plain) and _SERIALS[0] <= float(plain) <= _SERIALS[1]:
        return "readable", _of_serial(float(plain))
    return ("ambiguous", None) if _UNCLEAR.fullmatch(plain) else ("none", None)


def sortable(column: pd.Series, name: str) -> pd.Series | None:
    """The column as texts that sort by time (missing where unreadable); None if no date column."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column.astype("string")
    texts = column.astype("string")
    filled = texts.dropna()
    if not _NAMED.search(name) and not pd.api.types.is_string_dtype(column.dtype):
        return None
    if not is_date_column(filled.iloc[:: max(1, len(filled) // 1000)].tolist(), name):
        return None
    return texts.map({one: read_date(one)[1] for one in filled.unique()}).astype("string")


def _of_texts(subject: Subject, column: str) -> Iterator[Issue]:
    texts = subject.texts(column)
    serials = _NAMED.search(column) is not None
    odd = (texts.lengths > 0) & (~texts.matches(_ISO) | _unreal(texts))
    at = np.flatnonzero(odd)
    values = pd.Series(texts.take(at), dtype="string")
    yield from _told(subject, column, at, values, serials=serials)


def _of_numbers(subject: Subject, column: str) -> Iterator[Issue]:
    numbers = subject.frame[column]
    if not pd.api.types.is_numeric_dtype(numbers.dtype) or numbers.dtype == bool:
        return
    filled = np.flatnonzero(numbers.notna().to_numpy(dtype=bool))
    values = numbers.iloc[filled]
    if (values % 1 == 0).all():
        values = values.astype("int64")
    texts = values.astype("string").reset_index(drop=True)
    if is_date_column(texts.iloc[:: max(1, len(texts) // 1000)].tolist(), column):
        yield from _told(subject, column, filled, texts, serials=True)


def _unreal(texts: Characters) -> np.ndarray:
    """Days in ISO form that no calendar has."""
    days = pc.utf8_slice_codeunits(texts.values, 0, 10)
    distinct = pc.unique(days).to_pylist()
    wrong = [one for one in distinct if _ISO_START.fullmatch(one) and not _exists(one)]
    if not wrong:
        return np.zeros(len(texts.lengths), dtype=bool)
    return texts.spread(np.asarray(pc.is_in(days, pa.array(wrong, pa.large_string()))))


def _told(
    subject: Subject, column: str, at: np.ndarray, values: pd.Series, *, serials: bool
) -> Iterator[Issue]:
    read = {one: read_date(one, serials=serials) for one in values.unique()}
    kinds = values.map({one: what for one, (what, _) in read.items()}).to_numpy(dtype=object)
    for chosen, told in _KINDS:
        found = np.isin(kinds, chosen)
        if found.any():
            shown = values[found].iloc[:5].tolist()
            yield told(subject, column, at[found], shown, [read[one][1] for one in shown])


def _readable(
    subject: Subject, column: str, at: np.ndarray, shown: list[str], iso: list[str | None]
) -> Issue:
    return subject.issue(
        "date_text",
        column,
        at,
        problem=f"“{shown[0]}”不是标准日期写法",
        remedy=f"改为 {iso[0]}",
        severity="warning",
        fix="改为标准日期",
        repair=Rewrite(column, lambda text: read_date(text)[1] or text),
        before=shown,
        after=iso,
    )


def _impossible(
    subject: Subject, column: str, at: np.ndarray, shown: list[str], _: list[str | None]
) -> Issue:
    return subject.issue(
        "date_impossible",
        column,
        at,
        problem=f"“{shown[0]}”不存在",
        remedy="需人工修改",
        severity="error",
        before=shown,
    )


def _unclear(
    subject: Subject, column: str, at: np.ndarray, shown: list[str], _: list[str | None]
) -> Issue:
    return subject.issue(
        "date_unclear",
        column,
        at,
        problem=f"“{shown[0]}”看不出是哪一天",
        remedy="请写成 2026-09-03 的样子",
        severity="error",
        before=shown,
    )


_Told = Callable[[Subject, str, np.ndarray, list[str], list[str | None]], Issue]
_KINDS: tuple[tuple[list[str], _Told], ...] = (
    (["readable"], _readable),
    (["impossible"], _impossible),
    (["ambiguous", "none"], _unclear),
)


def _exists(iso: str) -> bool:
    try:
        day = date.fromisoformat(iso[:10] if len(iso) >= 10 else f"{iso}-01")
    except ValueError:
        return False
    return day.year in _YEARS


def _iso(parts: dict[str, int]) -> str | None:
    """The ISO form at the precision that was written; None for what no calendar has."""
    try:
        moment = datetime(  # noqa: DTZ001 - the file names no zone
            parts["year"], parts["month"], parts.get("day", 1), parts.get("hour", 0),
            parts.get("minute", 0), parts.get("second", 0),
        )  # fmt: skip
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    if "day" not in parts:
        return f"{moment:%Y-%m}"
    if "hour" not in parts:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M:%S}" if "second" in parts else f"{moment:%Y-%m-%d %H:%M}"


def _of_serial(days: float) -> str:
    moment = _EPOCH + timedelta(seconds=round(days * 86400))
    return f"{moment:%Y-%m-%d}" if days == int(days) else f"{moment:%Y-%m-%d %H:%M:%S}"

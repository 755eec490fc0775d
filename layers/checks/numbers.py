"""Texts in a column of numbers, and numbers that are none (NaN is missing, infinity is wrong)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from layers.checks.blanks import half
from layers.checks.contracts import Issue
from layers.checks.repairs import Finite, Rewrite, SetAside
from layers.checks.subject import Subject

_PLAIN = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(_PLAIN)
_MINUS = str.maketrans("\u2212\u2013", "--")  # what word processors make of it
_MARK = re.compile(
    r"(?:N\.?D\.?|N/?A|null|none|nan|[/\\*—–…-]+|无|未检出|未检|缺测|缺失|未测|停测|停用|低于检出限"
    r"|[<>≤≥][=]?\s*[\d.]+(?:\s*\(?L\)?)?|[\d.]+\s*L)",
    re.IGNORECASE,
)
_CODES = re.compile(r"编码|编号|代码|证号|号码|电话|手机|邮编|门牌|code|(^|_)(id|no)$|id$", re.I)
_SHARE = 0.9  # of what is no mark, for a column to count as numbers
_LEAST_SHARE, _LEAST = 0.4, 3  # of everything filled
_CODE_DIGITS = 6  # whole numbers all of one such length are codes


def look_infinite(subject: Subject) -> Iterator[Issue]:
    """Infinite values of number columns."""
    for column in subject.columns:
        values = subject.frame[column]
        if not pd.api.types.is_float_dtype(values.dtype):
            continue
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        at = np.flatnonzero(np.isinf(numbers))
        if len(at):
            yield subject.issue(
                "infinite",
                column,
                at,
                problem="数值是无穷大",
                remedy="改为空值;原值请在源系统核对",
                severity="warning",
                fix="改为空值",
                repair=Finite(column),
                before=[str(one) for one in numbers[at[:5]]],
            )


def look_numbers(subject: Subject) -> Iterator[Issue]:
    """Texts among numbers: those that can be read, those that mean “no value”, and the rest."""
    for column in subject.text_columns:
        if column != subject.rules.key and is_number_column(subject, column):
            yield from _texts_among_numbers(subject, column)


def is_number_column(subject: Subject, column: str) -> bool:
    """Whether a text column is meant to hold numbers."""
    previous = subject.rules.previous
    if previous is not None and previous.columns.get(column, "number") != "number":
        return False
    if _CODES.search(column):
        return False
    some = subject.texts(column).some()
    kinds = [kind(one) for one in some]
    numbers = [one for one, of in zip(some, kinds, strict=True) if of in {"plain", "text"}]
    if previous is not None and column in previous.columns:
        return len(numbers) >= _LEAST_SHARE * len(some)
    told = len(some) - kinds.count("mark")
    if len(numbers) < max(_LEAST, _LEAST_SHARE * len(some)) or len(numbers) < _SHARE * told:
        return False
    return not _are_codes(numbers)


def kind(text: str) -> str:
    """What a text in a number column is: plain, text (readable), mark (no value) or bad."""
    if _NUMBER.fullmatch(text):
        return "plain"
    if as_number(text) is not None:
        return "text"
    return "mark" if is_mark(text) else "bad"


def as_number(text: str) -> str | None:
    """The plain number behind “1,204”, “１２” or “−3”; None when it is none."""
    plain = half(text).translate(_MINUS)
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    return plain if _NUMBER.fullmatch(plain) else None


def is_mark(text: str) -> bool:
    """Whether a text says that there is no value: ND, /, <0.01, 未检出."""
    return _MARK.fullmatch(half(text)) is not None


def _are_codes(numbers: list[str]) -> bool:
    """Leading zeros, or whole numbers all of one length, mean codes, which stay texts."""
    plain = [one.lstrip("+-") for one in numbers]
    if any(len(one) > 1 and one[0] == "0" and one[1].isdigit() for one in plain):
        return True
    lengths = {len(one) for one in plain}
    return len(lengths) == 1 and lengths.pop() >= _CODE_DIGITS and all(map(str.isdigit, plain))


def _texts_among_numbers(subject: Subject, column: str) -> Iterator[Issue]:
    texts = subject.texts(column)
    at = np.flatnonzero(~texts.matches(_PLAIN) & (texts.lengths > 0))
    values = texts.take(at)
    kinds = np.array([kind(one) for one in values], dtype=object)
    for of, told in (("text", _readable), ("mark", _marks), ("bad", _bad)):
        chosen = kinds == of
        if chosen.any():
            shown = [one for one, yes in zip(values, chosen, strict=True) if yes][:5]
            yield told(subject, column, at[chosen], shown)


def _readable(subject: Subject, column: str, at: np.ndarray, shown: list[str]) -> Issue:
    return subject.issue(
        "number_text",
        column,
        at,
        problem=f"是数值列,“{shown[0]}”是文本写法",
        remedy=f"转为数字 {as_number(shown[0])}",
        severity="warning",
        fix="转为数字",
        repair=Rewrite(column, lambda text: as_number(text) or text, number=True),
        before=shown,
        after=[as_number(one) for one in shown],
    )


def _marks(subject: Subject, column: str, at: np.ndarray, shown: list[str]) -> Issue:
    companion = companion_of(column)
    return subject.issue(
        "number_mark",
        column,
        at,
        problem=f"是数值列,“{shown[0]}”表示没有数值,不能当作数字",
        remedy=f"数值留空,原文另存到“{companion}”列",
        severity="warning",
        fix="留空并保留原文",
        repair=SetAside(column, companion, is_mark),
        before=shown,
        after=[f"(空),原文记入“{companion}”" for _ in shown],
    )


def _bad(subject: Subject, column: str, at: np.ndarray, shown: list[str]) -> Issue:
    return subject.issue(
        "number_bad",
        column,
        at,
        problem=f"是数值列,“{shown[0]}”不是数字",
        remedy="请改成数字,没有数值的留空",
        severity="error",
        before=shown,
    )


def companion_of(column: str) -> str:
    """The column that keeps what stood in place of a number."""
    return f"{column}_原文"

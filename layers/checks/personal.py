"""Personal data by pattern: identity numbers, telephones, bank cards, names and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.checks import digit_runs
from layers.checks.characters import DIGIT, HANZI, Characters
from layers.checks.contracts import Issue
from layers.checks.subject import Subject
from layers.contracts import Classification

# What is proposed for each kind: 敏感 is “personal or business data” in the city's data levels.
LEVEL = Classification.SENSITIVE
KINDS = {
    "id": "身份证号",
    "phone": "手机号",
    "landline": "固定电话",
    "bank_card": "银行卡号",
    "email": "邮箱",
    "name": "姓名",
    "address": "住址",
}
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
_LANDLINE = r"(^|[^0-9])(\(?0[0-9]{2,3}\)?[- ]?[2-8][0-9]{6,7})([^0-9]|$)"
_TELEPHONES = re.compile(r"电话|座机|联系方式|传真|phone|tel", re.IGNORECASE)
_LOCAL = r"^[2-8][0-9]{6,7}$"
_NAMES = re.compile(
    r"姓名|户主|^(联系人|负责人|经办人|当事人|申请人|责任人|法定代表人|法人代表|法人)$", re.I
)
_ADDRESSES = re.compile(r"家庭.*[住地]址|户籍.*[住地]址|居住地|^住址$|现住址|户籍地", re.IGNORECASE)
_CODES = re.compile(r"编码|编号|代码|单号|流水|code|(^|_)id$|uuid", re.IGNORECASE)
_CARDS = re.compile(r"银行|卡号|账[号户]|card|account", re.IGNORECASE)
_MOBILES = (13_000_000_000, 19_999_999_999)
_EIGHTEEN = (1e17, 1e18)
_LEAST_DIGITS = 7
_MOST_OF = 0.5
_CARD_SHARE = 0.8  # one in ten numbers passes Luhn's check by chance


def look_personal(subject: Subject) -> Iterator[Issue]:
    """Columns that hold personal data, a kind an issue, with the mask they should have."""
    for column in subject.columns:
        for kind, at in _found(subject, column):
            if len(at):
                yield subject.issue(
                    f"personal_{kind}",
                    column,
                    at,
                    problem=f"含{KINDS[kind]}(个人信息)",
                    remedy=f"建议密级定为“{LEVEL}”,对无权限者掩码显示",
                    severity="notice",
                    before=["(不在报告中显示)"] * min(5, len(at)),
                )
        yield from _ruined(subject, column)


def masks_of(issues: Sequence[Issue], frame: gpd.GeoDataFrame) -> dict[str, str]:
    """The kind of mask each column of personal data should have.

    Where several kinds stand in one column, or only some texts mention them, the mask looks for
    them within the text and leaves the rest.
    """
    masks: dict[str, str] = {}
    for one in issues:
        if one.kind.startswith("personal_"):
            kind = one.kind.removeprefix("personal_")
            filled = int(frame[one.item].notna().sum())
            some = one.count < _MOST_OF * filled or one.item in masks
            masks[one.item] = "text" if some else kind
    return masks


def _found(subject: Subject, column: str) -> Iterator[tuple[str, np.ndarray]]:
    values = subject.frame[column]
    if column in subject.text_columns:
        yield from _in_texts(subject, column, subject.texts(column))
    elif pd.api.types.is_numeric_dtype(values.dtype) and values.dtype != bool:
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        mobile = (numbers >= _MOBILES[0]) & (numbers <= _MOBILES[1])
        if not _CODES.search(column) and mobile.sum() > _MOST_OF * np.isfinite(numbers).sum():
            yield "phone", np.flatnonzero(mobile)


def _in_texts(subject: Subject, column: str, texts: Characters) -> Iterator[tuple[str, np.ndarray]]:
    if texts.kinds & DIGIT and digit_runs.maybe_long(texts, _LEAST_DIGITS):
        yield from _in_digits(subject, column, texts)
    if "@" in "".join(texts.some(50)):
        yield "email", np.flatnonzero(texts.matches(_EMAIL))
    if _NAMES.search(column):
        hanzi = texts.counts(HANZI)
        named = (hanzi >= 2) & (hanzi <= 4) & (texts.lengths - hanzi <= 1)
        if named.sum() > _MOST_OF * (texts.lengths > 0).sum():
            yield "name", np.flatnonzero(named)
    if _ADDRESSES.search(column):
        yield "address", np.flatnonzero(texts.counts(HANZI) >= 4)


def _in_digits(
    subject: Subject, column: str, texts: Characters
) -> Iterator[tuple[str, np.ndarray]]:
    runs = digit_runs.runs_in(texts)
    runs = runs.of(runs.length >= _LEAST_DIGITS)
    if not len(runs.start):
        return
    identity = digit_runs.are_identity_numbers(texts, runs, subject.rules.today)
    yield "id", texts.rows_of(runs.owner[identity])
    if not _CODES.search(column) and column != subject.rules.key:
        mobile = digit_runs.are_mobile_numbers(texts, runs)
        yield "phone", texts.rows_of(runs.owner[mobile])
        yield "landline", _landlines(column, texts, texts.rows_of(runs.owner))
    cards = digit_runs.are_card_numbers(texts, runs) & ~identity
    long = (runs.length >= 16) & ~identity
    if _CARDS.search(column) or cards.sum() >= max(3, _CARD_SHARE * long.sum()):
        yield "bank_card", texts.rows_of(runs.owner[cards])


def _landlines(column: str, texts: Characters, owner: np.ndarray) -> np.ndarray:
    """Numbers with an area code; without one only in a column of telephones."""
    some = "\n".join(texts.take(owner[:: max(1, len(owner) // 200)]))
    telephones = _TELEPHONES.search(column) is not None
    if not telephones and not re.search(_LANDLINE, some):
        return owner[:0]
    found = texts.matches(_LANDLINE)
    if telephones:
        found |= texts.matches(_LOCAL)
    return np.flatnonzero(found)


def _ruined(subject: Subject, column: str) -> Iterator[Issue]:
    """Identity numbers kept as numbers: a float has no room for the last digits."""
    values = subject.frame[column]
    if not pd.api.types.is_float_dtype(values.dtype) or "证" not in column:
        return
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    at = np.flatnonzero((numbers >= _EIGHTEEN[0]) & (numbers < _EIGHTEEN[1]))
    if len(at):
        yield subject.issue(
            "id_as_number", column, at, problem="证件号被存成数字,末几位已丢失",
            remedy="请在 Excel 中把该列设为文本,从源数据重新导出", severity="warning",
        )  # fmt: skip

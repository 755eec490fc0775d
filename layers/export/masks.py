"""Personal data hidden as far as the city's rules say; what does not fit its kind is hidden whole.

The rules are those of data/reference/masks.csv. Every way out covers a value by `covered`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.readers.contracts import GEOMETRY_COLUMN
from layers.tiles.values import Scalar

HIDDEN = "****"
_COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 东方 独孤 南宫 宇文 长孙 司徒 司空 轩辕 "
    "端木 百里 呼延 申屠 太史 闻人 澹台 公冶 宗政 濮阳 淳于 单于 拓跋".split()
)
_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{8}(\d{3}[\dXx])(?![0-9A-Za-z])")
_OLD_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{6}(\d{3})(?![0-9A-Za-z])")
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z])((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?![0-9A-Za-z])"
)
_LANDLINE = re.compile(r"(?<!\d)(\(?0\d{2,3}\)?[- ]?)([2-8]\d{4,5})(\d{2})(?!\d)")
_LOCAL = re.compile(r"(?<!\d)([2-8]\d{4,5})(\d{2})(?!\d)")
_CARD = re.compile(r"(?<![0-9A-Za-z])(\d{4})(\d{8,11})(\d{4})(?![0-9A-Za-z])")
_EMAIL = re.compile(r"([A-Za-z0-9._%+-]{1,2})[A-Za-z0-9._%+-]*@([A-Za-z0-9.-]+\.[A-Za-z]{2,})")
_PLATE = re.compile(r"([\u4e00-\u9fff][A-Z])[·\s]?([A-Z0-9]{4,5})([A-Z0-9])")
_TOWN = re.compile(r"^(.*(?:街道|镇|乡))(?=.)")
_COUNTY = re.compile(r"^(.*?(?:区|县|市))(?=.)")
_STEP = 0.01  # of a degree, about a kilometre


def mask(text: str, kind: str) -> str:
    """The text with what its kind hides replaced by asterisks; unknown kinds hide everything."""
    return _KINDS.get(kind, _whole)(text)


def covered(value: Scalar, kind: str) -> Scalar | None:
    """The value as the mask leaves it; None where nothing of it may be seen.

    A whole number is covered as the text it is written as (telephones are often numbers); a
    fraction or a yes/no has nothing to cover in part and is left out.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        if not value.is_integer():
            return None
        value = int(value)
    return mask(str(value), kind)


def masked(frame: gpd.GeoDataFrame, masks: Mapping[str, str]) -> gpd.GeoDataFrame:
    """The features with these columns masked; the frame given stays as it is."""
    wanted = {name: kind for name, kind in masks.items() if name in frame.columns}
    hidden = frame.copy(deep=False)
    for name, kind in wanted.items():
        if name != frame.geometry.name:
            hidden[name] = masked_column(frame[name], kind)
    if GEOMETRY_COLUMN in masks:
        shapes = coarse(frame.geometry.to_numpy())
        hidden = hidden.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    return hidden


def masked_column(column: pd.Series, kind: str) -> pd.Series:
    """The column as masked texts; what is missing, or has nothing to cover in part, is missing."""
    known: dict[tuple[type, Scalar], Scalar | None] = {}
    left: list[Scalar | None] = []
    for value in _values(column):
        if value is None:
            left.append(None)
            continue
        token = type(value), value
        if token not in known:
            known[token] = covered(value, kind)
        left.append(known[token])
    return pd.Series(left, index=column.index, dtype="string", name=column.name)


def _values(column: pd.Series) -> list[Scalar | None]:
    """The column as texts, numbers and yes/no; all else as the text it is shown as."""
    if not (pd.api.types.is_numeric_dtype(column.dtype) or column.dtype == object):
        column = column.astype("string")
    missing = column.isna().to_numpy(dtype=bool)
    return [
        None if gone else value if isinstance(value, str | bool | int | float) else str(value)
        for value, gone in zip(column.tolist(), missing, strict=True)
    ]


def coarse(shapes: np.ndarray) -> np.ndarray:
    """Positions to two decimals of a degree; lines and polygons become such a position too."""
    points = shapely.centroid(shapes)
    snapped: np.ndarray = shapely.transform(
        points, lambda pairs: np.round(np.round(pairs / _STEP) * _STEP, 2)
    )
    return snapped


def _replaced(text: str, *patterns: re.Pattern[str]) -> str:
    """Every pattern found in the text masked; a text without any is hidden whole."""
    found = 0
    for pattern in patterns:
        text, count = pattern.subn(_stars, text)
        found += count
    return text if found else _whole(text)


def _stars(found: re.Match[str]) -> str:
    """The first and last group stay, what lies between them becomes asterisks."""
    first, last = found[1], found[found.re.groups]
    return f"{first}{'*' * (len(found[0]) - len(first) - len(last))}{last}"


def _whole(text: str) -> str:
    return HIDDEN if text.strip() else text


def _name(text: str) -> str:
    plain = text.strip()
    surname = 2 if plain[:2] in _COMPOUND and len(plain) > 2 else 1
    return plain[:surname] + "*" * max(1, len(plain) - surname) if plain else text


def _address(text: str) -> str:
    found = _TOWN.match(text.strip()) or _COUNTY.match(text.strip())
    return f"{found[1]}{HIDDEN}" if found else _whole(text)


def _email(text: str) -> str:
    hidden, count = _EMAIL.subn(lambda found: f"{found[1]}{'*' * 6}@{found[2]}", text)
    return hidden if count else _whole(text)


def _tail(found: re.Match[str]) -> str:
    return "*" * (len(found[0]) - len(found[2])) + found[2]


def _local(text: str) -> str:
    hidden, count = _LANDLINE.subn(_stars, text)
    if not count:
        hidden, count = _LOCAL.subn(_tail, text)
    return hidden if count else _replaced(text, _MOBILE)


def _everything(text: str) -> str:
    """Free text: identity numbers, telephones, cards and addresses of mail; the rest stays."""
    for pattern in (_ID, _MOBILE, _LANDLINE):
        text = pattern.sub(_stars, text)
    return _EMAIL.sub(lambda found: f"{found[1]}{'*' * 6}@{found[2]}", text)


def _screen(text: str) -> str:
    plain = text.strip()
    return f"{plain[0]}{'*' * (len(plain) - 2)}{plain[-1]}" if len(plain) > 2 else _whole(text)


_KINDS: Mapping[str, Callable[[str], str]] = {
    "id": lambda text: _replaced(text, _ID, _OLD_ID),
    "id_screen": _screen,
    "phone": lambda text: _replaced(text, _MOBILE),
    "landline": _local,
    "bank_card": lambda text: _replaced(text, _CARD),
    "email": _email,
    "name": _name,
    "address": _address,
    "plate": lambda text: _replaced(text, _PLATE),
    "text": _everything,
    "hidden": _whole,
}
KINDS = tuple(_KINDS)

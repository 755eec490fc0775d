"""Codes of unit grids (15 digits), managed components (17) and matters (11): read, built, checked.

- 单元网格标识码 15: 6 county + 3 street + 3 community + 3 sequence. Length: GB/T 47678.5-2026
  tables 2, 3 (secondary); the split is that of GB/T 30428.1 from general knowledge (unverified).
- 管理部件标识码 17: 6 county + 2 大类 + 3 小类 + 6 sequence (GB/T 47678.5-2026 table 2, secondary).
- 事项代码 11: 6 county + 2 大类 + 3 小类; it names a kind of matter in a county, not one event.

None of them has a check digit: a wrong digit is caught only where county, street or category are
unknown afterwards. 北斗网格位置码 (GB/T 39409-2020) are `layers.crs.beidou`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from topics.kit.errors import TopicError
from topics.kit.schemes import Scheme

COMPONENT, MATTER = "部件", "事项"
LENGTHS = {"单元网格": 15, COMPONENT: 17, MATTER: 11}


class BadCode(TopicError):
    """A code that cannot be right; the text names the digits and what to do."""


@dataclass(frozen=True, slots=True)
class GridCode:
    """A unit grid's parts; `community` is its 12 digits, `town` its 9."""

    county: str
    street: str
    community: str
    sequence: int

    @property
    def town(self) -> str:
        """The nine digits of the street or town."""
        return self.county + self.street

    def __str__(self) -> str:
        """The 15 digits."""
        return f"{self.county}{self.street}{self.community}{self.sequence:03d}"


@dataclass(frozen=True, slots=True)
class ComponentCode:
    """A component's parts; `category` is 大类 and 小类, five digits."""

    county: str
    category: str
    sequence: int

    def __str__(self) -> str:
        """The 17 digits."""
        return f"{self.county}{self.category}{self.sequence:06d}"


@dataclass(frozen=True, slots=True)
class MatterCode:
    """A kind of matter in a county."""

    county: str
    category: str

    def __str__(self) -> str:
        """The 11 digits."""
        return f"{self.county}{self.category}"


def read_grid(text: str) -> GridCode:
    """The parts of a 15-digit unit grid code; BadCode otherwise."""
    code = _digits(text, "单元网格")
    _from_one("单元网格", code, 12, 15, "顺序号")
    return GridCode(code[:6], code[6:9], code[9:12], int(code[12:]))


def read_component(text: str) -> ComponentCode:
    """The parts of a 17-digit component code; BadCode otherwise."""
    code = _digits(text, COMPONENT)
    _from_one(COMPONENT, code, 11, 17, "顺序号")
    return ComponentCode(code[:6], code[6:11], int(code[11:]))


def read_matter(text: str) -> MatterCode:
    """The parts of an 11-digit matter code; BadCode otherwise."""
    code = _digits(text, MATTER)
    return MatterCode(code[:6], code[6:])


def build_grid(community: str, sequence: int) -> str:
    """The code of the `sequence`-th grid (1–999) of a community (12 digits)."""
    _plain("社区(村)", community, 12)
    _range("单元网格", sequence, 999)
    return f"{community}{sequence:03d}"


def build_component(county: str, category: str, sequence: int) -> str:
    """The code of the `sequence`-th component (1–999999) of a category (5 digits) in a county."""
    _plain("县(市、区)", county, 6)
    _plain("部件类别", category, 5)
    _range(COMPONENT, sequence, 999_999)
    return f"{county}{category}{sequence:06d}"


def build_matter(county: str, category: str) -> str:
    """The code of a kind of matter (5 digits) in a county."""
    _plain("县(市、区)", county, 6)
    _plain("事项类别", category, 5)
    return f"{county}{category}"


def check(
    kind: str, text: str, *, region: Callable[[str, date], bool], scheme: Scheme, on: date
) -> str:
    """Why a code of 单元网格, 部件 or 事项 cannot be right on that day; "" when it can.

    `region` says whether a county (6 digits) or town (9 digits) exists on a day: a withdrawn one
    does not. The category must be one of the scheme's in force on that day.
    """
    try:
        if kind == "单元网格":
            grid = read_grid(text)
            return _place(kind, text, grid.county, grid.town, region, on)
        found = read_component(text) if kind == COMPONENT else read_matter(text)
    except BadCode as wrong:
        return str(wrong)
    wrong_place = _place(kind, text, found.county, "", region, on)
    if wrong_place or scheme.find(kind, found.category, on):
        return wrong_place
    return f"{kind}代码 {text}:第 7–11 位 {found.category} 不是 {on} 有效的{kind}类别;请核对分类表"


def _place(
    kind: str, text: str, county: str, town: str, region: Callable[[str, date], bool], on: date
) -> str:
    if not region(county, on):
        return (
            f"{kind}代码 {text}:前 6 位 {county} 在 {on} 不是现行县(市、区);"
            "请核对区划,撤并的换成新代码"
        )
    if town and not region(town, on):
        return (
            f"{kind}代码 {text}:前 9 位 {town} 在 {on} 不是现行镇(街道);请核对区划,撤并的换成新代码"
        )
    return ""


def _digits(text: str, kind: str) -> str:
    code, length = text.strip(), LENGTHS[kind]
    if any(mark != unicodedata.normalize("NFKC", mark) for mark in code):
        raise BadCode(f"{kind}代码 {text!r} 里有全角字符;请改成半角数字")
    wrong = [n for n, mark in enumerate(code, 1) if mark not in "0123456789"]
    if wrong:
        raise BadCode(f"{kind}代码 {text!r} 第 {wrong[0]} 位不是数字;应为 {length} 位数字")
    if len(code) != length:
        lost = ";像是前导 0 或末位被表格软件吃掉,请把该列设为文本" if len(code) < length else ""
        raise BadCode(f"{kind}代码 {text!r} 有 {len(code)} 位,应为 {length} 位{lost}")
    return code


def _from_one(kind: str, code: str, begin: int, end: int, what: str) -> None:
    if not int(code[begin:end]):
        raise BadCode(f"{kind}代码 {code} 第 {begin + 1}–{end} 位{what}为 0;从 1 编起")


def _plain(what: str, text: str, length: int) -> None:
    if len(text) != length or not all(mark in "0123456789" for mark in text):
        raise BadCode(f"{what}代码 {text!r} 应为 {length} 位数字")


def _range(what: str, sequence: int, most: int) -> None:
    if not 1 <= sequence <= most:
        raise BadCode(f"{what}顺序号 {sequence} 应在 1 到 {most} 之间")

"""Category schemes of cases as data: codes with lead bureau, conditions and limits, by validity.

A code alone names nothing: both 部件 and 事项 of GB/T 47678.5-2026 have a 01001, and the edition
before has its own. The key is (standard, kind, code); the day says which standard is in force.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from topics.kit.errors import BadManifest, UnknownCategory
from topics.kit.reference_rows import day, read_rows

LIMIT_UNITS = ("紧急工作时", "工作时", "工作日", "小时", "自然日")
_NEEDED = (
    "standard", "kind", "code", "major", "name", "lead", "opens", "closes", "limit", "unit",
    "valid_from", "valid_to", "source", "status",
)  # fmt: skip
_CODE = re.compile(r"^\d{2}(\d{3})?$")


@dataclass(frozen=True, slots=True)
class Limit:
    """How long handling may take; 工作时 and 工作日 run by the work schedule, 紧急工作时 always."""

    amount: float
    unit: str

    def __str__(self) -> str:
        """As a clerk reads it: 4 工作时."""
        return f"{self.amount:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Category:
    """One category, valid in [valid_from, valid_to); `code` is 大类 (2 digits) or 小类 (5).

    `opens` and `closes` are 立案条件 and 结案条件; `limit` is None where none is set.
    """

    standard: str
    kind: str
    code: str
    name: str
    major: str
    lead: str
    opens: str
    closes: str
    limit: Limit | None
    valid_from: date
    valid_to: date | None
    source: str
    status: str

    @property
    def verified(self) -> bool:
        """Whether no part of the row is marked unverified; if not, pages say 未核实,可改."""
        return "unverified" not in self.status and "未核实" not in self.status

    def holds_on(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


class Scheme:
    """All categories of one scheme, looked up by kind and code on a day."""

    def __init__(self, name: str, categories: Sequence[Category]) -> None:
        """`name` is what people call the scheme, e.g. 城市管理."""
        self.name = name
        self._all = tuple(categories)
        self._by_key: dict[tuple[str, str], list[Category]] = {}
        for one in categories:
            self._by_key.setdefault((one.kind, one.code), []).append(one)

    def __iter__(self) -> Iterator[Category]:
        """Every category, in the order of the table."""
        return iter(self._all)

    def kinds(self, on: date) -> tuple[str, ...]:
        """The kinds in force on that day, in table order: 部件, 事项."""
        return tuple(dict.fromkeys(one.kind for one in self._all if one.holds_on(on)))

    def majors(self, kind: str, on: date) -> tuple[Category, ...]:
        """The 大类 of a kind on that day."""
        return tuple(one for one in self._on(on) if one.kind == kind and not one.major)

    def minors(self, kind: str, on: date, major: str = "") -> tuple[Category, ...]:
        """The 小类 of a kind on that day, or those of one 大类."""
        return tuple(
            one
            for one in self._on(on)
            if one.kind == kind and one.major and major in ("", one.major)
        )

    def find(self, kind: str, code: str, on: date) -> Category | None:
        """The category with that code on that day, if there is one."""
        found = (one for one in self._by_key.get((kind, code), ()) if one.holds_on(on))
        return next(found, None)

    def require(self, kind: str, code: str, on: date) -> Category:
        """The category with that code on that day; UnknownCategory says what there is instead."""
        found = self.find(kind, code, on)
        if found is not None:
            return found
        raise UnknownCategory(self._why_not(kind, code, on))

    def _on(self, on: date) -> Iterator[Category]:
        return (one for one in self._all if one.holds_on(on))

    def _why_not(self, kind: str, code: str, on: date) -> str:
        if kind not in self.kinds(on):
            have = "、".join(self.kinds(on)) or "没有任何类别"
            return f"{self.name}在 {on} 没有“{kind}”;现有:{have}"
        other = self._by_key.get((kind, code), [])
        if other:
            near = other[-1]
            until = f"至 {near.valid_to} 前" if near.valid_to else ""
            return (
                f"{self.name}{kind} {code}({near.name})属 {near.standard},"
                f"自 {near.valid_from} {until}有效,不用于 {on} 的事件;请换成当日有效的代码"
            )
        if not _CODE.match(code):
            return f"{self.name}{kind}代码 {code!r} 不对;小类写 5 位数字(大类 2 位 + 小类 3 位)"
        major = self.find(kind, code[:2], on)
        inside = f"{major.name}里没有 {code}" if major else f"没有大类 {code[:2]}"
        return f"{self.name}{kind}:{inside};请查分类表,地方新增的类别先加进分类表"


def read_scheme(name: str, path: Path) -> Scheme:
    """The scheme in a CSV table; BadManifest names file, row, column and fix.

    Two rows with one (kind, code) must not be in force on the same day.
    """
    rows = read_rows(path, _NEEDED)
    found = [_category(path.name, number, row) for number, row in enumerate(rows, 2)]
    _no_overlaps(path.name, found)
    return Scheme(name, found)


def _category(file: str, number: int, row: dict[str, str]) -> Category:
    where = f"{file} 第 {number} 行"
    for column in ("standard", "kind", "name", "valid_from", "source", "status"):
        if not row[column]:
            raise BadManifest(f"{where} {column} 为空;请填写")
    if not _CODE.match(row["code"]):
        raise BadManifest(f"{where} code:{row['code']!r} 应是 2 位大类或 5 位小类数字")
    if row["major"] != (row["code"][:2] if len(row["code"]) > 2 else ""):
        raise BadManifest(f"{where} major:小类写其代码的前两位,大类不写")
    begin = day(row["valid_from"])
    assert begin is not None
    return Category(
        row["standard"], row["kind"], row["code"], row["name"], row["major"], row["lead"],
        row["opens"], row["closes"], _limit(where, row), begin, day(row["valid_to"]),
        row["source"], row["status"],
    )  # fmt: skip


def _limit(where: str, row: dict[str, str]) -> Limit | None:
    if not row["limit"] and not row["unit"]:
        return None
    if row["unit"] not in LIMIT_UNITS:
        raise BadManifest(f"{where} unit:{row['unit']!r} 不认识;写 {'、'.join(LIMIT_UNITS)} 之一")
    try:
        amount = float(row["limit"])
    except ValueError:
        amount = 0.0
    if not 0 < amount < 10_000:
        raise BadManifest(f"{where} limit:{row['limit']!r} 不是大于 0 的数")
    return Limit(amount, row["unit"])


def _no_overlaps(file: str, found: Sequence[Category]) -> None:
    seen: dict[tuple[str, str], list[Category]] = {}
    for number, one in enumerate(found, 2):
        for other in seen.setdefault((one.kind, one.code), []):
            if one.valid_from < (other.valid_to or date.max) and other.valid_from < (
                one.valid_to or date.max
            ):
                raise BadManifest(
                    f"{file} 第 {number} 行:{one.kind} {one.code} 与 {other.standard} 的同一代码"
                    "有效期重叠;请改 valid_from、valid_to 或去掉一行"
                )
        seen[one.kind, one.code].append(one)

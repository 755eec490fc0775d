"""Region codes and names held against the table in force: withdrawn, unknown, not fitting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from layers.checks.codes import CodedRegion, CodeTable
from layers.checks.contracts import Issue
from layers.checks.repairs import Rewrite
from layers.checks.subject import Subject, is_text
from layers.intake.attributes import key_texts

_CODE_NAMES = re.compile(
    r"区划代?码?$|adcode|xzq(h)?dm|^pac$|(县|区|镇|街道|乡|政区|地区).{0,3}代码|region_?code"
    r"|county_?code|town_?code|^region$",
    re.IGNORECASE,
)
_CODE = re.compile(r"\d{6}|\d{9}|\d{12}")
_SHARE = 0.6  # of the filled values, to take a column for region codes or names by its content
_LEAST_CODE, _LAST_CODE = 110_000, 659_999_999_999
_MOST = 4000  # distinct values; a column of regions has fewer


def look_regions(subject: Subject) -> Iterator[Issue]:
    """Withdrawn, unknown and contradicting regions; nothing without a table."""
    table = subject.rules.codes
    if table is None:
        return
    for column, values in _code_columns(subject, table).items():
        yield from _of_codes(subject, column, values, table)
    for column, values in _name_columns(subject, table).items():
        yield from _of_names(subject, column, values, table)


def look_region_names(subject: Subject) -> Iterator[Issue]:
    """Rows whose code means one region and whose name another of the same level."""
    table = subject.rules.codes
    if table is None:
        return
    codes, names = _code_columns(subject, table), _name_columns(subject, table)
    if len(codes) == 1:
        code = next(iter(codes))
        for column in names:
            yield from _mismatch(subject, code, codes[code], column, names[column], table)


@dataclass(frozen=True)
class _Column:
    """A column of regions: its values as the table writes them, and each row's where needed."""

    values: pd.Series
    plain: Mapping[object, str]

    @property
    def distinct(self) -> list[str]:
        """Every value once."""
        return list(dict.fromkeys(self.plain.values()))

    @cached_property
    def texts(self) -> pd.Series:
        """The value of each row."""
        texts: pd.Series = self.values.map(self.plain).astype("string")
        return texts

    def rows_of(self, wanted: Iterable[str]) -> np.ndarray:
        """The positions of the rows with one of these values."""
        return np.flatnonzero(self.texts.isin(list(wanted)).to_numpy(dtype=bool))


def _code_columns(subject: Subject, table: CodeTable) -> dict[str, _Column]:
    return _columns(subject, lambda name, values: _holds_codes(name, values, table))


def _name_columns(subject: Subject, table: CodeTable) -> dict[str, _Column]:
    return _columns(subject, lambda name, values: _holds_names(values, table))


def _columns(subject: Subject, wanted: Callable[[str, list[str]], bool]) -> dict[str, _Column]:
    """The columns of a kind."""
    found = {}
    for name in subject.columns:
        values = _distinct(subject, name)
        if values is None:
            continue
        plain = key_texts(values)
        known = {raw: text for raw, text in zip(values, plain, strict=True) if pd.notna(text)}
        if wanted(name, list(known.values())):
            found[name] = _Column(subject.frame[name], known)
    return found


def _distinct(subject: Subject, name: str) -> pd.Series | None:
    """The distinct values of texts or whole numbers; None where there are too many for regions."""
    column = subject.frame[name]
    some = column.iloc[:: max(1, len(column) // 2000)]
    if is_text(column):
        if some.nunique() > max(50, len(some) // 2):  # names of things, not of regions
            return None
        found = pd.Series(subject.texts(name).distinct(), dtype="string")
    elif pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column):
        if not some.between(_LEAST_CODE, _LAST_CODE).any():
            return None
        found = pd.Series(column.dropna().unique())
    else:
        return None
    return found if len(found) <= _MOST else None


def _holds_codes(name: str, values: list[str], table: CodeTable) -> bool:
    coded = [one for one in values if _CODE.fullmatch(one)]
    if _CODE_NAMES.search(name):
        return len(coded) >= _SHARE * len(values) > 0
    known = [one for one in coded if table.find(one) or table.withdrawn(one)]
    return len(values) > 0 and len(known) >= _SHARE * len(values)


def _holds_names(values: list[str], table: CodeTable) -> bool:
    known = [one for one in values if table.named(one) or table.once_named(one)]
    return len(values) > 0 and len(known) >= _SHARE * len(values)


def _of_codes(subject: Subject, column: str, texts: _Column, table: CodeTable) -> Iterator[Issue]:
    old: dict[str, CodedRegion] = {}
    for one in texts.distinct:
        gone = table.withdrawn(one)
        if gone is not None:
            old[one] = gone
    new = {one: after.code for one, gone in old.items() if (after := table.successor(gone))}
    if new:
        yield _withdrawn(subject, column, texts, old, new, table)
    lost = [one for one in old if one not in new]
    if lost:
        yield _issue(
            subject, "withdrawn_unknown", column, texts, lost,
            problem=f"“{old[lost[0]].name}”({lost[0]})已撤销,后继区划不在本市",
            remedy="请改成现行区划代码,或删去这些行", severity="error",
        )  # fmt: skip
    unknown = [one for one in texts.distinct if one not in old and not table.find(one)]
    ours = [one for one in unknown if table.ours(one) or not _CODE.fullmatch(one)]
    if ours:
        yield _issue(
            subject, "code_unknown", column, texts, ours,
            problem=f"没有区划代码 {ours[0]}", remedy="请对照区划代码表改正", severity="error",
        )  # fmt: skip
    abroad = [one for one in unknown if one not in ours]
    if abroad:
        yield _issue(
            subject, "code_abroad", column, texts, abroad,
            problem=f"{abroad[0]} 不是本市的区划代码", remedy="请确认这些行是否应当入库",
            severity="notice",
        )  # fmt: skip


def _of_names(subject: Subject, column: str, texts: _Column, table: CodeTable) -> Iterator[Issue]:
    old: dict[str, CodedRegion] = {}
    for one in texts.distinct:
        gone = table.once_named(one)
        if gone is not None:
            old[one] = gone
    new = {}
    for one, gone in old.items():
        after = table.successor(gone)
        if after is not None:
            new[one] = after.name if one == gone.name or not after.short_name else after.short_name
    if new:
        yield _withdrawn(subject, column, texts, old, new, table)


def _withdrawn(
    subject: Subject,
    column: str,
    texts: _Column,
    old: dict[str, CodedRegion],
    new: dict[str, str],
    table: CodeTable,
) -> Issue:
    first = old[next(iter(new))]
    after = table.successor(first)
    told = f"{after.name} {after.code}" if after else ""
    at = texts.rows_of(new)
    before = texts.texts.iloc[at[:5]].tolist()
    return subject.issue(
        "withdrawn",
        column,
        at,
        item=column,
        problem=f"“{first.name}”已撤销" + (f"(共 {len(new)} 个旧区划)" if len(new) > 1 else ""),
        remedy=f"改为 {told}" + ("等现行区划" if len(new) > 1 else ""),
        severity="error",
        fix=f"改为 {told}" if len(new) == 1 else "改为现行区划",
        repair=Rewrite(column, lambda text: new.get(_key(text), text)),
        before=before,
        after=[new[one] for one in before],
    )


def _mismatch(
    subject: Subject,
    code_column: str,
    codes: _Column,
    name_column: str,
    names: _Column,
    table: CodeTable,
) -> Iterator[Issue]:
    pairs = pd.DataFrame(
        {"code": codes.texts.to_numpy(object), "name": names.texts.to_numpy(object)}
    ).dropna()
    wrong = {
        (code, name) for code, name in pairs.drop_duplicates().itertuples(index=False)
        if _contradict(table.find(code), table.named(name))
    }  # fmt: skip
    if not wrong:
        return
    bad = pd.MultiIndex.from_frame(pairs).isin(list(wrong))
    at = pairs.index.to_numpy()[bad]
    code, name = pairs.iloc[np.flatnonzero(bad)[0]]
    region = table.find(code)
    yield subject.issue(
        "code_name",
        f"{code_column}+{name_column}",
        at,
        item=f"{code_column}/{name_column}",
        problem=f"代码 {code} 是“{region.name if region else ''}”,名称写的是“{name}”",
        remedy="请确认哪一个对,改正另一个",
        severity="error",
        before=[f"{a} {b}" for a, b in pairs.iloc[np.flatnonzero(bad)[:5]].itertuples(index=False)],
    )


def _contradict(region: CodedRegion | None, named: tuple[CodedRegion, ...]) -> bool:
    same_level = [one for one in named if region is not None and one.level == region.level]
    return bool(same_level) and region not in same_level


def _issue(
    subject: Subject, kind: str, column: str, texts: _Column, values: list[str], **about: object
) -> Issue:
    at = texts.rows_of(values)
    return subject.issue(kind, column, at, before=texts.texts.iloc[at[:5]].tolist(), **about)  # type: ignore[arg-type]


def _key(text: str) -> str:
    return text.strip().removesuffix(".0")

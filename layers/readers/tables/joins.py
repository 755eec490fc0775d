"""Rows without coordinates placed by the code or name of their region; never by a name in doubt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from layers.contracts import Choice, Question
from layers.errors import NeedsAnswer
from layers.readers.contracts import Upload
from layers.readers.coordinates import Place, answer
from layers.readers.detect import refuse
from layers.readers.gazetteer import Gazetteer, Region
from layers.readers.tally import Tally

CODE_COLUMN = "行政区划代码"
_CODE = re.compile(r"\d{6}|\d{9}|\d{12}")
_CODE_NAMES = re.compile(r"代码|编码|区划|code|gb|pac|xzqdm|xzqh", re.IGNORECASE)
_REGION_NAMES = re.compile(
    r"县|区|市|镇|乡|街道|地区|属地|region|county|town|district|name|名称", re.I
)
_PROMISED, _FOUND = 0.5, 0.9  # share of values that must match: with a telling name, without
_SHOWN = 5
_LOOKED_UP = 300  # names that suggestions are sought for


@dataclass(frozen=True, slots=True)
class _Match:
    """What one written value means: a region, or why it is none."""

    region: Region | None
    problem: str = ""
    remedy: str = ""
    ambiguous: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """A column to join by, with what each of its values means."""

    role: str
    name: str
    texts: pd.Series
    parents: pd.Series | None
    matches: Mapping[tuple[str, str], _Match]

    def of(self, position: int) -> _Match | None:
        """The meaning of a row's value; None for an empty one."""
        text = self.texts.iloc[position]
        if pd.isna(text):
            return None
        parent = "" if self.parents is None else self.parents.iloc[position]
        return self.matches[str(text), "" if pd.isna(parent) else str(parent)]


def join(
    upload: Upload,
    frame: pd.DataFrame,
    rows: np.ndarray,
    tally: Tally,
    columns: Mapping[str, str],
    gazetteer: Gazetteer | None,
) -> Place | None:
    """The shapes of the rows' regions; None where no column names regions.

    `frame` holds the cells as text: codes with all their digits.

    The first time it only asks (NeedsAnswer, kind join): `columns` must name the role code or name.
    """
    told = [role for role in ("code", "name") if columns.get(role)]
    if not told:
        if gazetteer is not None and (found := _candidates(frame, gazetteer)):
            raise _question(upload, found, gazetteer)
        return None
    if gazetteer is None:
        refuse(
            upload,
            "没有可信的区划界线,不能按代码或名称落图",
            "请先用 tonglan reference set outline 设定",
        )
    for role in ("code", "name", "parent"):
        if columns.get(role) and columns[role] not in frame.columns:
            refuse(upload, f"没有指定的列“{columns[role]}”({role})", "请核对列名")
    parent = columns.get("parent") or None
    column = _column(
        told[0], columns[told[0]], frame, gazetteer, parent, bool(columns.get("successor"))
    )
    return _placed(column, rows, tally, gazetteer)


def region_columns(frame: pd.DataFrame) -> list[str]:
    """Columns that look like codes of regions, where there is no gazetteer to be sure."""
    return [
        str(column)
        for column in frame.columns
        if _CODE_NAMES.search(str(column)) and _share_of_codes(frame[column]) > _PROMISED
    ]


def _texts(column: pd.Series) -> pd.Series:
    """The texts without blanks around them; missing where there is none."""
    text = column.astype("string").str.strip()
    return text.mask(text == "")


def _share_of_codes(column: pd.Series) -> float:
    texts = _texts(column).dropna()
    return float(texts.map(lambda text: bool(_CODE.fullmatch(text))).mean()) if len(texts) else 0.0


def _candidates(frame: pd.DataFrame, gazetteer: Gazetteer) -> list[_Column]:
    """The columns that name regions, codes before names, the best first."""
    found = []
    for column in map(str, frame.columns):
        for role, names in (("code", _CODE_NAMES), ("name", _REGION_NAMES)):
            least = _PROMISED if names.search(column) else _FOUND
            if _share(frame[column], role, gazetteer) >= least:
                parent = _parent_of(frame, column, gazetteer) if role == "name" else None
                found.append(_column(role, column, frame, gazetteer, parent, False))
                break
    return sorted(found, key=lambda one: (one.role != "code", -_matched(one)))


def _share(column: pd.Series, role: str, gazetteer: Gazetteer) -> float:
    """The share of the column's distinct values that are codes or names of regions."""
    texts = _texts(column).dropna().unique()[:2000]
    if not len(texts):
        return 0.0
    test = gazetteer.find if role == "code" else gazetteer.named
    return sum(bool(test(str(text))) for text in texts) / len(texts)


def _parent_of(frame: pd.DataFrame, column: str, gazetteer: Gazetteer) -> str | None:
    """Another column that names the regions above, where the column's own names are in doubt."""
    texts = _texts(frame[column]).dropna().unique()
    if not any(len(gazetteer.named(str(text))) > 1 for text in texts):
        return None
    for other in map(str, frame.columns):
        if other == column:
            continue
        role = "code" if _share(frame[other], "code", gazetteer) >= _FOUND else "name"
        if _share(frame[other], role, gazetteer) < _FOUND:
            continue
        pairs = frame[[column, other]].dropna().drop_duplicates().head(500)
        fits = [
            bool(gazetteer.named(str(own), _code_of(above, gazetteer)))
            for own, above in zip(pairs[column], pairs[other], strict=True)
        ]
        if fits and all(fits):
            return other
    return None


def _code_of(text: object, gazetteer: Gazetteer) -> str:
    """The code of the only region that the text names, "" for none or several."""
    written = str(text).removesuffix(".0")
    region = gazetteer.find(written)
    found = (region,) if region else gazetteer.named(written)
    return found[0].code if len(found) == 1 else ""


def _column(
    role: str,
    name: str,
    frame: pd.DataFrame,
    gazetteer: Gazetteer,
    parent: str | None,
    successor: bool,
) -> _Column:
    texts = _texts(frame[name])
    parents = _texts(frame[parent]) if parent else None
    pairs = pd.DataFrame({"own": texts, "above": "" if parents is None else parents.fillna("")})
    pairs = pairs.dropna().drop_duplicates()
    suggested = _Suggestions(gazetteer)
    matches = {
        (str(own), str(above)): _match(str(own), str(above), gazetteer, suggested, successor)
        for own, above in zip(pairs["own"], pairs["above"], strict=True)
    }
    return _Column(role, name, texts, parents, matches)


class _Suggestions:
    """Names like one that is unknown; only for so many, as each costs a look at all."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._names = gazetteer.names()
        self._left = _LOOKED_UP

    def like(self, text: str) -> list[str]:
        if self._left <= 0:
            return []
        self._left -= 1
        return difflib.get_close_matches(text, self._names, n=3, cutoff=0.5)


def _match(
    text: str, above: str, gazetteer: Gazetteer, suggested: _Suggestions, successor: bool
) -> _Match:
    region = gazetteer.find(text)
    parent = _code_of(above, gazetteer) if above else ""
    found = (region,) if region else gazetteer.named(text, parent)
    if not found:
        return _unknown(text, gazetteer, suggested)
    if len(found) > 1:
        named = "、".join(f"{one.code} {gazetteer.title(one)}" for one in found[:_SHOWN])
        problem = f"“{text}”有 {len(found)} 个:{named}"
        return _Match(
            None, problem, "请改写为其中一个的代码,或在名称前写上所属县(市、区)", ambiguous=True
        )
    if found[0].withdrawn:
        return _withdrawn(text, found[0], gazetteer, successor)
    if found[0].geometry is None:
        return _Match(
            None,
            f"“{text}”({found[0].code})在可信界线里没有图形",
            "请补上坐标,或先设定这一级的界线",
        )
    return _Match(found[0])


def _unknown(text: str, gazetteer: Gazetteer, suggested: _Suggestions) -> _Match:
    if _CODE.fullmatch(text):
        return _Match(None, f"区划代码 {text} 不存在", "请核对代码")
    names = suggested.like(text)
    hint = f"是否为{'、'.join(f'“{name}”' for name in names)}?" if names else "请核对名称"
    return _Match(None, f"“{text}”不是已知的区划名称", f"{hint}也可改写为区划代码")


def _withdrawn(text: str, region: Region, gazetteer: Gazetteer, successor: bool) -> _Match:
    later = gazetteer.by_code.get(region.successor)
    if successor and later is not None and later.geometry is not None:
        return _Match(later, withdrawn=True)
    now = f",现为 {later.name} {later.code}" if later else ""
    problem = f"“{text}”({region.name})已于 {region.valid_to} 撤销{now}"
    remedy = f"请改为 {later.code}" if later else "请核对代码"
    return _Match(None, problem, remedy, withdrawn=True)


def _matched(column: _Column) -> int:
    return sum(one.region is not None for one in column.matches.values())


def _question(upload: Upload, found: list[_Column], gazetteer: Gazetteer) -> NeedsAnswer:
    options = []
    for column in found:
        told = {column.role: column.name}
        if column.parents is not None:
            told["parent"] = str(column.parents.name)
        kind = "区划代码" if column.role == "code" else "区划名称"
        options.append(Choice(answer(**told), f"按{kind}列“{column.name}”落图", _detail(column)))
        if any(one.withdrawn for one in column.matches.values()):
            title = f"按{kind}列“{column.name}”落图,撤销的代码用后继区划"
            options.append(Choice(answer(**told, successor="是"), title, _detail(column)))
    names = "、".join(f"“{one.name}”" for one in found)
    first = found[0]
    way = f"要不要按区划落图(命令行写 --column {first.role}={first.name})?{_detail(first)}"
    text = f"{upload.name}:没有坐标列,但 {names} 列写的是区划;{way}"
    return NeedsAnswer(text, Question("join", text, tuple(options)))


def _detail(column: _Column) -> str:
    """How many values match, and what becomes of the others."""
    matches = list(column.matches.values())
    words = [f"{len(matches)} 个不同的值里有 {_matched(column)} 个对上"]
    if column.parents is not None:
        words.append(f"同名的用“{column.parents.name}”列区分")
    problems = [f"{one.problem}({one.remedy})" for one in matches if one.problem]
    words += problems[:_SHOWN]
    if len(problems) > _SHOWN:
        words.append(f"另有 {len(problems) - _SHOWN} 个对不上")
    return ";".join(words)


def _placed(column: _Column, rows: np.ndarray, tally: Tally, gazetteer: Gazetteer) -> Place:
    geometries = np.full(len(rows), None, dtype=object)
    codes = np.full(len(rows), None, dtype=object)
    problems: dict[tuple[str, str], list[int]] = {}
    followed: set[str] = set()
    for position in range(len(rows)):
        match = column.of(position)
        if match is None:
            problems.setdefault(("为空", "补上代码或名称后重新导入"), []).append(position)
        elif match.region is None:
            problems.setdefault((match.problem, match.remedy), []).append(position)
        else:
            geometries[position] = match.region.geometry
            codes[position] = match.region.code
            if match.withdrawn:
                followed.add(str(column.texts.iloc[position]))
    for (problem, remedy), positions in problems.items():
        tally.add(rows[positions], column.name, problem, remedy)
    kind = "区划代码" if column.role == "code" else "区划名称"
    words = [f"没有坐标,按{kind}列“{column.name}”取区划的图形"]
    if column.parents is not None:
        words.append(f"同名的用“{column.parents.name}”列区分")
    if followed:
        words.append(f"撤销的 {'、'.join(sorted(followed))} 用了后继区划")
    return Place(geometries, (), "EPSG:4326", tuple(words), shapely.is_missing(geometries), codes)

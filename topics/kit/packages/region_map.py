"""A package moved into another city: every code of a region replaced by a table, or refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from topics.kit.errors import BadPackage
from topics.kit.manifest import MANIFEST_NAME, Manifest
from topics.kit.packages.region_codes import codes_in_python, codes_used
from topics.kit.packages.region_manifest import codes_in_texts, emptied_rules, rewrite
from topics.kit.packages.samples import FOLDER, readers_of
from topics.kit.periods import ZONE
from topics.kit.reference_rows import read_rows
from topics.kit.refresh.excel_table import is_excel
from topics.kit.refresh.tables import decode
from topics.kit.regions import RegionTree

_COLUMNS = ("from", "to")


@dataclass(frozen=True, slots=True)
class RegionMap:
    """From the package's codes to this city's; `left_out` are codes whose rows are dropped."""

    codes: Mapping[str, str]
    left_out: frozenset[str] = field(default_factory=frozenset)


def read_map(path: Path) -> dict[str, str]:
    """The table from,to; BadPackage names the row of what stands twice or shares a region out."""
    codes: dict[str, str] = {}
    problems = []
    for number, row in enumerate(read_rows(path, _COLUMNS), 2):
        where, old, new = f"{path.name} 第 {number} 行", row["from"], row["to"]
        if not old or not new:
            problems.append(f"{where}:from、to 都要填;没有对应的区划就不写这一行")
        elif codes.get(old, new) != new or row.get("share") not in (None, "", "1", "1.0", "100%"):
            problems.append(f"{where}:{old} 对应到几个区划;一个代码只能换成一个,不能按比例分")
        else:
            codes[old] = new
    if problems:
        raise BadPackage(*problems)
    return codes


def plan(
    manifest: Manifest,
    folder: Path,
    files: Sequence[str],
    regions: RegionTree,
    given: Mapping[str, str],
    told: Mapping[str, tuple[str, str]],
    *,
    skip: bool,
) -> RegionMap:
    """What has to be replaced, checked against this city; BadPackage lists what cannot be.

    `told` are names and levels as the packer's city has them. Nothing is guessed from order or
    name: a code that is in no table and not of this city is refused, or left out with `skip`.
    """
    uses = {one.code: one.where for one in codes_used(manifest, folder, tuple(files))}
    here = {code for code in uses if code not in given and regions.find(code, _today())}
    missing = {one: uses[one] for one in uses if one not in given and one not in here}
    problems = [*_wrong_targets(given, regions, told)]
    if missing and not skip:
        problems += [_missing(code, where, told) for code, where in missing.items()]
        problems.append(
            "写一张对照表(CSV,两列 from,to),用 --regions 给出;"
            "本市没有对应的,加 --skip-unmapped 略去"
        )
    moving = {old: new for old, new in given.items() if old in uses and old != new}
    if moving:
        python = [one for one in files if one.endswith(".py") and not one.startswith("tests/")]
        problems += [
            f"{one.where}:Python 里写着区划代码 {one.code},对照表换不了;请提供者改为从来源读取"
            for one in codes_in_python(folder, tuple(python))
            if one.code in moving or one.code in missing
        ]
    gone = {*moving, *missing}
    problems += [
        f"{one.where}:这里写着区划代码 {one.code},对照表换不了;请提供者改为从来源或点位表读取"
        for one in codes_in_texts(folder / MANIFEST_NAME)
        if one.code in gone
    ]
    problems += emptied_rules(manifest, frozenset(missing))
    if problems:
        raise BadPackage(*problems)
    return RegionMap(moving, frozenset(missing))


def apply(manifest: Manifest, folder: Path, files: Sequence[str], mapped: RegionMap) -> None:
    """Replace the codes in the folder's manifest, tables of sites and samples."""
    if not mapped.codes and not mapped.left_out:
        return
    for name in files:
        if name.startswith(f"{FOLDER}/"):
            for spec in readers_of(manifest, name):
                if spec.map is not None and spec.map.region:
                    own = {code: code for code in spec.map.regions}
                    _sample(folder / name, spec.map.region, mapped, own, spec.encoding)
    for one in manifest.sites:
        _table(folder / one.file, "region", mapped)
    rewrite(folder / MANIFEST_NAME, mapped.codes, mapped.left_out)


def _today() -> date:
    return datetime.now(ZONE).date()


def _wrong_targets(
    given: Mapping[str, str], regions: RegionTree, told: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    for old, new in given.items():
        target = regions.find(new, _today())
        if target is None:
            yield f"对照表 {old} → {new}:本市没有区划 {new};请核对"
        elif old in told and told[old][1] != target.level:
            name, level = told[old]
            yield (
                f"对照表 {old}({name},{level})→ {new}({target.name},{target.level}):层级不同;"
                "市对市、县对县、镇对镇"
            )


def _missing(code: str, where: str, told: Mapping[str, tuple[str, str]]) -> str:
    name = f"({told[code][0]})" if code in told else ""
    return f"{where}:本市没有区划 {code}{name},对照表里也没有"


def _table(path: Path, column: str, mapped: RegionMap, encoding: str = "utf-8") -> None:
    """Replace codes in one column of a CSV; rows of codes left out go."""
    text = decode(path.read_bytes(), encoding, path.name)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or column not in rows[0]:
        return
    at = rows[0].index(column)
    kept = [rows[0]]
    for row in rows[1:]:
        code = row[at].strip() if at < len(row) else ""
        if code in mapped.left_out:
            continue
        kept.append([mapped.codes.get(code, one) if n == at else one for n, one in enumerate(row)])
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(kept)
    path.write_text(out.getvalue(), encoding="utf-8")


def _sample(
    path: Path, column: str, mapped: RegionMap, own: Mapping[str, str], encoding: str
) -> None:
    """Replace codes in a sample; codes of the source's own are left as they are."""
    mapped = RegionMap(
        {old: new for old, new in mapped.codes.items() if old not in own}, mapped.left_out
    )
    if is_excel(path.read_bytes()[:8]):
        _workbook(path, column, mapped)
    elif path.suffix.lower() == ".csv":
        _table(path, column, mapped, encoding)
    else:
        text = path.read_text(encoding="utf-8")
        for old, new in mapped.codes.items():
            text = text.replace(f'"{old}"', f'"{new}"')
        path.write_text(text, encoding="utf-8")


def _workbook(path: Path, column: str, mapped: RegionMap) -> None:
    try:
        book = load_workbook(path)
    except (InvalidFileException, KeyError, ValueError, OSError) as wrong:
        raise BadPackage(f"{path.name}:打不开,换不了区划代码;请另存为 .xlsx 后打包") from wrong
    for sheet in book.worksheets:
        at: int | None = None
        drop = []
        for row in sheet.iter_rows():
            titles = ["".join(str(cell.value or "").split()) for cell in row]
            if column in titles:
                at = titles.index(column)
                continue
            if at is None:
                continue
            cell = row[at]
            code = str(cell.value or "").strip().removesuffix(".0")
            if code in mapped.left_out:
                drop.append(cell.row)
            elif code in mapped.codes:
                cell.value = mapped.codes[code]
        for number in reversed(drop):
            sheet.delete_rows(number)
    book.save(path)

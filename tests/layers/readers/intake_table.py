"""Every real and broken file as its owner would send it, what we make of it, and what GDAL does."""

from __future__ import annotations

import re
import shutil
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyogrio

from layers.errors import NeedsAnswer, UnreadableFile
from layers.readers import Reading, Upload, read

# Files of one stem that belong together; an owner zips them.
_TOGETHER = (
    {".shp", ".shx", ".dbf", ".prj", ".cpg"},
    {".tab", ".map", ".dat", ".id", ".ind"},
    {".mif", ".mid"},
)
# Tiles, rule files and the like: tests of other parts, nothing that anybody uploads as a layer.
_NO_UPLOADS = {"mvt-fixtures", "promtool"}
_REPAIRED = re.compile("重建|略过|读不通内容|内容却不像|对调|已标记删除|编码不同|按内容读取")
_LONGEST = 150
OUTCOMES = {"opened": "打开", "fixed": "修正", "asked": "提问", "refused": "拒收"}


@dataclass(frozen=True, slots=True)
class Case:
    """One upload: the name in the table and the files that it is made of."""

    name: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How an upload ended, what the owner is told, and what GDAL alone would have done."""

    outcome: str
    words: str
    gdal: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an upload should end, words that the owner must see, and why."""

    outcome: str
    words: str
    why: str


def cases(data: Path) -> list[Case]:
    """The uploads in the folders of messy and conformance files, in the order of names."""
    found: dict[str, list[Path]] = {}
    for folder in ("messy", "conformance"):
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and not _NO_UPLOADS & set(path.parts):
                found.setdefault(_name(path.relative_to(data / folder)), []).append(path)
    return [Case(name, tuple(files)) for name, files in sorted(found.items())]


def _name(path: Path) -> str:
    for together in _TOGETHER:
        if path.suffix.lower() in together:
            return f"{path.with_suffix('')}.{'+'.join(one[1:] for one in sorted(together))}"
    return str(path)


def uploaded(case: Case, folder: Path) -> Upload:
    """The upload in a folder of its own: a zip where several files belong together."""
    folder.mkdir()
    first = case.files[0]
    if not any(first.suffix.lower() in one for one in _TOGETHER):
        shutil.copyfile(first, folder / first.name)
        return Upload(folder / first.name, first.name)
    path = folder / f"{first.stem}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for one in case.files:
            packed.write(one, one.name)
    return Upload(path, path.name)


def result(case: Case, folder: Path) -> Result:
    """What becomes of the upload here and with GDAL alone."""
    upload = uploaded(case, folder)
    by_gdal = _gdal(upload.path)
    harmless = upload.path.with_name("upload")
    upload.path.rename(harmless)
    try:
        outcome, words = _opened(read(Upload(harmless, upload.name)))
    except NeedsAnswer as asked:
        outcome, words = "asked", str(asked)
    except UnreadableFile as refused:
        outcome, words = "refused", str(refused)
    return Result(outcome, _short(words), by_gdal)


def _opened(reading: Reading) -> tuple[str, str]:
    about = f"{reading.format},{len(reading.frame)} 个要素"
    if reading.raster is not None:
        about = f"{reading.format},{reading.raster.width}×{reading.raster.height} 像元"
    if reading.left_out is not None:
        about += f",{len(reading.left_out)} 行列入待补"
    told = [f"{one.item}{one.problem}({one.count} 处)" for one in reading.problems]
    told += [one for one in reading.evidence if _REPAIRED.search(one)]
    return ("fixed" if told else "opened"), ";".join([about, *told])


def _gdal(path: Path) -> str:
    try:
        with warnings.catch_warnings(action="ignore"):
            frame = pyogrio.read_dataframe(path)
    except Exception as wrong:  # noqa: BLE001  whatever a bare read may throw is what is shown
        return f"出错:{type(wrong).__name__}"
    if not isinstance(frame, gpd.GeoDataFrame):
        return f"当成表,{len(frame)} 行"
    nothing = int((frame.geometry.isna() | frame.geometry.is_empty).sum())
    return f"{len(frame)} 个要素" + (f",{nothing} 个没有几何" if nothing else "")


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def render(wanted: Mapping[str, Wanted], results: Mapping[str, Result]) -> str:
    """The page: numbers first, then a row for each upload, by folder."""
    counted = Counter(one.outcome for one in results.values())
    numbers = "、".join(f"{title} {counted[name]}" for name, title in OUTCOMES.items())
    lines = [
        "# 入库对照表",
        "",
        "本页由 `tests/layers/readers/test_intake_table.py` 生成,测试保证两者一致;请勿手工修改。",
        "重新生成:`TONGLAN_BLESS=1 .venv/bin/python -m pytest"
        " tests/layers/readers/test_intake_table.py`。",
        "“应当”是人工逐个判定的,记在 `tests/layers/readers/wanted_intake.csv`(含理由)。",
        "",
        "- **打开**:原样读入。**修正**:读入,改了或略过了什么都已说明;没有位置的行列入待补,不丢。",
        "- **提问**:只有人能定(选哪一层、哪种编码、按什么地区落图),附可选答案。",
        "- **拒收**:说明原因和出路。",
        "- 多个文件组成的数据(Shapefile、MapInfo)按常见做法打成一个 zip 上传。",
        "- 本表只到读入为止:坐标系的判断取决于可信界线,读入之后另行进行。",
        "- “仅用 GDAL”是同一文件直接交给 `pyogrio.read_dataframe` 的结果。",
        "",
        f"共 {len(results)} 份:{numbers}。{_contrast(results)}",
    ]
    folder = None
    for name, one in results.items():
        if name.split("/", 1)[0] != folder:
            folder = name.split("/", 1)[0]
            lines += ["", f"## {folder}", "", "| 文件 | 应当 | 实际 | 说明 | 仅用 GDAL |"]
            lines.append("| --- | --- | --- | --- | --- |")
        cells = (
            f"`{name.split('/', 1)[-1]}`",
            OUTCOMES[wanted[name].outcome],
            OUTCOMES[one.outcome],
            one.words,
            one.gdal,
        )
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _contrast(results: Mapping[str, Result]) -> str:
    """What GDAL alone hides, in one sentence."""
    silent = sum(one.gdal.endswith("没有几何") for one in results.values())
    failed = sum(
        one.gdal.startswith("出错") and one.outcome in {"opened", "fixed", "asked"}
        for one in results.values()
    )
    return f"仅用 GDAL:{silent} 份悄悄得到空几何,另有 {failed} 份我们能用的读不出来。"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def differing(
    wanted: Mapping[str, Wanted], results: Mapping[str, Result], names: Iterable[str]
) -> Sequence[str]:
    """The uploads that did not end as they should, in words."""
    return [
        f"{name}: 应当 {wanted[name].outcome} “{wanted[name].words}”,"
        f"实际 {results[name].outcome} “{results[name].words}”"
        for name in names
        if results[name].outcome != wanted[name].outcome
        or wanted[name].words not in results[name].words
    ]

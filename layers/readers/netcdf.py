"""What is wrong with a NetCDF by the CF conventions, and the links that are never followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from layers.readers.contracts import Upload
from layers.readers.detect import refuse

if TYPE_CHECKING:
    import h5py
    from rasterio.io import DatasetReader

Finding = tuple[str, str, str]  # item, problem, remedy

_SINCE = re.compile(r"^\s*\w+\s+since\s+\S+", flags=re.IGNORECASE)
_CALENDARS = {"standard", "gregorian", "proleptic_gregorian"}
_LON = {"degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese"}
_LAT = {"degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn"}
_MOST_OBJECTS = 100_000
_REMEDY = "请按 CF 约定补正元数据;原件照样留存"


def cf_problems(dataset: DatasetReader) -> Iterator[Finding]:
    """What the attributes lack or have wrong; the raster is kept all the same."""
    tags = {**dataset.tags(), **(dataset.tags(1) if dataset.count else {})}
    if not tags.get("NC_GLOBAL#Conventions", "").upper().startswith("CF"):
        yield "Conventions", "没有声明遵循 CF 约定", _REMEDY
    for name in _named(tags):
        yield from _of_variable(name, tags)
    if dataset.crs is None:
        yield "坐标系", "没有 grid_mapping,也认不出坐标系", "请补上 grid_mapping,或导入时指明坐标系"


def refuse_links(upload: Upload) -> None:
    """Refuse an HDF5 file that points to other files: opening those would read what is not its."""
    with upload.path.open("rb") as handle:
        if not handle.read(8).startswith(b"\x89HDF"):
            return
    import h5py

    try:
        with h5py.File(upload.path, "r") as file:
            pointer = _pointer(file)
    except (OSError, RuntimeError, ValueError, KeyError) as wrong:
        refuse(
            upload, f"NetCDF/HDF5 读不出({type(wrong).__name__})", "请重新下载或重新导出后再导入"
        )
    if pointer:
        refuse(upload, f"里面的 {pointer} 指向别的文件", "请把数据都写进同一个文件后再导入")


def _pointer(file: h5py.File) -> str | None:
    """The name of the first thing that lies outside the file."""
    import h5py

    waiting: list[h5py.Group] = [file["/"]]
    known = {file["/"].id.__hash__()}
    for _ in range(_MOST_OBJECTS):
        if not waiting:
            return None
        group = waiting.pop()
        for name in group:
            if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
                return str(name)
            found = group.get(name)
            if isinstance(found, h5py.Dataset) and (found.external or found.is_virtual):
                return str(name)
            if isinstance(found, h5py.Group) and found.id.__hash__() not in known:
                known.add(found.id.__hash__())
                waiting.append(found)
    return "过多的分组"


def _named(tags: dict[str, str]) -> list[str]:
    names = {key.split("#")[0] for key in tags if "#" in key}
    return sorted(names - {"NC_GLOBAL"})


def _of_variable(name: str, tags: dict[str, str]) -> Iterator[Finding]:
    standard = tags.get(f"{name}#standard_name", "").lower()
    units = tags.get(f"{name}#units", "")
    axis = tags.get(f"{name}#axis", "").upper()
    if name.lower() == "time" or standard == "time" or axis == "T":
        if not _SINCE.match(units):
            yield name, f"时间单位是“{units}”,没有起点", "应写成 hours since 2026-01-01 这样"
        calendar = tags.get(f"{name}#calendar", "standard").lower()
        if calendar not in _CALENDARS:
            yield name, f"用的是 {calendar} 历", "日期与公历不同,使用时请换算"
    for right, allowed, words in (("longitude", _LON, "经度"), ("latitude", _LAT, "纬度")):
        if standard == right and units.lower() not in allowed:
            shown = units or "(空)"
            yield name, f"{words}的单位是“{shown}”", f"应是 {sorted(allowed, key=len)[-1]}"

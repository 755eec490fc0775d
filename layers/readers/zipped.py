"""What a zip holds, and the one of it to read, laid out under plain names.

A zip may hold one file of any kind that is read, a Shapefile or MapInfo table in any folder, a
FileGDB, or several of these: then a person chooses. Archives inside archives are not opened,
except a KMZ, which is a zip of one KML.
"""

from __future__ import annotations

import re
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from layers.contracts import Choice, Question
from layers.errors import NeedsAnswer
from layers.readers import archive
from layers.readers.choose import choose
from layers.readers.contracts import Part, Reading, ReadOptions, Upload
from layers.readers.detect import Kind, detect, refuse, refuse_by_suffix

_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_MAPINFO = (".tab", ".map", ".dat", ".id", ".ind", ".mif", ".mid")
_PLACES = {".gpkg", ".geojson", ".geojsonl", ".topojson", ".kml", ".kmz", ".fgb", ".parquet"}
_PLACES |= {".geoparquet", ".tif", ".tiff", ".nc"}
_TABLES = {".json", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls"}
_NESTED = {".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"}
_GDB_TABLE = re.compile(r"a[0-9a-f]{8}\.gdbtable$", re.I)
_LONE_PARTS = {".dbf", ".shx", ".prj", ".cpg"}
_SHAPES = {1: "point", 8: "point", 3: "line", 5: "polygon"}
_BETWEEN = "|"  # between the file in the zip and the layer in the file


@dataclass(frozen=True, slots=True)
class Dataset:
    """One thing in a zip that can be read; `files` by the ending or name to lay them out under."""

    name: str
    kind: Kind | None  # None: decided by the content
    files: dict[str, zipfile.ZipInfo] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The file to read, the options for its reader, and what else the zip held."""

    upload: Upload
    kind: Kind
    options: ReadOptions
    dataset: str
    parts: tuple[Part, ...]
    unread: tuple[str, ...]
    files: int

    def named(self, reading: Reading) -> Reading:
        """The reading with its part named as a part of the zip."""
        notes = {**reading.notes, "files": self.files, "unread": self.unread}
        evidence = reading.evidence
        if self.unread:
            evidence = (*evidence, f"zip 里另有 {_listed(self.unread)},未读取")
        if len(self.parts) > 1:
            part = self.dataset + (_BETWEEN + reading.part if reading.part else "")
            return replace(reading, parts=self.parts, part=part, notes=notes, evidence=evidence)
        return replace(reading, notes=notes, evidence=evidence)

    def asked(self, asks: NeedsAnswer) -> NeedsAnswer:
        """The question of the file's reader, its parts named as parts of the zip."""
        question = asks.question
        if question is None or question.kind != "part" or len(self.parts) == 1:
            return asks
        options = tuple(
            Choice(f"{self.dataset}{_BETWEEN}{one.value}", one.title, one.detail)
            for one in question.options
        )
        return NeedsAnswer(str(asks), Question("part", question.text, options))


@contextmanager
def chosen(upload: Upload, options: ReadOptions) -> Iterator[Chosen]:
    """The dataset to read; raises NeedsAnswer when there are several and none was named."""
    with (
        archive.opened(upload) as packed,
        tempfile.TemporaryDirectory(dir=upload.path.parent) as folder,
    ):
        found = archive.members(upload, packed)
        if not found:
            refuse(upload, "zip 里没有文件", "请确认打包时选中了数据文件")
        datasets, unread = datasets_in(upload, found)
        parts = tuple(_part(packed, one) for one in datasets)
        wanted, inner = _split(options.part, datasets)
        part = choose(upload, parts, wanted, "数据")
        dataset = next(one for one in datasets if one.name == part.name)
        path = _lay_out(upload, packed, dataset, Path(folder))
        inside = Upload(path, f"{upload.name} 里的 {PurePosixPath(dataset.name).name}")
        yield Chosen(
            inside,
            dataset.kind or _kind(inside, upload),
            replace(options, part=inner),
            dataset.name,
            parts,
            unread,
            len(found),
        )


def datasets_in(
    upload: Upload, found: dict[str, zipfile.ZipInfo]
) -> tuple[list[Dataset], tuple[str, ...]]:
    """What can be read, in the order of names, and the names of tables that stand aside for it."""
    nested = [name for name in found if _suffix(name) in _NESTED]
    if nested:
        refuse(upload, f"zip 里还有压缩包 {nested[0]}", "请解压后把数据文件直接打成一个 zip")
    places = _geodatabases(found)
    inside = {id(info) for one in places for info in one.files.values()}
    rest = {name: info for name, info in found.items() if id(info) not in inside}
    places += [*_grouped(rest, ".shp", _SHAPEFILE, Kind.SHAPEFILE)]
    places += [*_grouped(rest, ".tab", _MAPINFO, Kind.MAPINFO)]
    places += [*_grouped(rest, ".mif", _MAPINFO, Kind.MAPINFO)]
    places += [_single(name, rest[name]) for name in rest if _suffix(name) in _PLACES]
    tables = [_single(name, rest[name]) for name in rest if _suffix(name) in _TABLES]
    main = _main_kml(places)
    if main is not None:
        return [main], ()
    if places:
        return sorted(places, key=_by_name), tuple(sorted(one.name for one in tables))
    if tables:
        return sorted(tables, key=_by_name), ()
    _refuse_nothing(upload, rest)
    return [], ()


def _refuse_nothing(upload: Upload, found: dict[str, zipfile.ZipInfo]) -> None:
    """Say what is missing when the zip holds nothing that is read."""
    endings = {_suffix(name) for name in found}
    if endings & _LONE_PARTS:
        there = "、".join(sorted(endings & _LONE_PARTS))
        refuse(
            upload, f"zip 里只有 {there},没有 .shp", "请把同名的 .shp、.shx、.dbf、.prj 一起打包"
        )
    for name in found:
        refuse_by_suffix(Upload(upload.path, f"{upload.name} 里的 {PurePosixPath(name).name}"))
    refuse(upload, "zip 里没有 .shp 或其他能读的数据", "请把 .shp、.shx、.dbf、.prj 一起打包")


def _geodatabases(found: dict[str, zipfile.ZipInfo]) -> list[Dataset]:
    folders = {str(PurePosixPath(name).parent) for name in found if _GDB_TABLE.search(name)}
    return [
        Dataset(
            folder if folder != "." else "数据.gdb",
            Kind.FILEGDB,
            {
                PurePosixPath(name).name: info
                for name, info in found.items()
                if str(PurePosixPath(name).parent) == folder
            },
        )
        for folder in sorted(folders)
    ]


def _grouped(
    found: dict[str, zipfile.ZipInfo], main: str, endings: tuple[str, ...], kind: Kind
) -> Iterator[Dataset]:
    """The datasets made of files with one stem; `main` is the ending that each must have."""
    for name in found:
        if _suffix(name) == main:
            stem = name[: -len(main)].lower()
            files = {
                _suffix(other): info
                for other, info in found.items()
                if _suffix(other) in endings and other[: -len(_suffix(other))].lower() == stem
            }
            yield Dataset(name, kind, {**files, main: found[name]})


def _single(name: str, info: zipfile.ZipInfo) -> Dataset:
    return Dataset(name, None, {_suffix(name): info})


def _main_kml(places: list[Dataset]) -> Dataset | None:
    """The doc.kml of a KMZ: the other KML files of such an archive belong to it."""
    if any(_suffix(one.name) != ".kml" for one in places):
        return None
    main = [one for one in places if one.name.lower() == "doc.kml"]
    return main[0] if main else None


def _split(wanted: str | None, datasets: list[Dataset]) -> tuple[str | None, str | None]:
    """A part's name taken apart into the file in the zip and the layer in the file."""
    if wanted is None:
        return None, None
    for one in datasets:
        if wanted == one.name:
            return one.name, None
        if wanted.startswith(one.name + _BETWEEN):
            return one.name, wanted[len(one.name) + 1 :]
    return (None, wanted) if len(datasets) == 1 else (wanted, None)


def _lay_out(upload: Upload, packed: zipfile.ZipFile, one: Dataset, folder: Path) -> Path:
    """Write the dataset's files under plain names; the path that its reader opens."""
    if one.kind is Kind.FILEGDB:
        target = folder / "data.gdb"
        target.mkdir()
        for name, info in one.files.items():
            if re.fullmatch(r"[\w.\-]{1,64}", name):
                archive.extract(upload, packed, info, target / name)
        return target
    for ending, info in one.files.items():
        archive.extract(upload, packed, info, folder / f"data{ending}")
    return folder / f"data{_suffix(one.name)}"


def _kind(inside: Upload, upload: Upload) -> Kind:
    kind = detect(inside)
    if kind is Kind.ZIP and (inside.suffix != ".kmz" or upload.suffix == ".kmz"):
        refuse(inside, "是压缩包里的压缩包", "请解压后把数据文件直接打成一个 zip")
    return kind


def _part(packed: zipfile.ZipFile, one: Dataset) -> Part:
    title = PurePosixPath(one.name).name
    if one.kind is Kind.SHAPEFILE:
        return Part(one.name, title, *_shapefile_head(packed, one))
    return Part(one.name, title, "none" if _suffix(one.name) in _TABLES else "mixed", None)


def _shapefile_head(packed: zipfile.ZipFile, one: Dataset) -> tuple[str, int | None]:
    """The geometry and the number of features that a Shapefile's own parts announce."""
    index = one.files.get(".shx")
    count = None if index is None else max(0, (index.file_size - 100) // 8)
    try:
        with packed.open(one.files[".shp"]) as handle:
            head = handle.read(36)
    except (*archive.DAMAGES, OSError):
        return "mixed", count
    if len(head) < 36:
        return "mixed", count
    return _SHAPES.get(struct.unpack("<i", head[32:36])[0] % 10, "mixed"), count


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _by_name(one: Dataset) -> str:
    return one.name


def _listed(names: tuple[str, ...]) -> str:
    return "、".join(names[:3]) + (f" 等 {len(names)} 个文件" if len(names) > 3 else "")

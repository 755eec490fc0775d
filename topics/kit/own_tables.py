"""The tables of topics that a city may put its own in the place of: listed, and checked at start.

A city's own table must read like the shipped one: its columns, numbers where those are numbers,
codes of the city's own regions. One that does not is refused; the shipped one is then not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from topics.kit.catalogue import Catalogue
from topics.kit.errors import BadManifest, TopicError
from topics.kit.manifest import Manifest
from topics.kit.reference_rows import read_rows
from topics.kit.regions import RegionTree
from topics.kit.tables_in_force import REFERENCE, SHIPPED, digest_of, own_path

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?(-\d+(\.\d+)?)?")
_TEXTS = frozenset({"code", "name", "short_name", "region", "district", "source", "status"})
_TEXTS_OF_ROWS = _TEXTS | {"meaning", "title", "note", "uscc"}


@dataclass(frozen=True, slots=True)
class Replaceable:
    """One table of a shipped topic: where it lies, what it holds, how it is checked."""

    topic: Manifest
    file: str
    title: str
    folder: Path  # of the shipped one
    region: str  # the column with codes of regions; "" for rules
    check: str  # `module:function` that reads it; "" where reading its rows is all
    site: bool

    @property
    def shipped(self) -> Path:
        """The one that comes with the program."""
        return self.folder / self.file

    @property
    def own(self) -> Path | None:
        """The city's own, None when it has none."""
        path = own_path(self.folder, self.file)
        return path if path is not None and path.is_file() else None

    @property
    def place(self) -> str:
        """Where the city's own goes, below its home."""
        if self.folder == REFERENCE:
            return f"reference/{self.file}"
        return f"topics/{self.topic.id}/{self.file}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a table stands in this city; `needed`: the shipped one speaks of another city only."""

    table: Replaceable
    rows: int
    digest: str
    is_own: bool
    needed: bool


def replaceable(topics: Iterable[Manifest]) -> list[Replaceable]:
    """Every table of the shipped topics that a city may bring itself, in their order."""
    return [
        table
        for one in topics
        if one.folder.resolve().parent == SHIPPED
        for table in _of_topic(one)
    ]


def check_own(catalogue: Catalogue, regions: RegionTree) -> None:
    """Return when every table the city brought can be used; BadManifest names file and row."""
    problems = [
        f"本市的表 {table.place}:{said}"
        for table in replaceable(catalogue.topics)
        if table.own is not None
        for said in _problems(table, table.own, catalogue, regions)
    ]
    if problems:
        raise BadManifest("\n".join(dict.fromkeys(problems)))


def standings(catalogue: Catalogue, regions: RegionTree) -> list[Standing]:
    """Every replaceable table as it stands here; the tables themselves were checked before."""
    found = []
    for one in replaceable(catalogue.topics):
        path = one.own or one.shipped
        rows = read_rows(path, ())
        foreign = bool(one.region) and not any(_here(row[one.region], regions) for row in rows)
        needed = foreign and one.own is None
        found.append(Standing(one, len(rows), digest_of(path), one.own is not None, needed))
    return found


def unknown_files(home: Path, catalogue: Catalogue) -> list[str]:
    """Tables in the home that stand in for nothing, as a name with a slip does."""
    known = {one.place for one in replaceable(catalogue.topics)}
    known |= {f"reference/{one.name}" for one in REFERENCE.glob("*.csv")}
    shipped = [one.id for one in catalogue.topics if one.folder.resolve().parent == SHIPPED]
    folders = [home / "reference", *(home / "topics" / one for one in shipped)]
    found = [file.relative_to(home).as_posix() for one in folders for file in one.rglob("*.csv")]
    return sorted(one for one in found if one not in known)


def _of_topic(topic: Manifest) -> Iterator[Replaceable]:
    for site in topic.sites:
        yield Replaceable(
            topic, site.file, site.kind, topic.folder, "region", site.check or "", site=True
        )
    for case in topic.cases:
        if case.file is not None:
            title = f"{case.scheme}的分类"
            yield Replaceable(topic, case.file, title, topic.folder, "", "", site=False)
    for one in topic.tables:
        folder = REFERENCE if one.place == "reference" else topic.folder
        yield Replaceable(
            topic, one.file, one.title, folder, one.region, one.check or "", site=False
        )


def _problems(
    table: Replaceable, path: Path, catalogue: Catalogue, regions: RegionTree
) -> Iterator[str]:
    try:
        like = read_rows(table.shipped, ())
        rows = read_rows(path, tuple(like[0]) if like else ())
    except BadManifest as wrong:
        yield str(wrong)
        return
    if not rows:
        yield f"{path.name}:没有数据行;写上本市的,或删去这个文件用随程序的"
        return
    problems = [*_unlike(table, path.name, like, rows), *_foreign(table, path.name, rows, regions)]
    yield from problems
    if not problems and table.check:
        yield from _refused(table, path.name, catalogue)


def _unlike(
    table: Replaceable, name: str, like: list[dict[str, str]], rows: list[dict[str, str]]
) -> Iterator[str]:
    """Yield cells that are no number, or empty, in columns where the shipped table has one."""
    texts = _TEXTS if table.site else _TEXTS_OF_ROWS
    columns = [one for one in like[0] if one not in texts and not one.startswith("valid_")]
    numbers = {c for c in columns if all(_number(row[c]) for row in like if row[c])}
    numbers = {c for c in numbers if any(row[c] for row in like)}
    full = set() if table.site else {c for c in columns if all(row[c] for row in like)}
    for number, row in enumerate(rows, 2):
        for column in columns:
            cell = row[column]
            if not cell and column in full:
                yield f"{name} 第 {number} 行 {column} 为空;请填写"
            elif cell and column in numbers and not _number(cell):
                yield f"{name} 第 {number} 行 {column}:{cell!r} 不是数"


def _foreign(
    table: Replaceable, name: str, rows: list[dict[str, str]], regions: RegionTree
) -> Iterator[str]:
    if not table.region:
        return
    for number, row in enumerate(rows, 2):
        code = row[table.region]
        if not _here(code, regions):
            yield (
                f"{name} 第 {number} 行 {table.region}:本市没有区划 {code!r};"
                "写本市的区划代码(reference/regions.csv)"
            )


def _refused(table: Replaceable, name: str, catalogue: Catalogue) -> Iterator[str]:
    """Yield what the topic's own reading of the table says against it."""
    try:
        catalogue.function(table.topic.id, table.check)()
    except TopicError as wrong:
        yield from str(wrong).splitlines()
    except (ValueError, KeyError, IndexError) as wrong:
        yield f"{name}:读不懂({wrong});照随程序的同名表写"


def _here(code: str, regions: RegionTree) -> bool:
    return regions.find(code) is not None


def _number(text: str) -> bool:
    """Whether it is a number, or two as a range is written: 6-9."""
    return _NUMBER.fullmatch(text) is not None

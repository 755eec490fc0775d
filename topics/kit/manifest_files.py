"""The tables beside a manifest (sites, category schemes, rules), each named by its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from topics.kit.errors import BadManifest
from topics.kit.functions import missing_part
from topics.kit.schemes import read_scheme
from topics.kit.sites import read_sites
from topics.kit.tables_in_force import REFERENCE, topic_table

if TYPE_CHECKING:
    from topics.kit.manifest import Manifest


def problems_of_tables(manifest: Manifest, folder: Path) -> Iterator[str]:
    """Yield what is wrong with the tables the manifest names, those in force where two are."""
    yield from _places(manifest, folder)
    yield from _schemes(manifest, folder)
    yield from _tables(manifest, folder)


def suggest(name: str, known: set[str]) -> str:
    """The known name that is meant, if one is close; else what to do."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"是不是 {near[0]}?" if near else "先声明它,或改正这里的编号"


def _places(manifest: Manifest, folder: Path) -> Iterator[str]:
    """Yield what is wrong with the tables of sites, and where a kind of site is not declared."""
    for n, one in enumerate(manifest.sites, 1):
        path = folder / one.file
        if not path.is_file() or folder.resolve() not in path.resolve().parents:
            yield f"[[sites]] 第 {n} 项 file:{one.file!r} 不在专题文件夹里;放进去,或改正名称"
            continue
        try:
            read_sites(folder, [one])
        except BadManifest as wrong:
            yield f"[[sites]] 第 {n} 项:{_whose(folder, one.file)}{wrong}"
    kinds = {one.kind for one in manifest.sites}
    for n, indicator in enumerate(manifest.indicators, 1):
        if indicator.sites and indicator.sites not in kinds:
            where, named = f"[[indicators]] 第 {n} 项 sites", indicator.sites
            yield f"{where}:点位种类 {named!r} 没有声明;{suggest(named, kinds)}"


def _schemes(manifest: Manifest, folder: Path) -> Iterator[str]:
    for n, one in enumerate(manifest.cases, 1):
        if one.file is None:
            continue
        path = folder / one.file
        if not path.is_file() or folder.resolve() not in path.resolve().parents:
            yield f"[[cases]] 第 {n} 项 file:{one.file!r} 不在专题文件夹里;放进去,或改正名称"
            continue
        try:
            read_scheme(one.scheme, topic_table(folder, one.file))
        except BadManifest as wrong:
            yield f"[[cases]] 第 {n} 项:{_whose(folder, one.file)}{wrong}"


def _tables(manifest: Manifest, folder: Path) -> Iterator[str]:
    for n, one in enumerate(manifest.tables, 1):
        place = REFERENCE if one.place == "reference" else folder
        if not (place / one.file).is_file():
            yield f"[[tables]] 第 {n} 项 file:没有 {one.file!r};放进去,或改正名称"
        if one.check and (missing := missing_part(folder, one.check)):
            yield f"[[tables]] 第 {n} 项 check:{missing}"
    for n, site in enumerate(manifest.sites, 1):
        if site.check and (missing := missing_part(folder, site.check)):
            yield f"[[sites]] 第 {n} 项 check:{missing}"


def _whose(folder: Path, file: str) -> str:
    """Whose table it is, where a city put its own in the place of the shipped one."""
    own = topic_table(folder, file) != folder / file
    return f"本市的表 topics/{folder.name}/{file}:" if own else ""

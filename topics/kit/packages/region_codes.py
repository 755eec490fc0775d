"""Which regions a topic's folder speaks of, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from topics.kit.errors import TopicError
from topics.kit.manifest import Manifest
from topics.kit.packages.samples import FOLDER, readers_of
from topics.kit.reference_rows import read_rows
from topics.kit.refresh.contracts import BrokenRow
from topics.kit.refresh.file_source import part_of
from topics.kit.refresh.values import parse_region

REGION_CODE = re.compile(r"(?<![0-9A-Za-z_])[1-9]\d{5}(?:\d{3}|\d{6})?(?![0-9A-Za-z_])")
"""What looks like a region's code in other text: 6, 9 or 12 digits."""


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A region's code and where it stands."""

    code: str
    where: str


def codes_used(manifest: Manifest, folder: Path, files: tuple[str, ...]) -> list[CodeUse]:
    """Every code that sites, sources, rules and samples name; those of its own sites left out."""
    own = {code for one in manifest.sites for code, _ in _site_rows(folder, one.file)}
    uses = [
        *_of_sites(manifest, folder),
        *_of_refreshers(manifest),
        *_of_alerts(manifest),
        *_of_samples(manifest, folder, files),
    ]
    return [one for one in uses if one.code not in own]


def codes_in_python(folder: Path, files: tuple[str, ...]) -> list[CodeUse]:
    """Numbers in Python that look like codes of regions: nobody can map those by a table."""
    found = []
    for file in files:
        text = (folder / file).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            found += [CodeUse(code, f"{file} 第 {number} 行") for code in REGION_CODE.findall(line)]
    return found


def _of_sites(manifest: Manifest, folder: Path) -> Iterator[CodeUse]:
    for one in manifest.sites:
        for number, (_, region) in enumerate(_site_rows(folder, one.file), 2):
            yield CodeUse(region, f"{one.file} 第 {number} 行 region")


def _site_rows(folder: Path, file: str) -> list[tuple[str, str]]:
    rows = read_rows(folder / file, ("code", "region"))
    return [(row["code"], row["region"]) for row in rows]


def _of_refreshers(manifest: Manifest) -> Iterator[CodeUse]:
    for n, one in enumerate(manifest.refreshers, 1):
        if one.map is None:
            continue
        if one.map.region_code:
            yield CodeUse(one.map.region_code, f"[[refreshers]] 第 {n} 项 map.region_code")
        for code in one.map.regions.values():
            yield CodeUse(code, f"[[refreshers]] 第 {n} 项 map.regions")


def _of_alerts(manifest: Manifest) -> Iterator[CodeUse]:
    """The places a rule watches: without them in the other city it would never fire there."""
    for n, one in enumerate(manifest.alerts, 1):
        for key, codes in (("regions", one.regions), ("local", tuple(one.local))):
            for code in codes:
                yield CodeUse(code, f"[[alerts]] 第 {n} 项 {key}({one.id})")


def _of_samples(manifest: Manifest, folder: Path, files: tuple[str, ...]) -> Iterator[CodeUse]:
    for file in files:
        if not file.startswith(f"{FOLDER}/"):
            continue
        for spec in readers_of(manifest, file):
            row_map = spec.map
            if row_map is None or not row_map.region:
                continue
            part = part_of((folder / file).read_bytes(), Path(file).name, spec)
            said: dict[str, int] = {}
            for number, row in enumerate(part.rows, 1):
                if isinstance(row, BrokenRow):
                    continue
                try:
                    code = parse_region(row.get(row_map.region))
                except (ValueError, TopicError):
                    continue
                said.setdefault(code, number)
            for code, number in said.items():
                if code not in row_map.regions:
                    yield CodeUse(code, f"{file} 第 {number} 行")

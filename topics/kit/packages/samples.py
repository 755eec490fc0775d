"""A dry run offline: the sample files of a topic read as its refreshers would read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

from topics.kit.contracts import Observation
from topics.kit.errors import TopicError
from topics.kit.manifest import Manifest
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.city_periods import CityPeriods
from topics.kit.refresh.file_source import part_of
from topics.kit.refresh.mapping import MapRules, map_parts
from topics.kit.regions import RegionTree
from topics.kit.runs import Refusal

FOLDER = "samples"
_READ = ("file", "http")


@dataclass(frozen=True, slots=True)
class SampleRead:
    """How a sample was read: by which refresher, rows, values, refused rows with reasons."""

    file: str
    refresher: str
    rows: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    problem: str = ""
    values: tuple[Observation, ...] = ()


def readers_of(manifest: Manifest, file: str) -> list[RefresherSpec]:
    """The refreshers that a sample is an example of.

    A drop folder's by its glob; that of a web service by its name: samples/air_hourly.json.
    """
    name, stem = Path(file).name, Path(file).stem
    return [
        one
        for one in manifest.refreshers
        if one.map is not None
        and (
            (one.kind == "file" and fnmatch(name, one.glob.rpartition("/")[2]))
            or (one.kind == "http" and stem == one.id.partition(".")[2])
        )
    ]


def read_samples(
    manifest: Manifest, folder: Path, files: tuple[str, ...], regions: RegionTree
) -> Iterator[SampleRead]:
    """Every sample read by each refresher it is an example of; nothing is stored or sent."""
    for file in files:
        if not file.startswith(f"{FOLDER}/"):
            continue
        for spec in readers_of(manifest, file):
            yield _read(manifest, spec, file, (folder / file).read_bytes(), regions)


def _read(
    manifest: Manifest, spec: RefresherSpec, file: str, raw: bytes, regions: RegionTree
) -> SampleRead:
    assert spec.map is not None
    specs = {one.id: one for one in manifest.indicators}
    now = datetime.now(UTC)

    def level_of(code: str) -> str | None:
        found = regions.find(code, now.date())
        return found.level if found else None

    def indicator(name: str) -> IndicatorSpec:
        return specs[name]

    part = part_of(raw, Path(file).name, spec)
    if part.problem:
        return SampleRead(file, spec.id, problem=part.problem)
    try:
        mapped = map_parts(
            [part], spec.map, MapRules(now, CityPeriods(), indicator, level_of, spec.future)
        )
    except TopicError as wrong:
        return SampleRead(file, spec.id, problem=str(wrong))
    mapped.keep_within(specs.get)
    return SampleRead(
        file,
        spec.id,
        mapped.read,
        mapped.refused,
        tuple(mapped.refusals),
        values=tuple(mapped.observations),
    )

"""The steps of an installation up to the switch: unpack aside, map the regions, check, compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from topics.kit.errors import BadManifest, BadPackage
from topics.kit.manifest import Manifest, load_manifest
from topics.kit.packages import region_map
from topics.kit.packages.archive import Package
from topics.kit.packages.check import Report, Surroundings, check_topic
from topics.kit.packages.compare import differences
from topics.kit.packages.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package unpacked aside, fitting this city; `changes` say what using it changes."""

    folder: Path
    manifest: Manifest
    report: Report
    changes: tuple[str, ...]


def prepare(
    package: Package,
    shelf: Shelf,
    around: Surroundings,
    codes: Mapping[str, str],
    *,
    skip_unmapped: bool = False,
) -> Prepared:
    """Unpack and check; BadPackage lists what is wrong, and nothing is left on the disk then."""
    topic = package.info.id
    staged = shelf.stage(topic, package.files)
    try:
        elsewhere = {one.id for other in around.others for one in other.indicators}
        files = tuple(package.files)
        manifest = load_manifest(staged, elsewhere=elsewhere)
        _same(manifest, package)
        mapped = region_map.plan(
            manifest,
            staged,
            files,
            around.regions,
            codes,
            package.info.regions,
            skip=skip_unmapped,
        )
        region_map.apply(manifest, staged, files, mapped)
        report = check_topic(staged, around)
        if report.manifest is None or not report.ok:
            raise BadPackage(*report.problems)
        old = next((one for one in around.others if one.id == topic), None)
        changes = [*differences(old, report.manifest), *_mapping(mapped)]
        return Prepared(staged, report.manifest, report, tuple(changes))
    except BadManifest as wrong:
        shelf.discard(staged)
        raise BadPackage(*str(wrong).splitlines()) from wrong
    except BaseException:
        shelf.discard(staged)
        raise


def _same(manifest: Manifest, package: Package) -> None:
    info = package.info
    if (manifest.id, manifest.topic.version) != (info.id, info.version):
        raise BadPackage(
            f"package.json 写的是 {info.id} {info.version},topic.toml 写的是 "
            f"{manifest.id} {manifest.topic.version};请提供者重新打包"
        )


def _mapping(mapped: region_map.RegionMap) -> list[str]:
    said = []
    if mapped.codes:
        pairs = "、".join(f"{old} → {new}" for old, new in sorted(mapped.codes.items()))
        said.append(f"区划代码替换 {len(mapped.codes)} 个:{pairs}")
    if mapped.left_out:
        said.append(f"略去没有对应的区划 {'、'.join(sorted(mapped.left_out))} 的行")
    return said

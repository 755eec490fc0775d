"""Shipped and installed topics together: an installed one that is wrong is left out, not fatal."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from topics.kit.catalogue import SHIPPED, Catalogue, LeftOut, topic_folders
from topics.kit.contracts import Region
from topics.kit.errors import BadManifest
from topics.kit.manifest import Manifest, declared_indicators, load_manifest
from topics.kit.own_tables import check_own
from topics.kit.regions import RegionTree
from topics.kit.sites import read_sites
from topics.kit.tables_in_force import use_home

logger = logging.getLogger(__name__)

RESERVED = frozenset({"kit"})
"""Names that are folders of the program itself."""


def load_topics(
    installed: Path,
    allow_python: Iterable[str],
    regions: RegionTree,
    *,
    shipped: Path = SHIPPED,
) -> tuple[Catalogue, RegionTree]:
    """The catalogue of all topics that work together, and the regions with their sites.

    From here on this process reads the tables that the home of `installed` brought. One of those
    that is wrong raises BadManifest: a city's rule must not silently be the shipped one.
    A shipped topic that is wrong raises BadManifest. An installed one is left out, said in the log
    and in `Catalogue.left_out`: a bad package must not keep the city's screens dark.
    """
    allowed = tuple(allow_python)
    use_home(installed.parent)
    folders = topic_folders([installed])
    program = Catalogue.load([shipped])
    check_own(program, regions)
    own = program.topics
    try:
        wanted = [*own, *_loaded(folders, own, folders)]
        return _joined(wanted, allowed, regions, ())
    except BadManifest:
        good, left = _one_by_one(folders, own, allowed, regions)
    for one in left:
        logger.warning("专题 %s 没有启用:%s", one.topic, one.problems[0])
    return _joined(good, allowed, regions, left)


def _one_by_one(
    folders: list[Path], own: Iterable[Manifest], allowed: tuple[str, ...], regions: RegionTree
) -> tuple[list[Manifest], list[LeftOut]]:
    """Add what fits, again and again until nothing more does: one may need another's indicators."""
    good, pending, problems = list(own), list(folders), dict[Path, str]()
    while True:
        added = False
        for folder in list(pending):
            try:
                found = _loaded([folder], good, [folder])
                _joined([*good, *found], allowed, regions, ())
            except BadManifest as wrong:
                problems[folder] = str(wrong)
                continue
            good += found
            pending.remove(folder)
            added = True
        if not added:
            break
    return good, [LeftOut(one.name, tuple(problems[one].splitlines())) for one in pending]


def _loaded(
    folders: Iterable[Path], known: Iterable[Manifest], declaring: Iterable[Path]
) -> list[Manifest]:
    declared = {one.id for manifest in known for one in manifest.indicators}
    declared |= {one for folder in declaring for one in declared_indicators(folder)}
    found = []
    for folder in folders:
        if folder.name in RESERVED:
            raise BadManifest(f"{folder.name} 是程序自己的名称,不能作专题编号;请改名")
        found.append(load_manifest(folder, elsewhere=declared))
    return found


def _joined(
    topics: Iterable[Manifest],
    allowed: tuple[str, ...],
    regions: RegionTree,
    left: Iterable[LeftOut],
) -> tuple[Catalogue, RegionTree]:
    catalogue = Catalogue(topics, allowed, left)
    return catalogue, regions.with_sites(_sites_here(catalogue, regions))


def _sites_here(catalogue: Catalogue, regions: RegionTree) -> list[Region]:
    """The sites of all topics; in a city of its own without the shipped ones of the demo city."""
    demo = {
        site.code
        for one in catalogue.topics
        if one.folder.parent == SHIPPED
        for site in read_sites(one.folder, one.sites)
        if site.parent is None or regions.find(site.parent) is None
    }
    return [one for one in catalogue.sites if one.code not in demo]

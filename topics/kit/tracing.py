"""What lies upstream and downstream of a site on the network its manifest names, worded once.

One function writes the words (`traced_words`); the API, the popup of the map and sentences take
them from here, so that an effect on a 取水口 reads the same everywhere (PRACTICE 9).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from layers.network import KeptNetworks, LineNetwork, Reached, Snapped
from topics.kit.contracts import Region
from topics.kit.manifest import Manifest
from topics.kit.manifest_tables import SiteSpec
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree

SNAP_M = 500.0
"""A site further off the lines than this is not on the network (metres)."""
_KILOMETRE = 1000.0
_FRESH_S = 1.0
_MOST = 16  # snapped networks kept

Sees = Callable[[str, SiteSpec], bool]  # topic, the sites' declaration → may they be told of


@dataclass(frozen=True, slots=True)
class TracedSite:
    """A site up or down the network, with the kilometres of line to it."""

    site: Region
    kilometres: float


@dataclass(frozen=True, slots=True)
class Trace:
    """What a site's place on the network tells; `on_network` is False when it lies too far off.

    `doubts` say what of the lines looks wrong (upside down, a branching).
    """

    site: Region
    layer: str
    version: str
    on_network: bool
    off_metres: float | None
    upstream: tuple[TracedSite, ...]
    downstream: tuple[TracedSite, ...]
    words: str
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """The sites of a day on one version of a network."""

    network: LineNetwork
    sites: tuple[Region, ...]
    at: tuple[Snapped | None, ...]


class SiteTracing:
    """Traces sites; networks and snapped sites are computed once per layer version and day."""

    def __init__(
        self, topics: Sequence[Manifest], regions: RegionTree, networks: KeptNetworks
    ) -> None:
        """Take the declarations of all topics."""
        self._regions, self._networks = regions, networks
        self._declared: dict[str, tuple[str, SiteSpec]] = {
            spec.kind: (one.id, spec) for one in topics for spec in one.sites
        }
        self._live: dict[str, tuple[float, str]] = {}
        self._placed: dict[tuple[str, str, date], _Placed] = {}

    def declared(self, kind: str) -> tuple[str, SiteSpec] | None:
        """The topic and the declaration of a kind of site; None when no topic declares it."""
        return self._declared.get(kind)

    def network_of(self, site: Region) -> str | None:
        """The layer that the site's kind lies on; None when its manifest names none."""
        declared = self._declared.get(site.kind)
        return declared[1].network if declared else None

    def trace(self, site: Region, as_of: datetime | None, today: date, sees: Sees) -> Trace | None:
        """The trace of a site as the network was at `as_of`; None when its kind has no network.

        Only sites of kinds that `sees` allows are named or counted. Raises UnknownLayer when the
        network was not published then.
        """
        layer = self.network_of(site)
        if layer is None:
            return None
        version = self._version(layer, as_of)
        day = as_of.astimezone(ZONE).date() if as_of is not None else today
        placed = self._at(layer, version, day)
        seen = {kind for kind, (topic, spec) in self._declared.items() if sees(topic, spec)}
        number = next((n for n, one in enumerate(placed.sites) if one.code == site.code), None)
        start = None if number is None else placed.at[number]
        if start is None:
            words = f"不在河网上:{SNAP_M:g} m 内没有河段"
            return Trace(site, layer, version, False, None, (), (), words, placed.network.doubts)
        up = self._named(placed, placed.network.upstream(start, placed.at), site, seen)
        down = self._named(placed, placed.network.downstream(start, placed.at), site, seen)
        words = traced_words(
            up, down, self._kinds("upstream", layer, seen), self._kinds("downstream", layer, seen)
        )
        return Trace(
            site, layer, version, True, start.off_m, up, down, words, placed.network.doubts
        )

    def _version(self, layer: str, as_of: datetime | None) -> str:
        """The version live at that moment; what is live now is believed for a second."""
        if as_of is not None:
            return self._networks.version_at(layer, as_of).id
        known = self._live.get(layer)
        if known is None or known[0] < time.monotonic():
            known = (time.monotonic() + _FRESH_S, self._networks.version_at(layer, None).id)
            self._live[layer] = known
        return known[1]

    def _at(self, layer: str, version: str, day: date) -> _Placed:
        key = (layer, version, day)
        found = self._placed.get(key)
        if found is None:
            network = self._networks.of(layer, version)
            kinds = {kind for kind, (_, spec) in self._declared.items() if spec.network == layer}
            city = self._regions.city().code
            sites = tuple(one for one in self._regions.sites(city, on=day) if one.kind in kinds)
            found = _Placed(network, sites, tuple(_snapped(network, one) for one in sites))
            if len(self._placed) >= _MOST:
                self._placed.clear()
            self._placed[key] = found
        return found

    def _named(
        self, placed: _Placed, reached: Sequence[Reached], own: Region, seen: Collection[str]
    ) -> tuple[TracedSite, ...]:
        found = ((placed.sites[one.place], one.metres) for one in reached)
        return tuple(
            TracedSite(site, metres / _KILOMETRE)
            for site, metres in found
            if site.code != own.code and site.kind in seen
        )

    def _kinds(self, direction: str, layer: str, seen: Collection[str]) -> tuple[str, ...]:
        return tuple(
            kind
            for kind, (_, spec) in self._declared.items()
            if spec.traced == direction and spec.network == layer and kind in seen
        )


def traced_words(
    upstream: Sequence[TracedSite],
    downstream: Sequence[TracedSite],
    sources: Sequence[str],
    affected: Sequence[str],
) -> str:
    """上游 3 个排污口,下游 6.4 km 取水口 — the one wording; `sources`, `affected` are kinds."""
    parts = []
    for kind in sources:
        count = sum(one.site.kind == kind for one in upstream)
        parts.append(f"上游 {count} 个{kind}" if count else f"上游无{kind}")
    for kind in affected:
        nearest = min((one.kilometres for one in downstream if one.site.kind == kind), default=None)
        told = f"下游无{kind}" if nearest is None else f"下游 {nearest:.1f} km {kind}"
        parts.append(told)
    return ",".join(parts)


def _snapped(network: LineNetwork, site: Region) -> Snapped | None:
    if site.longitude is None or site.latitude is None:
        return None
    return network.snap(site.longitude, site.latitude, SNAP_M)

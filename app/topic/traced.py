"""What one person may hear of the sites up and down a network, and the one wording of it."""

from __future__ import annotations

from datetime import date, datetime

from app.api.layer_doors import LayerDoors
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from layers.errors import UnknownLayer
from topics.kit.contracts import Region
from topics.kit.manifest_tables import SiteSpec
from topics.kit.tracing import Sees


class TracedWords:
    """Writes 上游 3 个排污口,下游 6.4 km 取水口 for a person; serves many requests."""

    def __init__(self, services: Services) -> None:
        """Trace by `services`."""
        self._services = services
        self._doors = LayerDoors(services.layers)

    def words(self, subject: Subject, site: Region, as_of: datetime | None, today: date) -> str:
        """The wording for a site; "" where it has no network, or none that may be seen."""
        tracing = self._services.tracing
        layer = tracing.network_of(site)
        if layer is None:
            return ""
        sees = seen_kinds(self._services, subject, self._doors)
        network = self._doors.find(layer)
        if network is None or not self._doors.readable(subject, network):
            return ""
        try:
            found = tracing.trace(site, as_of, today, sees)
        except UnknownLayer:  # not published at that moment
            return ""
        return found.words if found else ""


def seen_kinds(services: Services, subject: Subject, doors: LayerDoors) -> Sees:
    """Which kinds of site the subject may hear of: by their layer, or by their topic's own data."""
    known: dict[tuple[str, str], bool] = {}

    def sees(topic: str, spec: SiteSpec) -> bool:
        key = (topic, spec.kind)
        if key not in known:
            known[key] = _sees(services, subject, doors, topic, spec)
        return known[key]

    return sees


def _sees(
    services: Services, subject: Subject, doors: LayerDoors, topic: str, spec: SiteSpec
) -> bool:
    if spec.layer is None:
        manifest = services.catalogue.topic(topic)
        demo = manifest is not None and manifest.topic.demo
        return bool(may(subject, Action.READ, Resource("feature", topic, topic, demo=demo)))
    found = doors.find(spec.layer)
    return found is not None and doors.readable(subject, found)

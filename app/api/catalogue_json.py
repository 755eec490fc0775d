"""Layers as the catalogue shows them: what is said of them, how fresh, where from, who may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from app.api.layer_doors import layer_resource
from app.api.layer_json import layer_json
from app.api.layer_readers import readers
from app.security.contracts import Action
from app.security.may import may
from app.security.subjects import anonymous
from app.services import Services
from layers.catalogue.contracts import LiveVersion, Metadata
from layers.catalogue.freshness import freshness
from layers.catalogue.items import ITEMS
from layers.catalogue.lineage import lineage
from layers.catalogue.metadata import missing
from layers.catalogue.stored import field_json, metadata_of
from layers.contracts import Layer

DERIVED = frozenset(
    "name format format_class update_cycle level extent crs missing revision".split()
)
"""Keys of the catalogue that come from elsewhere: the layer itself or its live version."""

_TABLES = {"csv", "tsv", "xlsx", "xls", "ods"}


class CatalogueJson:
    """Makes the answers; knows the names of owners, topics and uploaders."""

    def __init__(self, services: Services) -> None:
        """Take names and rights from the services."""
        self._services = services
        self._visitor = anonymous(services.config.security.anonymous)

    def owners(self) -> dict[str, str]:
        """Names of the owners known by an id."""
        return {one.id: one.name for one in self._services.organisations.all()}

    def item(
        self,
        layer: Layer,
        live: LiveVersion | None,
        *,
        people: Mapping[str, str] | None = None,
        types: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """One layer; `people` gives uploaders' names by id, `types` what each field holds."""
        metadata = metadata_of(layer)
        owner = self._services.organisations.name(layer.owner)
        fresh = freshness(layer.cadence, live.published_at if live else None, datetime.now(UTC))
        topic = self._services.catalogue.topic(layer.topic) if layer.topic else None
        visitors = bool(may(self._visitor, Action.READ, layer_resource(layer)))
        return layer_json(layer) | {
            "owner_title": owner,
            "topic_title": topic.topic.title if topic else layer.topic,
            "geometry": live.geometry if live else None,
            "features": live.features if live else None,
            "number": live.number if live else None,
            "published_at": _moment(live.published_at if live else None),
            "catalogue": catalogue_json(layer, metadata, live, types or {}),
            "freshness": asdict(fresh)
            | {"state": fresh.state.value, "due_at": _moment(fresh.due_at)},
            "lineage": lineage(
                live,
                by=(people or {}).get(live.created_by, "") if live else "",
                indicators=self._indicators(layer.id),
            ),
            "thumbnail": live and f"/api/v1/layers/{layer.id}/thumbnail.svg?v={live.id}",
            "seen_by": readers(layer, visitors=visitors),
        }

    def _indicators(self, layer: str) -> list[tuple[str, str]]:
        catalogue = self._services.catalogue
        used = dict.fromkeys(
            indicator
            for refresher in catalogue.refreshers()
            if refresher.layer == layer
            for indicator in refresher.produces
        )
        found = [(one, catalogue.find(one)) for one in used]
        return [(one, spec.title if spec else one) for one, spec in found]


def catalogue_json(
    layer: Layer,
    metadata: Metadata,
    live: LiveVersion | None,
    types: Mapping[str, str],
) -> dict[str, Any]:
    """What data/reference/catalogue_fields.csv asks for, every key present."""
    texts = {one.key: metadata.texts.get(one.key, "") for one in ITEMS}
    attributes = live.attributes if live else [one.name for one in metadata.fields]
    bounds = live.bounds if live else None
    return texts | {
        "name": layer.title,
        "format": live.format if live else "",
        "format_class": _format_class(live.format) if live else "",
        "update_cycle": layer.cadence,
        "level": layer.classification.rank + 1,
        "extent": bounds and [bounds.west, bounds.south, bounds.east, bounds.north],
        "crs": "EPSG:4490" if live else "",
        "fields": [_field(metadata, name, types) for name in attributes],
        "keep": asdict(metadata.keep),
        "missing": missing(metadata),
        "revision": metadata.revision,
    }


def _field(metadata: Metadata, name: str, types: Mapping[str, str]) -> dict[str, Any]:
    said = field_json(metadata.about(name))
    return said | {"type": said["type"] or types.get(name, "")}


def _format_class(name: str) -> str:
    return "电子表格" if name.lower() in _TABLES else "图形图像"


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()

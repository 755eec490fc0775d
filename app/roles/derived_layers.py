"""Layers that are computed from other layers, made anew when those are published."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import geopandas as gpd
from shapely import unary_union

from app.services import Services
from layers.contracts import ImportRequest, Layer
from layers.errors import LayerError
from topics.kit.errors import TopicError
from topics.kit.manifest import Manifest
from topics.kit.manifest_tables import OF_CASES, LayerSpec

logger = logging.getLogger(__name__)

_OUTLINE = "city.outline"


class DerivedLayers:
    """Keeps every `[[layers]]` with made_of as new as its source; never raises.

    The result is at least as secret as its source. What fails keeps its last version, and is told
    once per version of the source.
    """

    def __init__(
        self, services: Services, styles: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Read and publish through the registry of `services`; `styles` for layers that are new."""
        self._services = services
        self._styles = styles or {}
        self._tried: dict[str, str] = {}

    def renew(self) -> int:
        """Make what is older than its source; return how many layers were published."""
        return sum(
            self._one(topic, spec)
            for topic in self._services.catalogue.topics
            for spec in topic.layers
            if spec.made_of not in (None, OF_CASES)
        )

    def _one(self, topic: Manifest, spec: LayerSpec) -> bool:
        try:
            source = self._services.layers.find(spec.made_of or "")
            if source is None or source.version is None or self._fresh(spec, source):
                return False
            self._tried[spec.id] = source.version
            self._publish(topic, spec, source)
        except (LayerError, TopicError) as wrong:
            logger.warning("图层 %s 没有更新:%s", spec.id, wrong)
            return False
        except Exception:  # whatever a topic's Python does must not stop the others
            logger.exception("图层 %s 没有更新:专题函数 %s 出错", spec.id, spec.made_by)
            return False
        return True

    def _fresh(self, spec: LayerSpec, source: Layer) -> bool:
        """Whether it was made, or tried here, since the source's version went live."""
        if self._tried.get(spec.id) == source.version:
            return True
        made = self._services.layers.find(spec.id)
        if made is None or made.version is None:
            return False
        own = self._services.layers.require_version(spec.id, made.version)
        theirs = self._services.layers.require_version(source.id, source.version or "")
        return theirs.published_at is None or own.created_at >= theirs.published_at

    def _publish(self, topic: Manifest, spec: LayerSpec, source: Layer) -> None:
        layers = self._services.layers
        make = self._services.catalogue.function(topic.id, spec.made_by or "")
        frame = make(layers.master(source.id, source.version or ""), self._area())
        classification = max(spec.classification, source.classification, key=attrgetter("rank"))
        known = layers.find(spec.id)
        live = None if known is None else known.version
        if frame.empty and live is None:
            return  # a layer of nothing is no news
        layers.import_frame(
            frame,
            ImportRequest(
                layer=spec.id,
                title=spec.title,
                topic=topic.id,
                crs="EPSG:4326",
                publish=True,
                owner=topic.topic.owner,
                source=_source(source, frame),
                classification=classification,
                cadence=spec.cadence,
                style=None
                if known is not None
                else dict(self._styles.get(spec.id, {"kind": spec.style or "fill"})),
                key=spec.key,
                by="system",
                demo=source.demo,
            ),
            empty=None if live is None else layers.require_version(spec.id, live).geometry,
        )

    def _area(self) -> Any:
        """The city's ground: the trusted outline, else the layer of it, else None."""
        trusted = self._services.layers.reference
        outline = trusted.outline() if trusted is not None else None
        if outline is not None:
            return unary_union(list(outline.geometries))
        found = self._services.layers.find(_OUTLINE)
        if found is None or found.version is None:
            return None
        return unary_union(list(self._services.layers.master(_OUTLINE, found.version).geometry))


def _source(source: Layer, frame: gpd.GeoDataFrame) -> str:
    """What it was computed from, and what the topic's function says of rows that are not in it."""
    note = str(frame.attrs.get("note", ""))
    return f"由图层 {source.title} 计算" + (f":{note}" if note else "")

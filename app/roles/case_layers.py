"""Layers that are made of the open cases: published anew when cases went on, a while apart."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

import geopandas as gpd

from app.services import Services
from layers.contracts import Classification, ImportRequest
from layers.errors import LayerError
from topics.kit.cases.lines import CaseLine, CaseQuery, Sight
from topics.kit.errors import TopicError
from topics.kit.manifest import Manifest
from topics.kit.manifest_tables import OF_CASES, LayerSpec
from topics.kit.periods import ZONE

logger = logging.getLogger(__name__)

COLUMNS = (
    "number", "case", "scheme", "kind", "code", "name", "major", "state", "overdue",
    "region", "town", "grid", "reported",
)  # fmt: skip
"""What a topic's function gets of each open case: no text, no contact, nobody's name."""

MOST = 100_000
_OURS = ("system", "demo")
_ANYHOW = timedelta(hours=1)  # what is overdue grows without any step
_rank = attrgetter("rank")


class CaseLayers:
    """Keeps every `[[layers]]` with made_of = "cases" as new as the cases; never raises.

    A layer is left alone while somebody published a version of it: then the city's own holds.
    """

    def __init__(
        self, services: Services, styles: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Publish through the registry of `services`; `styles` for layers that are new."""
        self._services = services
        self._styles = styles or {}
        self._done: dict[str, tuple[object, datetime]] = {}
        self._told: set[str] = set()

    def renew(self, now: datetime | None = None) -> int:
        """Make what the cases have outrun; return how many layers were published."""
        moment = now or datetime.now(UTC)
        return sum(
            self._one(topic, spec, moment)
            for topic in self._services.catalogue.topics
            for spec in topic.layers
            if spec.made_of == OF_CASES
        )

    def _one(self, topic: Manifest, spec: LayerSpec, now: datetime) -> bool:
        if self._services.case_numbers is None:
            return False  # this city's cases are not here
        try:
            mark = self._services.cases.lists.mark()
            before, at = self._done.get(spec.id, (None, datetime.min.replace(tzinfo=UTC)))
            apart = timedelta(minutes=self._services.config.cases.map_minutes)
            if now - at < apart or (mark == before and now - at < _ANYHOW) or self._owned(spec):
                return False
            self._done[spec.id] = (mark, now)
            return self._publish(topic, spec, now)
        except (LayerError, TopicError) as wrong:
            logger.warning("图层 %s 没有更新:%s", spec.id, wrong)
        except Exception:  # whatever a topic's Python does must not stop the others
            logger.exception("图层 %s 没有更新:专题函数 %s 出错", spec.id, spec.made_by)
        return False

    def _owned(self, spec: LayerSpec) -> bool:
        """Whether the version that is live was published by a person."""
        known = self._services.layers.find(spec.id)
        if known is None or known.version is None:
            return False
        version = self._services.layers.require_version(spec.id, known.version)
        owned = version.created_by not in _OURS
        if owned and version.id not in self._told:
            self._told.add(version.id)
            logger.info("图层 %s 是上传的第 %s 版,不由事件生成", spec.id, version.number)
        return owned

    def _publish(self, topic: Manifest, spec: LayerSpec, now: datetime) -> bool:
        services, schemes = self._services, self._schemes(spec)
        if not schemes:
            return False
        query = CaseQuery(Sight(tuple(schemes)), open=True, drill=False)
        lines = services.cases.lists.lines_where(query, now, MOST)
        frame = _frame([self._row(one, now) for one in lines if one.longitude is not None])
        known = services.layers.find(spec.id)
        if frame.empty and (known is None or known.version is None):
            return False  # a layer of nothing is no news
        make = services.catalogue.function(topic.id, spec.made_by or "")
        style = self._styles.get(spec.id, {"kind": spec.style or "circle"})
        before = known.version if known is not None else None
        done = services.layers.import_frame(
            make(frame, None),
            ImportRequest(
                layer=spec.id,
                title=spec.title,
                topic=topic.id,
                crs="EPSG:4326",
                publish=True,
                owner=topic.topic.owner,
                source="由本系统的在办事件生成",
                classification=max([spec.classification, *schemes.values()], key=_rank),
                cadence=spec.cadence,
                style=None if known is not None else dict(style),
                key=spec.key,
                by="system",
                demo=services.config.demo.enabled,
            ),
            empty="point",
        )
        return done.version is not None and done.version != before

    def _schemes(self, spec: LayerSpec) -> dict[str, Classification]:
        """The schemes on the map and how secret they make it: none above the layer's or 内部.

        In the demo city nothing is real: what is not sensitive there is public.
        """
        found = {}
        limit = max(spec.classification, Classification.INTERNAL, key=_rank)
        for named in self._services.cases.categories.schemes.values():
            if named.classification.rank > limit.rank:
                continue
            demo = self._services.config.demo.enabled
            found[named.name] = Classification.PUBLIC if demo else named.classification
        return found

    def _row(self, line: CaseLine, now: datetime) -> dict[str, Any]:
        categories = self._services.cases.categories
        category = categories.find(line.category, line.reported_at)
        major = categories.major(line.category, line.reported_at)
        return {
            "number": line.number,
            "case": f"/cases/{line.id}",
            "scheme": line.scheme,
            "kind": line.kind,
            "code": line.code,
            "name": category.name if category else line.code,
            "major": major.name if major else "",
            "state": line.state,
            "overdue": line.due is not None and line.due < now,
            "region": line.county,
            "town": line.region[:9] if len(line.region) >= 9 else "",
            "grid": line.grid or "",
            "reported": f"{line.reported_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
            "longitude": line.longitude,
            "latitude": line.latitude,
        }


def _frame(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    points = gpd.points_from_xy(
        [one["longitude"] for one in rows], [one["latitude"] for one in rows]
    )
    columns = {name: [one[name] for one in rows] for name in COLUMNS}
    return gpd.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")

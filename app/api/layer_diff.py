"""What differs between two versions, as a table in pages and as features for the map."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Response

from app.api.layer_doors import LayerDoors
from app.api.layer_sight import sight
from app.api.page_marks import read_position
from app.api.room import Room
from app.api.submission_doors import SubmissionDoors
from app.errors import BadRequest
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.services import Services
from layers.errors import UnknownLayer
from layers.intake.compare import LayerDiff
from layers.registry import LayerRegistry

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Limit = Annotated[int, Query(ge=1, le=1000)]
_Following = Annotated[str | None, Query(alias="next", description="上一页的 next")]
_PRIVATE = "private, no-cache"
_MOST_DRAWN = 5000
_KEPT = 3
_AT_ONCE = 8  # one compares, the others wait


def router(services: Services) -> APIRouter:
    """The routes of differences, of a layer and of a submission."""
    routes = APIRouter(prefix="/api/v1", tags=["图层"])
    doors, submissions = LayerDoors(services.layers), SubmissionDoors(services)
    diffs = Diffs(services.layers)

    def of_layer(subject: Subject, layer: str, old: str, new: str) -> LayerDiff:
        found = doors.require(subject, layer, "feature", fresh=True)
        both = [doors.require_version(subject, found, one) for one in (old, new)]
        seen = sight(subject, found, doors.beyond(found, *both))
        return diffs.get(layer, old, new, seen.covered)

    def of_submission(subject: Subject, submission: str) -> LayerDiff:
        found = submissions.require(subject, submission)
        if found.version is None:
            raise BadRequest("新版本还没有编译好;请在提交审核后再对比")
        base = found.base
        if base is None:
            raise UnknownLayer(f"图层 {found.layer} 还没有发布过,没有可以对比的版本")
        return diffs.get(found.layer, base, found.version, {})

    @routes.get("/layers/{layer}/diff", summary="对比两个版本")
    @door(Action.READ, "feature")
    def layer_table(
        layer: str,
        old: str,
        new: str,
        response: Response,
        subject: _SubjectOf,
        limit: _Limit = 200,
        after: _Following = None,
    ) -> dict[str, Any]:
        """Features added, removed and changed, with values before and after."""
        response.headers["Cache-Control"] = _PRIVATE
        return _page(of_layer(subject, layer, old, new), limit, after)

    @routes.get("/layers/{layer}/diff.geojson", summary="对比两个版本(地图)")
    @door(Action.READ, "feature")
    def layer_map(layer: str, old: str, new: str, subject: _SubjectOf) -> Response:
        """The features that differ; `change` is added, removed or changed."""
        return _drawn(of_layer(subject, layer, old, new))

    @routes.get("/submissions/{submission}/diff", summary="新版本与线上版本的差异")
    @door(Action.READ, "submission")
    def submission_table(
        submission: str,
        response: Response,
        subject: _SubjectOf,
        limit: _Limit = 200,
        after: _Following = None,
    ) -> dict[str, Any]:
        """What the draft changes of what was live when it was built."""
        response.headers["Cache-Control"] = _PRIVATE
        return _page(of_submission(subject, submission), limit, after)

    @routes.get("/submissions/{submission}/diff.geojson", summary="新版本的差异(地图)")
    @door(Action.READ, "submission")
    def submission_map(submission: str, subject: _SubjectOf) -> Response:
        """The features that differ; `change` is added, removed or changed."""
        return _drawn(of_submission(subject, submission))

    return routes


class Diffs:
    """Keeps the last differences: pages of one are asked for one after the other."""

    def __init__(self, registry: LayerRegistry) -> None:
        """Compare versions of `registry`; they never change, so nothing here goes stale."""
        self._registry = registry
        self._lock, self._comparing = threading.Lock(), threading.Lock()
        self._room = Room(_AT_ONCE, "对比版本")
        self._kept: OrderedDict[tuple[object, ...], LayerDiff] = OrderedDict()

    def get(self, layer: str, old: str, new: str, masked: Mapping[str, str]) -> LayerDiff:
        """The difference of two versions, by id."""
        key = (layer, old, new, tuple(sorted(masked.items())))
        found = self._known(key)
        if found is not None:
            return found
        with self._room.entered(), self._comparing:
            found = self._known(key)  # whoever was before may have compared the same
            if found is None:
                found = self._registry.diff(layer, old, new, masked)
            with self._lock:
                self._kept[key] = found
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return found

    def _known(self, key: tuple[object, ...]) -> LayerDiff | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found


def _page(diff: LayerDiff, limit: int, after: str | None) -> dict[str, Any]:
    page = diff.page(limit=limit, start=read_position(after))
    following = page["next"]
    return page | {"next": None if following is None else str(following)}


def _drawn(diff: LayerDiff) -> Response:
    features = diff.features(limit=_MOST_DRAWN)
    body = orjson.loads(features.to_json(drop_id=True, na="null"))
    return Response(
        orjson.dumps({**body, "counts": diff.counts}),
        media_type="application/geo+json",
        headers={"Cache-Control": _PRIVATE},
    )

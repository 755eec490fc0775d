"""GET …/export: a version as a file, in the format and coordinate system that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from app.api.layer_doors import LayerDoors
from app.api.layer_sight import sight
from app.api.room import Room
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.people import AuditEvent
from app.security.requests import client_address
from app.services import Services
from layers.catalogue.contracts import Mask
from layers.errors import BadFilter
from layers.export import FORMATS, file_name

_TYPES = {
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "shp": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_AT_ONCE = 4


def router(services: Services) -> APIRouter:
    """The export's one route."""
    routes = APIRouter(prefix="/api/v1/layers", tags=["图层"])
    doors = LayerDoors(services.layers)
    room = Room(_AT_ONCE, "导出")

    @routes.get(
        "/{layer}/versions/{version}/export", summary="导出一个版本", response_class=Response
    )
    @door(Action.READ, "feature")
    def export(
        layer: str,
        version: str,
        request: Request,
        subject: Annotated[Subject, Depends(current_subject)],
        kind: Annotated[str, Query(alias="format", description="、".join(FORMATS))] = "geojson",
        crs: Annotated[str, Query(description="EPSG:编号、gcj02 或 bd09")] = "EPSG:4326",
    ) -> Response:
        """The features as the subject may see them: masks hold, what is hidden has no column."""
        found = doors.require(subject, layer, "feature", fresh=True)
        chosen = doors.require_version(subject, found, version)
        if kind not in FORMATS:
            raise BadFilter(f"format={kind} 不可用;可选 {'、'.join(FORMATS)}")
        covered = sight(subject, found, doors.beyond(found, chosen)).covered
        hidden = [name for name, mask in covered.items() if mask is Mask.HIDDEN]
        detail = {"version": version, "number": chosen.number, "format": kind, "crs": crs}
        event = AuditEvent(
            subject.id,
            "layer.export",
            layer,
            address=client_address(request.scope),
            detail={**detail, "masked": sorted(covered)},
        )
        with ExitStack() as space:
            folder = space.enter_context(services.layers.workspace())
            path = folder / "export"
            with room.entered():
                done = services.layers.export(
                    layer, version, path, kind, crs, masks=_masks(covered), without=hidden
                )
            services.audit.append(event)
            name = file_name(found.title, crs, kind, chosen.number)
            headers = {
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
                "Cache-Control": "private, no-store",
                "X-Notes": quote(";".join(done.notes)),
            }
            gone = BackgroundTask(space.pop_all().close)
        return FileResponse(path, media_type=_TYPES[kind], headers=headers, background=gone)

    return routes


def _masks(covered: Mapping[str, Mask]) -> dict[str, str]:
    return {name: mask.value for name, mask in covered.items() if mask is not Mask.HIDDEN}

"""`tonglan layers`: list, show, compare, publish, roll back, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.api.layer_json import layer_json, version_json
from app.api.live_versions import LiveVersions
from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.cli.layer_events import note_live
from app.cli.show import show_json, show_line, show_table
from app.security.contracts import Action, Resource
from app.security.may import require
from app.security.people import AuditEvent
from app.security.subjects import operator
from app.services import Services
from layers.contracts import Layer, Version, VersionState
from topics.kit.eventlog import EventKind

group = typer.Typer(help="图层", no_args_is_help=True, rich_markup_mode=None)

LayerArgument = Annotated[str, typer.Argument(help="图层编号,见 tonglan layers list")]
_STATES = {
    VersionState.DRAFT: "草稿",
    VersionState.PUBLISHED: "已发布",
    VersionState.SUPERSEDED: "已被替换",
}


@group.command("list", help="全部图层")
def list_layers(
    as_json: JsonOption = False, home: HomeOption = None, config: ConfigOption = None
) -> None:
    """Show every layer."""
    with opened(home, config) as services:
        found = services.layers.layers()
    if as_json:
        show_json({"items": [layer_json(one) for one in found], "next": None})
        return
    show_table(
        ("编号", "名称", "专题", "分级", "更新", "状态"),
        (_row(one) for one in found),
    )


@group.command("show", help="一个图层和它的全部版本")
def show(
    layer: LayerArgument,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show one layer with its versions, newest first."""
    with opened(home, config) as services:
        found = services.layers.require(layer)
        versions = services.layers.versions(layer)
    if as_json:
        show_json(layer_json(found) | {"versions": [version_json(one) for one in versions]})
        return
    show_line(f"{found.id} {found.title}({found.classification.value})")
    show_table(
        ("版本", "编号", "状态", "要素", "坐标系", "来源文件", "导入"),
        (
            (
                str(one.number),
                one.id,
                _STATES[one.state],
                str(one.features),
                str(one.crs.get("decided") or ""),
                one.original_name,
                f"{one.created_at:%Y-%m-%d %H:%M} {one.created_by}",
            )
            for one in versions
        ),
    )


@group.command("diff", help="对比两个版本")
def diff(
    layer: LayerArgument,
    old: Annotated[str, typer.Argument(help="旧版本号")],
    new: Annotated[str, typer.Argument(help="新版本号")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show which features were added, removed and changed."""
    with opened(home, config) as services:
        found = services.layers.diff(layer, old, new)
    if as_json:
        show_json(
            {
                "added": list(found.added),
                "removed": list(found.removed),
                "changed": {name: list(fields) for name, fields in found.changed.items()},
            }
        )
        return
    show_line(f"新增 {len(found.added)},删除 {len(found.removed)},变化 {len(found.changed)} 个要素")
    for word, names in (("新增", found.added), ("删除", found.removed)):
        for name in names:
            show_line(f"{word} {name}")
    for name, fields in found.changed.items():
        show_line(f"变化 {name}:{'、'.join(fields)}")


@group.command("publish", help="发布一个草稿版本")
def publish(
    layer: LayerArgument,
    version: Annotated[str, typer.Argument(help="版本号")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Make a version live."""
    with opened(home, config) as services:
        found = _may_publish(services, layer)
        live = services.layers.publish(layer, version)
        _audit(services, "layer.publish", found, live)
        note_live(services, EventKind.LAYER_PUBLISHED, found.version, live, by=operator().id)
    _show_live(live, as_json=as_json)


@group.command("rollback", help="退回到旧版本(省略版本号为上一次发布的)")
def rollback(
    layer: LayerArgument,
    version: Annotated[str | None, typer.Argument(help="版本号")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Make an older version live again."""
    with opened(home, config) as services:
        found = _may_publish(services, layer)
        live = services.layers.rollback(layer, version)
        _audit(services, "layer.rollback", found, live)
        note_live(services, EventKind.LAYER_ROLLED_BACK, found.version, live, by=operator().id)
    _show_live(live, as_json=as_json)


@group.command("prune", help="按保留规则清理旧版本(在线版本和上传单引用的版本从不清理)")
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出会清理什么,不清理")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Remove the versions that the rule of retention lets go; the worker does it by itself too."""
    with opened(home, config) as services:
        for one in services.layers.layers():
            _may_publish(services, one.id)
        versions = LiveVersions(services)
        gone = versions.prunable() if dry_run else versions.prune(by=operator().id)
    if as_json:
        items = [version_json(version) | {"reason": reason} for version, reason in gone]
        show_json({"items": items, "next": None})
        return
    for version, reason in gone:
        show_line(
            f"{'将' if dry_run else '已'}清理 {version.layer} 第 {version.number} 版:{reason}"
        )
    show_line(f"{'将' if dry_run else '共'}清理 {len(gone)} 个版本")


@group.command("export", help="导出为 GeoJSON、GeoPackage、Shapefile、CSV、Excel 或 Parquet")
def export(
    layer: LayerArgument,
    file: Annotated[Path, typer.Argument(help="写到哪个文件;按扩展名决定格式")],
    version: Annotated[str | None, typer.Option("--version", help="版本号,默认已发布的")] = None,
    kind: Annotated[
        str | None, typer.Option("--format", help="geojson、gpkg、shp、csv、xlsx 或 parquet")
    ] = None,
    crs: Annotated[
        str, typer.Option("--crs", help="坐标系:EPSG:编号、gcj02 或 bd09")
    ] = "EPSG:4326",
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Write one version to a file."""
    chosen = kind or {".json": "geojson", ".zip": "shp"}.get(
        file.suffix.lower(), file.suffix.lower()[1:]
    )
    with opened(home, config) as services:
        found = services.layers.require(layer)
        require(operator(), Action.READ, _resource(found))
        exported = services.layers.export(layer, version, file, chosen, crs)
        services.audit.append(
            AuditEvent(operator().id, "layer.export", layer, detail={"file": file.name, "crs": crs})
        )
    if as_json:
        show_json(
            {
                "layer": layer,
                "file": str(file),
                "features": exported.features,
                "notes": list(exported.notes),
            }
        )
        return
    show_line(f"已导出 {exported.features} 个要素到 {file}")
    for note in exported.notes:
        show_line(note)


def _row(layer: Layer) -> tuple[str, ...]:
    state = "已发布" if layer.version else "未发布"
    return (
        layer.id,
        layer.title,
        layer.topic,
        layer.classification.value,
        layer.cadence,
        state,
    )


def _may_publish(services: Services, layer: str) -> Layer:
    found = services.layers.require(layer)
    require(operator(), Action.PUBLISH, _resource(found))
    return found


def _resource(layer: Layer) -> Resource:
    return Resource("layer", layer.id, layer.topic, layer.classification, layer.demo)


def _audit(services: Services, action: str, before: Layer, live: Version) -> None:
    detail = {"from": before.version, "to": live.id, "number": live.number}
    services.audit.append(AuditEvent(operator().id, action, before.id, detail=detail))


def _show_live(live: Version, *, as_json: bool) -> None:
    if as_json:
        show_json(version_json(live))
        return
    show_line(f"图层 {live.layer} 现在是第 {live.number} 版,共 {live.features} 个要素")

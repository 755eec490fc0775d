"""`tonglan reference`: what the city trusts, kept apart from its layers."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.cli.show import show_json, show_line
from app.security.contracts import Action, Resource
from app.security.may import require
from app.security.people import AuditEvent
from app.security.subjects import operator
from app.services import Services
from layers.errors import LayerError
from layers.reference import OutlineReference

group = typer.Typer(help="城市基准资料", no_args_is_help=True, rich_markup_mode=None)


class Kind(StrEnum):
    """What can be set as a reference."""

    OUTLINE = "outline"
    RIVERS = "rivers"
    ROADS = "roads"


_TITLES = {Kind.OUTLINE: "界线", Kind.RIVERS: "河流", Kind.ROADS: "道路"}
KindArgument = Annotated[
    Kind,
    typer.Argument(help="outline:可信界线(各县(市、区)的面,带代码);rivers:河流;roads:道路"),
]


@group.command("set", help="设定可信界线、河流或道路")
def set_reference(
    kind: KindArgument,
    file: Annotated[Path, typer.Argument(help="界线:县(市、区)的面,带六位代码;河流、道路:线")],
    crs: Annotated[
        str, typer.Option("--crs", help="坐标系:EPSG:编号、gcj02 或 bd09;经纬度数据必须指明")
    ] = "auto",
    encoding: Annotated[str, typer.Option("--encoding", help="文字编码")] = "auto",
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Trust this outline, these rivers or these roads from now on."""
    subject = operator()
    with opened(home, config) as services:
        require(subject, Action.ADMINISTER, Resource("region"))
        reference = _reference(services)
        if kind is Kind.OUTLINE:
            reference.set_outline(file, crs, subject.id, encoding=encoding)
        else:
            reference.set_lines(kind.value, file, crs, subject.id, encoding=encoding)
        event = AuditEvent(subject.id, f"reference.{kind.value}", file.name, detail={"crs": crs})
        services.audit.append(event)
        shown = _json(reference, kind)
    if as_json:
        show_json(shown)
        return
    show_line(f"已设定可信{_TITLES[kind]}:{_size(shown, kind)},坐标系 {shown['crs']}")


@group.command("show", help="查看可信界线、河流和道路")
def show(
    kind: Annotated[
        Kind | None, typer.Argument(help="outline、rivers 或 roads;不写则全部列出")
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show what is trusted, since when and by whom."""
    with opened(home, config) as services:
        reference = _reference(services)
        found = {one: _json(reference, one) for one in ([kind] if kind else list(Kind))}
    if as_json:
        show_json(found[kind] if kind else {one.value: about for one, about in found.items()})
        return
    for one, shown in found.items():
        _show(one, shown)


def _show(kind: Kind, shown: dict[str, Any]) -> None:
    title = _TITLES[kind]
    if not shown["set"]:
        show_line(f"没有可信{title};用 tonglan reference set {kind.value} 文件 --crs … 设定")
        return
    who = f"{shown['set_at']} 由 {shown['set_by']} 设定"
    show_line(f"{title}:{shown['file']}({shown['crs']}),{who}")
    names = "、".join(one["name"] for one in shown.get("counties", ()))
    show_line(f"{_size(shown, kind)}{':' + names if names else ''}")


def _size(shown: dict[str, Any], kind: Kind) -> str:
    unit = "个县(市、区)" if kind is Kind.OUTLINE else "条"
    return f"{shown['count']:,} {unit}"


def _reference(services: Services) -> OutlineReference:
    if services.layers.reference is None:
        raise LayerError("本程序没有接入基准资料库;请联系维护人员")
    return services.layers.reference


def _json(reference: OutlineReference, kind: Kind) -> dict[str, Any]:
    record = reference.record(kind.value)
    outline = reference.outline() if kind is Kind.OUTLINE else None
    counties = [
        {"code": code, "name": name}
        for code, name in (zip(outline.codes, outline.names, strict=True) if outline else ())
    ]
    listed = {"counties": counties} if kind is Kind.OUTLINE else {}
    if record is None:
        empty = dict.fromkeys(("file", "sha256", "crs", "set_by", "set_at"))
        return {"set": False, **empty, "count": 0, **listed}
    return {
        "set": True,
        "file": record.original_name,
        "sha256": record.sha256,
        "crs": record.crs,
        "set_by": record.set_by,
        "set_at": record.set_at.isoformat(),
        "count": record.counties,
        **listed,
    }

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


KindArgument = Annotated[Kind, typer.Argument(help="outline:可信界线(各县(市、区)的面,带代码)")]


@group.command("set", help="设定可信界线")
def set_reference(
    kind: KindArgument,
    file: Annotated[Path, typer.Argument(help="各县(市、区)的面,带六位行政区划代码")],
    crs: Annotated[
        str, typer.Option("--crs", help="坐标系:EPSG:编号、gcj02 或 bd09;经纬度数据必须指明")
    ] = "auto",
    encoding: Annotated[str, typer.Option("--encoding", help="文字编码")] = "auto",
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Trust this outline from now on."""
    subject = operator()
    with opened(home, config) as services:
        require(subject, Action.ADMINISTER, Resource("region"))
        reference = _reference(services)
        outline = reference.set_outline(file, crs, subject.id, encoding=encoding)
        event = AuditEvent(subject.id, f"reference.{kind.value}", file.name, detail={"crs": crs})
        services.audit.append(event)
        shown = _json(reference)
    if as_json:
        show_json(shown)
        return
    show_line(f"已设定可信界线:{len(outline.codes)} 个县(市、区),坐标系 {shown['crs']}")


@group.command("show", help="查看可信界线")
def show(
    kind: KindArgument,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show which outline is trusted, since when and by whom."""
    with opened(home, config) as services:
        shown = _json(_reference(services))
    if as_json:
        show_json(shown)
        return
    if not shown["set"]:
        show_line("没有可信界线;用 tonglan reference set outline 文件 --crs … 设定")
        return
    names = "、".join(one["name"] for one in shown["counties"])
    show_line(f"{shown['file']}({shown['crs']}),{shown['set_at']} 由 {shown['set_by']} 设定")
    show_line(f"{len(shown['counties'])} 个:{names}")


def _reference(services: Services) -> OutlineReference:
    if services.layers.reference is None:
        raise LayerError("本程序没有接入基准资料库;请联系维护人员")
    return services.layers.reference


def _json(reference: OutlineReference) -> dict[str, Any]:
    record, outline = reference.record(), reference.outline()
    if record is None or outline is None:
        empty = dict.fromkeys(("file", "sha256", "crs", "set_by", "set_at"))
        return {"set": False, **empty, "counties": []}
    return {
        "set": True,
        "file": record.original_name,
        "sha256": record.sha256,
        "crs": record.crs,
        "set_by": record.set_by,
        "set_at": record.set_at.isoformat(),
        "counties": [
            {"code": code, "name": name}
            for code, name in zip(outline.codes, outline.names, strict=True)
        ],
    }

"""`tonglan import`: one file into one layer."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status

from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.cli.layer_events import note_live
from app.cli.show import show_json, show_line, show_table
from app.security.contracts import Action, Resource
from app.security.may import require
from app.security.people import AuditEvent
from app.security.subjects import operator
from app.services import Services
from layers.contracts import Classification, ImportOutcome, ImportRequest, Outcome
from layers.errors import BadAnswer, LayerError
from layers.intake.direct import FIXES, Direct, answers_of
from layers.intake.outcomes import refusal
from topics.kit.eventlog import EventKind

_PURPOSES = ("auto", "layer", "indicator")
_DONE = {Outcome.PUBLISHED, Outcome.DRAFT}


def run(
    file: Annotated[Path, typer.Argument(help="GeoJSON、Shapefile(zip)、GeoPackage、Excel、CSV …")],
    layer: Annotated[str, typer.Option("--layer", help="图层编号,如 city.counties")],
    title: Annotated[str | None, typer.Option("--title", help="图层名称")] = None,
    topic: Annotated[str | None, typer.Option("--topic", help="所属专题")] = None,
    crs: Annotated[
        str, typer.Option("--crs", help="坐标系:auto、EPSG:编号、gcj02 或 bd09")
    ] = "auto",
    parameters: Annotated[
        str | None,
        typer.Option(
            "--parameters",
            help="西安80、北京54 的七参数:dx,dy,dz,rx,ry,rz,尺度,旋转约定(米、角秒、ppm,"
            "position_vector 或 coordinate_frame);与 --crs 同用",
        ),
    ] = None,
    encoding: Annotated[
        str, typer.Option("--encoding", help="文字编码:auto、utf-8、gbk、gb18030 …")
    ] = "auto",
    key: Annotated[str | None, typer.Option("--key", help="关键字段:要素靠它跨版本对应")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="责任单位")] = None,
    source: Annotated[str | None, typer.Option("--source", help="数据来源")] = None,
    cadence: Annotated[str | None, typer.Option("--cadence", help="更新频率,如 每月")] = None,
    classification: Annotated[
        Classification | None, typer.Option("--classification", help="数据分级,新图层默认内部")
    ] = None,
    part: Annotated[
        str | None, typer.Option("--part", help="文件里有几个工作表或图层时,用哪一个")
    ] = None,
    purpose: Annotated[
        str, typer.Option("--purpose", help="表格的用途:auto、layer(图层)或 indicator(指标)")
    ] = "auto",
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="指明列的作用,如 lon=经度、code=区划代码;可写多次"),
    ] = None,
    header_rows: Annotated[
        int | None, typer.Option("--header-rows", min=0, help="表格顶部标题和表头共几行")
    ] = None,
    fix: Annotated[
        str,
        typer.Option(
            "--fix",
            help="auto=只修几何、其余照收并提示;all=能修的都修;none=都不修(后两种有错的行不进入版本)",
        ),
    ] = "auto",
    accept_schema: Annotated[
        bool, typer.Option("--accept-schema", help="接受与上一版不兼容的字段变化")
    ] = False,
    publish: Annotated[bool, typer.Option("--publish", help="导入后立即发布")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Import a file as a new version of a layer, and publish it where asked."""
    subject = operator()
    if purpose not in _PURPOSES:
        raise typer.BadParameter(f"{purpose};可选 {'、'.join(_PURPOSES)}", param_hint="--purpose")
    request = ImportRequest(
        layer=layer,
        title=title,
        topic=topic,
        crs=crs,
        parameters=parameters,
        encoding=encoding,
        publish=publish,
        owner=owner,
        source=source,
        classification=classification,
        cadence=cadence,
        key=key,
        by=subject.id,
        part=part,
        purpose=purpose,
        columns=_columns(column or []),
        header_rows=header_rows,
    )
    if fix not in FIXES:
        raise BadAnswer(f"--fix {fix} 不可用;可选 {'、'.join(FIXES)}")
    direct = Direct(replace(answers_of(request), accept_schema=accept_schema), fix)
    with opened(home, config) as services, _working(file, quiet=as_json):
        outcome = _import(services, file, request, direct)
    _show(outcome, as_json=as_json)
    if outcome.outcome not in _DONE:
        sys.exit(1)


def _columns(written: list[str]) -> dict[str, str]:
    """Roles and columns from "role=column"; wrong usage is told as such."""
    for one in written:
        if "=" not in one:
            raise typer.BadParameter(f"{one} 不是“作用=列名”;如 lon=经度", param_hint="--column")
    return dict(one.split("=", 1) for one in written)


def _working(file: Path, *, quiet: bool) -> Status:
    console = Console(stderr=True, quiet=quiet)
    return console.status(f"正在导入 {file.name} …")


def _import(
    services: Services, file: Path, request: ImportRequest, direct: Direct
) -> ImportOutcome:
    subject = operator()
    known = services.layers.find(request.layer)
    resource = Resource(
        "layer",
        request.layer,
        topic=request.topic or (known.topic if known else None),
        classification=known.classification if known else Classification.INTERNAL,
    )
    for action in (Action.IMPORT, Action.PUBLISH) if request.publish else (Action.IMPORT,):
        require(subject, action, resource)
    try:
        outcome = services.layers.import_file(file, request, direct)
    except LayerError as wrong:
        outcome = refusal(request, None, wrong)
    done = outcome.outcome in _DONE
    services.audit.append(
        AuditEvent(
            actor=subject.id,
            action="layer.import",
            object=request.layer,
            outcome="ok" if done else "refused",
            detail={
                "file": file.name,
                "version": outcome.version,
                "outcome": outcome.outcome.value,
                "crs": outcome.crs.decided,
                # The command line publishes past the review, and says so.
                "review": "bypassed" if _past_review(services, outcome) else "",
            },
        )
    )
    if outcome.outcome is Outcome.PUBLISHED and outcome.version:
        live = services.layers.require_version(request.layer, outcome.version)
        before = known.version if known else None
        note_live(services, EventKind.LAYER_PUBLISHED, before, live, by=subject.id)
    return outcome


def _past_review(services: Services, outcome: ImportOutcome) -> bool:
    published = outcome.outcome is Outcome.PUBLISHED
    return published and services.submissions.rules.review_required


def _show(outcome: ImportOutcome, *, as_json: bool) -> None:
    done = outcome.outcome in _DONE
    if as_json:
        show_json(asdict(outcome))
    if not done:
        Console(stderr=True, highlight=False, soft_wrap=True).print(outcome.message, markup=False)
    elif not as_json:
        show_line(outcome.message)
    if not as_json and outcome.problems and done:
        show_table(
            ("行", "项目", "问题", "处数", "怎么办"),
            (
                (str(one.row or ""), one.item, one.problem, str(one.count), one.remedy)
                for one in outcome.problems
            ),
        )

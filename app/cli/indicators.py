"""`tonglan indicators`: list definitions, import and export values."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from app.api.definitions import definition
from app.api.observation_json import observation_json
from app.api.observation_push import store_rows
from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.cli.indicator_definitions import (
    export_definitions,
    holds_definitions,
    import_definitions,
)
from app.cli.indicator_files import read_rows, write_rows
from app.cli.show import show_json, show_line, show_table
from app.quality.timeliness import Timeliness
from app.security.subjects import operator
from app.services import Services
from topics.kit.contracts import Observation
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_texts import parse_moment

group = typer.Typer(help="指标", no_args_is_help=True, rich_markup_mode=None)

_PAGE = 10_000


@group.command("list", help="全部指标及口径")
def list_indicators(
    topic: Annotated[str, typer.Option(help="只看一个专题")] = "",
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the definitions of all indicators."""
    with opened(home, config) as services:
        specs = [
            one
            for one in services.catalogue.indicators()
            if topic in ("", services.catalogue.topic_of(one.id).id)
        ]
        if as_json:
            show_json({"items": [definition(services, one) for one in specs], "next": None})
            return
        show_table(
            ("编号", "名称", "单位", "时期", "责任单位", "分级"),
            [_row(services, one) for one in specs],
        )


@group.command("export", help="导出指标数据(CSV,.jsonl 为每行一个 JSON);.xlsx、.toml 导出指标定义")
def export(
    file: Annotated[Path | None, typer.Argument(help="写到哪个文件;不写则输出 CSV")] = None,
    indicator: Annotated[list[str] | None, typer.Option(help="指标编号,可重复")] = None,
    region: Annotated[list[str] | None, typer.Option(help="区划代码,可重复")] = None,
    begin: Annotated[str, typer.Option("--from", help="起(含)")] = "1949-10-01",
    to: Annotated[str, typer.Option("--to", help="止(不含)")] = "2200-01-01",
    as_of: Annotated[str, typer.Option("--as-of", help="按哪一刻所知")] = "",
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Write values in the form that import reads."""
    question: dict[str, Any] = {
        "regions": region or None,
        "start": parse_moment(begin),
        "end": parse_moment(to),
        "as_of": parse_moment(as_of) if as_of else None,
    }
    count = 0
    with opened(home, config) as services:
        named = [services.catalogue.indicator(one) for one in indicator or ()]
        if holds_definitions(file):
            export_definitions(services, file, named or services.catalogue.indicators())
            return
        question["indicators"] = [one.id for one in named or services.catalogue.indicators()]
        ages = Timeliness.of(services, question["indicators"], question["as_of"])
        with write_rows(file, sys.stdout) as write:
            for page in _pages(services, question):
                write([_json(services, one) | {"freshness": ages.said(one)} for one in page])
                count += len(page)
    if file is not None:
        show_line(f"已导出 {count} 条到 {file}")


@group.command("import", help="导入指标数据(CSV、JSON、.jsonl;列同导出)或指标定义(.xlsx、.toml)")
def import_values(
    file: Annotated[Path, typer.Argument(help="indicator,region,period,value 等列的文件")],
    reason: Annotated[str, typer.Option(help="指标定义:变更原因;不写只比对")] = "",
    valid_from: Annotated[
        str, typer.Option("--valid-from", help="指标定义:口径改动从哪一天的数据起执行")
    ] = "",
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Store the file's values; all rows or, when one is wrong, none."""
    if holds_definitions(file):
        with opened(home, config) as services:
            import_definitions(services, file, reason, valid_from, as_json=as_json)
        return
    rows = read_rows(file)
    with opened(home, config) as services:
        answer = store_rows(services, operator(), rows)
    if as_json:
        show_json({key: answer[key] for key in ("accepted", "changed")})
        return
    show_line(f"已导入 {answer['accepted']} 条,其中 {answer['changed']} 条有变化")


def _pages(services: Services, question: dict[str, Any]) -> Iterator[list[Observation]]:
    after = None
    while page := services.observations.listed(**question, after=after, limit=_PAGE):
        yield page
        after = (page[-1].indicator, page[-1].region, page[-1].period)


def _row(services: Services, spec: IndicatorSpec) -> tuple[str, ...]:
    owner = services.organisations.name(spec.owner)
    kind = spec.period_kind.value
    return (spec.id, spec.title, spec.unit, kind, owner, spec.classification.value)


def _json(services: Services, one: Observation) -> dict[str, object]:
    return observation_json(one, services.catalogue.indicator(one.indicator).unit)

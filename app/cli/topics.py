"""`tonglan topics`: list, new, check. None of them needs a database or a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from app.cli import topic_packages, topic_tables
from app.cli.options import ConfigOption, HomeOption, JsonOption, read_config
from app.cli.show import show_json, show_line, show_table
from app.cli.topic_report import report_json, show_report
from app.installing import shipped_ids, surroundings, topics_of
from topics.kit.catalogue import LeftOut
from topics.kit.errors import BadPackage
from topics.kit.manifest import Manifest
from topics.kit.packages.check import check_topic
from topics.kit.packages.draft import example
from topics.kit.packages.excel_topic import read_draft
from topics.kit.packages.scaffold import write_topic

group = typer.Typer(help="专题", no_args_is_help=True, rich_markup_mode=None)


@group.command("list", help="全部专题")
def list_topics(
    as_json: JsonOption = False, home: HomeOption = None, config: ConfigOption = None
) -> None:
    """Show every topic, shipped and installed; those that are not used because they are wrong."""
    catalogue = topics_of(read_config(home, config))
    if as_json:
        items = [_topic_json(one) for one in catalogue.topics]
        left = [{"id": one.topic, "problems": list(one.problems)} for one in catalogue.left_out]
        show_json({"items": items, "left_out": left, "next": None})
        return
    columns = ("编号", "名称", "责任单位", "指标", "来源", "版本", "安装")
    show_table(columns, map(_row, catalogue.topics))
    _show_left(catalogue.left_out)


@group.command("new", help="新建一个专题文件夹;给出 Excel 则由它生成")
def new_topic(
    topic: Annotated[str, typer.Argument(help="专题编号:小写字母、数字、下划线,如 traffic")],
    title: Annotated[str, typer.Option(help="名称,如 交通运行")] = "",
    owner: Annotated[str, typer.Option(help="责任单位编号,如 wgltj")] = "fgj",
    excel: Annotated[
        Path | None, typer.Option(help="专题负责人的 Excel:工作表“指标”和“数据”")
    ] = None,
    into: Annotated[Path | None, typer.Option(help="放在哪个文件夹下,默认为当前文件夹")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Write a small topic that passes the check, to be edited."""
    around = surroundings(read_config(home, config))
    name = title or topic
    if excel is not None:
        try:
            draft = read_draft(
                excel,
                topic,
                name,
                regions=around.regions,
                organisations=around.organisations,
            )
        except BadPackage as wrong:
            _refuse(list(wrong.problems), as_json=as_json)
    else:
        rows = [one for one in around.regions.all() if one.level in ("city", "county")]
        draft = example(topic, name, owner, tuple((one.code, one.name) for one in rows))
    folder = write_topic(into or Path(), draft)
    if as_json:
        show_json({"folder": str(folder), "indicators": [one.id for one in draft.indicators]})
        return
    show_line(f"已建立 {folder};改好 topic.toml 后运行 tonglan topics check {folder}")


@group.command("check", help="离线检查一个专题文件夹")
def check(
    folder: Annotated[Path, typer.Argument(help="专题文件夹,里面有 topic.toml")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Say that the topic is in order, or every problem with its fix (exit status 1)."""
    report = check_topic(folder, surroundings(read_config(home, config)))
    if not report.ok or report.manifest is None:
        _refuse(list(report.problems), as_json=as_json)
    if as_json:
        show_json({**_topic_json(report.manifest), **report_json(report)})
        return
    show_report(report, report.manifest)


def _refuse(problems: list[str], *, as_json: bool) -> NoReturn:
    if as_json:
        show_json({"ok": False, "problems": problems})
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for one in problems:
        errors.print(one, markup=False)
    errors.print(f"共 {len(problems)} 处要改;写法见 docs/topic-manifest.md", markup=False)
    sys.exit(1)


def _topic_json(manifest: Manifest) -> dict[str, object]:
    return {
        "id": manifest.id,
        "title": manifest.title,
        "owner": manifest.owner,
        "version": manifest.topic.version,
        "demo": manifest.demo,
        "shipped": manifest.id in shipped_ids(),
        "indicators": [one.id for one in manifest.indicators],
        "layers": [one.id for one in manifest.layers],
        "refreshers": [one.id for one in manifest.refreshers],
    }


def _row(manifest: Manifest) -> tuple[str, ...]:
    counts = (str(len(manifest.indicators)), str(len(manifest.refreshers)))
    place = "随程序" if manifest.id in shipped_ids() else "已安装"
    return (manifest.id, manifest.title, manifest.owner, *counts, manifest.topic.version, place)


def _show_left(left: tuple[LeftOut, ...]) -> None:
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for one in left:
        errors.print(f"没有启用 {one.topic}:{one.problems[0]}", markup=False)


group.command("tables", help="各专题的规则表、名录和点位表:在用的是谁的,新城市要自带哪些")(
    topic_tables.show_tables
)
topic_packages.add_to(group)

"""`tonglan topics`: list, new, check. None of them needs a database or a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from app.cli.options import ConfigOption, HomeOption, JsonOption, read_config
from app.cli.show import show_json, show_line, show_table
from topics.kit.catalogue import SHIPPED, Catalogue, topic_folders
from topics.kit.errors import BadManifest
from topics.kit.manifest import Manifest, declared_indicators, load_manifest
from topics.kit.manifest_template import write_topic

group = typer.Typer(help="专题", no_args_is_help=True, rich_markup_mode=None)


@group.command("list", help="全部专题")
def list_topics(
    as_json: JsonOption = False, home: HomeOption = None, config: ConfigOption = None
) -> None:
    """Show every topic, shipped and installed."""
    settings = read_config(home, config)
    paths = [SHIPPED, settings.home_path / "topics"]
    catalogue = Catalogue.load(paths, settings.topics.allow_python)
    if as_json:
        show_json({"items": [_topic_json(one) for one in catalogue.topics], "next": None})
        return
    show_table(("编号", "名称", "责任单位", "指标", "来源", "版本"), map(_row, catalogue.topics))


@group.command("new", help="新建一个专题文件夹")
def new_topic(
    topic: Annotated[str, typer.Argument(help="专题编号:小写字母、数字、下划线,如 traffic")],
    title: Annotated[str, typer.Option(help="名称,如 交通运行")] = "",
    into: Annotated[
        Path | None, typer.Option(help="放在哪个文件夹下,默认为运行数据目录的 topics")
    ] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Write a small topic that passes the check, to be edited."""
    parent = into or read_config(home, config).home_path / "topics"
    folder = write_topic(parent, topic, title or topic)
    show_line(f"已建立 {folder};改好 topic.toml 后运行 tonglan topics check {folder}")


@group.command("check", help="离线检查一个专题文件夹")
def check(
    folder: Annotated[Path, typer.Argument(help="专题文件夹,里面有 topic.toml")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Say that the topic is in order, or every problem with its fix (exit status 1)."""
    paths = [SHIPPED, read_config(home, config).home_path / "topics"]
    others = [one for one in topic_folders(paths) if one.name != folder.resolve().name]
    elsewhere = [one for other in others for one in declared_indicators(other)]
    try:
        manifest = load_manifest(folder, elsewhere=elsewhere)
    except BadManifest as wrong:
        _refuse(str(wrong).splitlines(), as_json=as_json)
    if as_json:
        show_json({"ok": True, "problems": [], **_topic_json(manifest)})
        return
    show_line(
        f"专题 {manifest.id}({manifest.title})检查通过:指标 {len(manifest.indicators)} 个,"
        f"图层 {len(manifest.layers)} 个,数据来源 {len(manifest.refreshers)} 个"
    )


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
        "indicators": [one.id for one in manifest.indicators],
        "layers": [one.id for one in manifest.layers],
        "refreshers": [one.id for one in manifest.refreshers],
    }


def _row(manifest: Manifest) -> tuple[str, ...]:
    counts = (str(len(manifest.indicators)), str(len(manifest.refreshers)))
    return (manifest.id, manifest.title, manifest.owner, *counts, manifest.topic.version)

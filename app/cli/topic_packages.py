"""`tonglan topics pack | install | rollback | remove`: a topic goes from one city to another."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from app.cli.context import opened_on
from app.cli.options import ConfigOption, HomeOption, JsonOption, read_config
from app.cli.show import show_json, show_line
from app.config import Config
from app.installing import (
    PROGRAM_VERSION,
    settle_topics,
    shipped_ids,
    surroundings,
    topics_of,
)
from app.security.people import AuditEvent
from app.security.subjects import operator
from topics.kit.errors import BadManifest, BadPackage
from topics.kit.manifest import load_manifest
from topics.kit.packages.archive import SUFFIX, Package, pack, read_package
from topics.kit.packages.check import check_topic
from topics.kit.packages.compare import differences
from topics.kit.packages.installing import Prepared, prepare
from topics.kit.packages.region_map import read_map
from topics.kit.packages.requirements import require
from topics.kit.packages.shelf import Shelf

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="不再询问")]
_MOST_PACKAGE = 100 << 20
_RESTART = "重启 tonglan run 后生效;运行中的程序仍用原来的版本"


def add_to(group: typer.Typer) -> None:
    """Add the commands to `tonglan topics`."""
    group.command("pack", help="检查并打包成 编号-版本.tonglan")(pack_topic)
    group.command("install", help="安装或升级一个专题包")(install_topic)
    group.command("rollback", help="退回已安装专题的上一个版本")(roll_back)
    group.command("remove", help="停用一个已安装的专题;数据保留")(remove_topic)


def pack_topic(
    folder: Annotated[Path, typer.Argument(help="专题文件夹")],
    out: Annotated[Path | None, typer.Option(help="写到哪个文件夹,默认为当前文件夹")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Write the package of a folder that passes the check; the same files give the same bytes."""
    around = surroundings(read_config(home, config))
    report = check_topic(folder, around)
    try:
        versions = {one.id: one.topic.version for one in around.others}
        packed = pack(folder, report, around.regions, versions)
        package = read_package(packed)
    except BadPackage as wrong:
        _refuse(wrong.problems, as_json=as_json)
    info = package.info
    file = (out or Path()) / f"{info.id}-{info.version}{SUFFIX}"
    try:
        file.write_bytes(packed)
    except OSError as wrong:
        _refuse((f"{file}:写不了({wrong.strerror});用 --out 换一个文件夹",), as_json=as_json)
    if as_json:
        show_json({"file": str(file), "sha256": package.digest, **_info_json(package)})
        return
    show_line(f"已打包 {file}({len(packed) / 1024:.0f} KB,{len(info.files)} 个文件)")
    show_line(f"校验值 {package.digest}")


def install_topic(
    file: Annotated[Path, typer.Argument(help="专题包 编号-版本.tonglan")],
    regions: Annotated[
        Path | None, typer.Option(help="区划对照表(CSV,两列 from,to),装到别的城市时用")
    ] = None,
    skip_unmapped: Annotated[
        bool, typer.Option("--skip-unmapped", help="对照表里没有的区划,略去它们的行")
    ] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Verify, map the regions, show what changes, then switch in one step."""
    settings = read_config(home, config)
    shelf = Shelf(settings.home_path)
    try:
        package = read_package(_bytes(file))
        around = surroundings(settings)
        topics = {one.id: one.topic.version for one in around.others}
        require(package.info, program=PROGRAM_VERSION, topics=topics, shipped=shipped_ids())
        codes = read_map(regions) if regions is not None else {}
        with shelf.alone():
            prepared = prepare(package, shelf, around, codes, skip_unmapped=skip_unmapped)
            _say(prepared, as_json=as_json)
            if not _agreed(yes, "安装"):
                shelf.discard(prepared.folder)
                _refuse(("没有安装;确认无误后加 --yes",), as_json=as_json)
            done = _switch(settings, shelf, prepared, package, home, config)
    except (BadPackage, BadManifest) as wrong:
        _refuse(str(wrong).splitlines(), as_json=as_json)
    answer = {"installed": package.info.id, "version": package.info.version}
    changes = list(prepared.changes)
    _finish({**answer, "changes": changes, "migrated": done, **_info_json(package)}, as_json)


def roll_back(
    topic: Annotated[str, typer.Argument(help="专题编号")],
    to: Annotated[str | None, typer.Option(help="退回哪个版本,默认为上一个")] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Use an earlier version of the disk again; values and definitions follow."""
    settings = read_config(home, config)
    shelf = Shelf(settings.home_path)
    try:
        with shelf.alone():
            kept = shelf.find(topic, to)
            around = surroundings(settings)
            old = next((one for one in around.others if one.id == topic), None)
            elsewhere = {one.id for other in around.others for one in other.indicators}
            new = load_manifest(kept.folder, elsewhere=elsewhere)
            changes = differences(old, new)
            _tell(changes, as_json=as_json)
            if not _agreed(yes, "退回"):
                _refuse(("没有退回;确认无误后加 --yes",), as_json=as_json)
            detail = {"version": kept.version, "digest": kept.digest}
            done = _changed(
                settings, home, config, "topic.rollback", topic, detail, lambda: shelf.switch(kept)
            )
    except (BadPackage, BadManifest) as wrong:
        _refuse(str(wrong).splitlines(), as_json=as_json)
    answer = {"rolled_back": topic, "version": kept.version, "changes": changes}
    _finish({**answer, "migrated": done}, as_json)


def remove_topic(
    topic: Annotated[str, typer.Argument(help="专题编号")],
    purge: Annotated[
        bool, typer.Option("--purge", help="连留存的版本一起删去,不能再退回;数据仍保留")
    ] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Take a topic out of use; its values stay in the database and come back with it."""
    settings = read_config(home, config)
    shelf = Shelf(settings.home_path)
    try:
        if topic in shipped_ids():
            raise BadPackage(f"专题 {topic} 随程序发布,不能移除")
        if not shelf.is_installed(topic):
            raise BadPackage(f"没有安装专题 {topic};用 tonglan topics list 查看")
        _needed(settings, topic)
        what = "移除并删去全部留存版本" if purge else "移除"
        if purge and not _agreed(yes, what):
            _refuse(("没有移除;确认无误后加 --yes",), as_json=as_json)
        with shelf.alone():
            _changed(
                settings,
                home,
                config,
                "topic.remove",
                topic,
                {"purge": purge},
                lambda: shelf.remove(topic, purge=purge),
            )
    except (BadPackage, BadManifest) as wrong:
        _refuse(str(wrong).splitlines(), as_json=as_json)
    kept = "数据保留在库里,重新安装后照常可看"
    if not as_json and not purge:
        kept += f";tonglan topics rollback {topic} 可以退回"
    _finish({"removed": topic, "purged": purge, "note": kept}, as_json)


def _switch(
    settings: Config,
    shelf: Shelf,
    prepared: Prepared,
    package: Package,
    home: Path | None,
    config: Path | None,
) -> list[str]:
    info = package.info
    detail = {"version": info.version, "sha256": package.digest, "python": list(info.python)}
    try:
        return _changed(
            settings,
            home,
            config,
            "topic.install",
            info.id,
            detail,
            lambda: shelf.install(prepared.folder, info.id, info.version),
        )
    finally:
        shelf.discard(prepared.folder)


def _changed(
    settings: Config,
    home: Path | None,
    config: Path | None,
    action: str,
    topic: str,
    detail: dict[str, Any],
    change: Callable[[], object],
) -> list[str]:
    """Write the change into the trail, make it, then bring values and definitions along.

    Killed before the change nothing has happened; killed after it the next start brings them along.
    """
    with opened_on(home, config) as (services, urls):
        services.audit.append(AuditEvent(operator().id, action, object=topic, detail=detail))
        change()
        return settle_topics(topics_of(settings).topics, urls.postgres)


def _needed(settings: Config, topic: str) -> None:
    """Refuse to remove what other installed topics compute with or show."""
    for one in topics_of(settings).topics:
        named = {*one.expression_names(), *(i for p in one.panels for i in p.indicators)}
        if one.id != topic and any(name.startswith(f"{topic}.") for name in named):
            raise BadPackage(f"专题 {one.id}({one.title})用到 {topic} 的指标;先移除 {one.id}")


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > _MOST_PACKAGE:
            raise BadPackage(f"{file.name}:超过 {_MOST_PACKAGE >> 20} MB,不是专题包")
        return file.read_bytes()
    except OSError as wrong:
        raise BadPackage(f"{file}:读不到({wrong.strerror});请检查路径和权限") from wrong


def _agreed(yes: bool, what: str) -> bool:
    if yes:
        return True
    return sys.stdin.isatty() and typer.confirm(f"{what}?", default=False, err=True)


def _say(prepared: Prepared, *, as_json: bool) -> None:
    notes = [f"提醒:{one}" for one in prepared.report.notes if "Python" in one]
    _tell([*prepared.changes, *notes], as_json=as_json)


def _tell(lines: list[str], *, as_json: bool) -> None:
    if not as_json:
        for one in lines:
            show_line(one)


def _finish(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json({"ok": True, **answer, "restart": _RESTART})
        return
    for one in answer.get("migrated", ()):
        show_line(one)
    if "note" in answer:
        show_line(str(answer["note"]))
    show_line(f"完成;{_RESTART}")


def _info_json(package: Package) -> dict[str, Any]:
    info = package.info
    return {
        "id": info.id,
        "version": info.version,
        "requires": dict(info.requires),
        "python": list(info.python),
        "regions": sorted(info.regions),
    }


def _refuse(problems: tuple[str, ...] | list[str], *, as_json: bool) -> NoReturn:
    if as_json:
        show_json({"ok": False, "problems": list(problems)})
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for one in problems:
        errors.print(one, markup=False)
    sys.exit(1)

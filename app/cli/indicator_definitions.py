"""Definitions of indicators as files on the command line: out, compared, and handed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeGuard

import typer

from app.cli.show import show_json, show_line, show_table
from app.definitions.desk import desk_of
from app.definitions.files import compare, export, read
from app.definitions.steps import DefinitionSteps
from app.errors import BadRequest
from app.security.subjects import operator
from app.services import Services
from topics.kit.definitions.changes import Step, Worker
from topics.kit.definitions.desk import Wish
from topics.kit.definitions.fields import breaks_by_itself
from topics.kit.manifest_indicators import IndicatorSpec

_SUFFIXES = {".xlsx": "xlsx", ".toml": "toml"}


def holds_definitions(file: Path | None) -> TypeGuard[Path]:
    """Whether the file's name says that it holds definitions, not values."""
    return file is not None and file.suffix.lower() in _SUFFIXES


def export_definitions(services: Services, file: Path, specs: Iterable[IndicatorSpec]) -> None:
    """Write the definitions in the form that import reads."""
    chosen = list(specs)
    try:
        file.write_bytes(export(services, chosen, _SUFFIXES[file.suffix.lower()]))
    except OSError as wrong:
        raise BadRequest(f"{file}:写不了({wrong.strerror});请检查路径和权限") from wrong
    show_line(f"已导出 {len(chosen)} 个指标的定义到 {file}")


def import_definitions(
    services: Services, file: Path, reason: str, valid_from: str, *, as_json: bool
) -> None:
    """Show what the file would change; with a reason hand it in, and publish where none reviews.

    Exit status 1 when something in the file is wrong: then nothing is handed in.
    """
    services.definitions.sync()
    rows, problems = read(_bytes(file), _SUFFIXES[file.suffix.lower()])
    told = compare(services, operator(), rows, problems)
    wrong = told["problems"]
    made = [] if wrong or not reason else _hand_in(services, told["items"], reason, valid_from)
    told |= {"changes": [one.id for one in made], "published": [one.version for one in made]}
    if as_json:
        show_json(told)
    else:
        _show(told, reason)
    if wrong:
        raise typer.Exit(1)


def _hand_in(
    services: Services, items: list[dict[str, Any]], reason: str, valid_from: str
) -> list[Any]:
    if not items:
        return []
    try:
        day = date.fromisoformat(valid_from) if valid_from else None
    except ValueError as wrong:
        raise BadRequest(f"--valid-from {valid_from!r} 不是日期;写成如 2026-01-01") from wrong
    wishes = []
    for one in items:
        deep = breaks_by_itself(one["fields"])
        fields = (one["indicator"], one["fields"], reason)
        wishes.append(Wish(*fields, day if deep else None, None if deep else False))
    steps, subject = DefinitionSteps(services), operator()
    made = steps.draft(wishes, subject, "", submit=True)
    if desk_of(services).review:
        return made
    person = Worker(subject.person, writes=True, publishes=True)
    return [steps.take(one.id, Step.PUBLISH, person, subject, "", "") for one in made]


def _show(told: dict[str, Any], reason: str) -> None:
    if told["problems"]:
        rows = [(str(one["row"]), one["column"], one["problem"]) for one in told["problems"]]
        show_table(("行", "列", "问题与改法"), rows)
    if told["items"]:
        rows = [(one["indicator"], one["title"], one["sentence"]) for one in told["items"]]
        show_table(("编号", "名称", "改动"), rows)
    if told["changes"]:
        done = "已发布" if told["published"][0] else "已提交,待审核"
        show_line(f"{done} {len(told['changes'])} 份变更单")
    elif told["items"] and not reason and not told["problems"]:
        show_line("以上只是比对;加 --reason 原因 提交变更单")
    elif not told["items"] and not told["problems"]:
        show_line("文件与现行定义相同,没有改动")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as wrong:
        raise BadRequest(f"{file}:读不到({wrong.strerror});请检查路径和权限") from wrong

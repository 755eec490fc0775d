"""`tonglan submissions`: list, show, approve, return uploads from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from app.api.people_names import PeopleNames
from app.api.review_steps import ReviewSteps
from app.api.submission_doors import SubmissionDoors
from app.api.submission_json import SubmissionJson
from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.cli.show import show_json, show_line, show_table
from app.errors import BadRequest
from app.security.subjects import operator
from app.services import Services
from layers.review.contracts import Submission, Wanted
from layers.review.machine import STATE_TITLES, Action, State
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE

group = typer.Typer(help="上传单", no_args_is_help=True, rich_markup_mode=None)

IdArgument = Annotated[str, typer.Argument(help="上传单编号,见 tonglan submissions list")]


@group.command("list", help="上传单,新的在前")
def list_submissions(
    state: Annotated[str | None, typer.Option("--state", help="状态,如 submitted")] = None,
    layer: Annotated[str | None, typer.Option("--layer", help="图层编号")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="最多几份")] = 50,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the newest submissions."""
    if state is not None and state not in set(State):
        raise BadRequest(f"--state {state} 不可用;可选 {'、'.join(State)}")
    wanted = Wanted(state=None if state is None else State(state), layer=layer, limit=limit)
    with opened(home, config) as services:
        found = services.submissions.store.page(wanted)
        shown, names = _json(services), PeopleNames(services)
        if as_json:
            items = [shown.brief(one, operator()) for one in found]
            show_json({"items": items, "next": None})
            return
        show_table(
            ("编号", "图层", "文件", "状态", "上传人", "时间"),
            (
                (
                    one.id,
                    one.layer,
                    str(one.file["name"]),
                    STATE_TITLES[one.state],
                    names.name(one.created_by),
                    f"{one.created_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
                )
                for one in found
            ),
        )


@group.command("show", help="一份上传单的全部内容(JSON)")
def show(submission: IdArgument, home: HomeOption = None, config: ConfigOption = None) -> None:
    """Show everything about one submission as JSON."""
    with opened(home, config) as services:
        found = services.submissions.store.require(submission)
        show_json(_json(services).full(found, operator()))


@group.command("approve", help="审核通过:立即发布,或用 --at 定时")
def approve(
    submission: IdArgument,
    note: Annotated[str, typer.Option("--note", help="审核意见")] = "",
    at: Annotated[str | None, typer.Option("--at", help="发布时间,如 2026-11-02T08:00")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Let a submission through; an uploader's own is refused."""
    _step(submission, Action.APPROVE, note, at, as_json, home, config)


@group.command("return", help="退回,须写明原因")
def send_back(
    submission: IdArgument,
    note: Annotated[str, typer.Option("--note", help="退回原因")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Hand a submission back to its uploader."""
    _step(submission, Action.RETURN, note, None, as_json, home, config)


def _step(
    submission: str,
    action: Action,
    note: str,
    at: str | None,
    as_json: bool,
    home: HomeOption,
    config: ConfigOption,
) -> None:
    subject = operator()
    with opened(home, config) as services:
        found = services.submissions.store.require(submission)
        moved = ReviewSteps(services).take(
            found,
            action,
            person=SubmissionDoors(services).person(subject, found),
            actor=subject.id,
            note=note,
            publish_at=None if at is None else parse_moment(at),
        )
        if as_json:
            show_json(_json(services).full(moved, subject))
            return
    show_line(_said(moved))


def _said(moved: Submission) -> str:
    when = ""
    if moved.state is State.APPROVED and moved.publish_at is not None:
        when = f",将于 {moved.publish_at.astimezone(ZONE):%Y-%m-%d %H:%M} 发布"
    return f"上传单 {moved.id}({moved.layer})现在是“{STATE_TITLES[moved.state]}”{when}"


def _json(services: Services) -> SubmissionJson:
    return SubmissionJson(services, SubmissionDoors(services), PeopleNames(services))

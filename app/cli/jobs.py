"""`tonglan jobs`: the work in the background, and how to end it."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.api.job_json import KIND_TITLES, STATE_TITLES, job_json
from app.api.jobs import cancel_job
from app.cli.context import opened
from app.cli.options import ConfigOption, HomeOption, JsonOption
from app.cli.show import show_json, show_line, show_table
from app.errors import UnknownJob
from app.security.subjects import operator
from topics.kit.jobs import Job, JobState

group = typer.Typer(help="后台任务", no_args_is_help=True, rich_markup_mode=None)

_SHOWN_IN = ZoneInfo("Asia/Shanghai")


@group.command("list", help="最近的后台任务与进度")
def list_jobs(
    subject: Annotated[
        str | None, typer.Option("--subject", help="关于什么,如 layer:water.outfalls")
    ] = None,
    state: Annotated[
        list[JobState] | None, typer.Option("--state", help="只看某个状态,可重复")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="条数")] = 50,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the newest jobs first."""
    with opened(home, config) as services:
        jobs = services.jobs.list(subject=subject, states=state or None, limit=limit)
    if as_json:
        show_json({"items": [job_json(one) for one in jobs], "next": None})
        return
    show_table(("编号", "时间", "做什么", "关于", "状态", "进度", "说明"), map(_row, jobs))


@group.command("cancel", help="取消一个排队中或处理中的任务")
def cancel(
    job: Annotated[str, typer.Argument(help="任务编号,见 tonglan jobs list")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """End a job; what it was about stays as it was."""
    with opened(home, config) as services:
        found = services.jobs.find(job)
        if found is None:
            raise UnknownJob(f"没有任务 {job};用 tonglan jobs list 查看有哪些任务")
        cancel_job(services, found, by=operator().id)
    if as_json:
        show_json({"id": job, "cancelled": True})
        return
    show_line(f"任务 {job} 已取消。")


def _row(job: Job) -> tuple[str, ...]:
    at = job.created_at
    progress = job.progress or {}
    return (
        job.id,
        f"{at.astimezone(_SHOWN_IN):%Y-%m-%d %H:%M:%S}" if at else "",
        KIND_TITLES.get(job.kind, job.kind),
        job.subject,
        STATE_TITLES[job.state],
        f"{progress['step']} {progress['done']}/{progress['of']}" if progress else "",
        job.error,
    )

"""A job as the API and the command line tell it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from topics.kit.jobs import Job, JobState

STATE_TITLES: Mapping[JobState, str] = {
    JobState.QUEUED: "排队中",
    JobState.RUNNING: "处理中",
    JobState.DONE: "已完成",
    JobState.FAILED: "失败",
    JobState.CANCELLED: "已取消",
}
KIND_TITLES: Mapping[str, str] = {
    "layer.read": "读取与检查",
    "layer.build": "编译图层",
    "refresh": "立即取数",
    "refresh.backfill": "补跑",
    "cases.import": "导入事件",
}


def job_json(job: Job) -> dict[str, Any]:
    """What a person may know of a job; not its payload."""
    return {
        "id": job.id,
        "kind": job.kind,
        "kind_title": KIND_TITLES.get(job.kind, job.kind),
        "subject": job.subject,
        "state": job.state,
        "state_title": STATE_TITLES[job.state],
        "progress": None if job.progress is None else dict(job.progress),
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "error": job.error,
        "created_by": job.created_by,
        "created_at": _moment(job.created_at),
        "started_at": _moment(job.started_at),
        "finished_at": _moment(job.finished_at),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()

"""Submissions as JSON, with what the asker may do next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.api.people_names import PeopleNames
from app.api.screen_words import for_screen
from app.api.submission_doors import SubmissionDoors
from app.security.contracts import Subject
from app.services import Services
from layers.contracts import Version
from layers.errors import UnknownLayer
from layers.review.contracts import Step, Submission
from layers.review.described import described_json
from layers.review.machine import STATE_TITLES, Action, State, allowed
from layers.review.report import usable
from topics.kit.periods import ZONE


class SubmissionJson:
    """Makes the answers about submissions."""

    def __init__(self, services: Services, doors: SubmissionDoors, names: PeopleNames) -> None:
        """Ask the stores of `services`."""
        self._services = services
        self._doors = doors
        self._names = names

    def brief(self, submission: Submission, subject: Subject) -> dict[str, Any]:
        """What a list shows."""
        report = submission.report or {}
        return {
            "id": submission.id,
            "layer": submission.layer,
            "title": described_json(self._services.submissions.described(submission))["title"],
            "topic": self._doors.resource(submission).topic,
            "state": submission.state.value,
            "state_title": STATE_TITLES[submission.state],
            "revision": submission.revision,
            "urgent": submission.urgent,
            "file": dict(submission.file) | {"files": _files(report)},
            "about": dict(submission.about),
            "features": report.get("features"),
            "diff": submission.diff,
            "question": for_screen(submission.question),
            "created_by": self._names.shown(submission.created_by),
            "created_at": _shown(submission.created_at),
            "updated_at": _shown(submission.updated_at),
            "reviewer": self._names.shown(submission.reviewer),
            "review_note": submission.review_note,
            "publish_at": _shown(submission.publish_at),
            "actions": self.actions(submission, subject),
        }

    def full(self, submission: Submission, subject: Subject) -> dict[str, Any]:
        """Everything about one submission."""
        report = submission.report or {}
        refused = submission.state is State.REFUSED
        described = self._services.submissions.described(submission)
        steps = self._services.submissions.store.steps(submission.id)
        return self.brief(submission, subject) | {
            "described": described_json(described),
            "answers": dict(submission.answers),
            "report": None if refused else for_screen(_report(submission)),
            "message": for_screen(report.get("refused", "") if refused else _last_note(steps)),
            "version": self._version(submission.layer, submission.version),
            "live": self._version(submission.layer, self._live(submission)),
            "base": submission.base,
            "job": self._job(submission.job),
            "review_required": self._services.submissions.rules.review_required,
            "history": [self._step(one) for one in steps],
        }

    def actions(self, submission: Submission, subject: Subject) -> list[str]:
        """What the subject may do with it now, in the order of the work."""
        person = self._doors.person(subject, submission)
        can = set(allowed(submission.standing, person, self._services.submissions.rules))
        if not usable(submission):
            can -= {Action.SUBMIT, Action.PUBLISH, Action.BYPASS}
        return [one.value for one in Action if one in can]

    def _live(self, submission: Submission) -> str | None:
        layer = self._services.layers.find(submission.layer)
        return None if layer is None else layer.version

    def _version(self, layer: str, version: str | None) -> dict[str, Any] | None:
        if version is None:
            return None
        try:
            found = self._services.layers.require_version(layer, version)
        except UnknownLayer:  # pruned since
            return None
        return version_brief(found)

    def _job(self, job: str | None) -> dict[str, Any] | None:
        found = None if job is None else self._services.jobs.find(job)
        if found is None:
            return None
        return {
            "id": found.id,
            "kind": found.kind,
            "state": found.state.value,
            "progress": getattr(found, "progress", None),
            "error": found.error,
        }

    def _step(self, step: Step) -> dict[str, Any]:
        return {
            "at": _shown(step.at),
            "by": self._names.shown(step.by),
            "action": step.action,
            "from": step.from_state,
            "to": step.to_state,
            "note": step.note,
            "detail": dict(step.detail),
        }


def _report(submission: Submission) -> dict[str, Any] | None:
    """What was found, with the address of a raster's small picture."""
    report = submission.report
    raster = (report or {}).get("raster")
    if report is None or raster is None:
        return None if report is None else dict(report)
    there = bool(raster.get("quicklook"))
    url = f"/api/v1/submissions/{submission.id}/quicklook.png" if there else None
    return {**report, "raster": {**raster, "quicklook": url}}


def version_brief(version: Version) -> dict[str, Any]:
    """The version in three words."""
    return {
        "id": version.id,
        "number": version.number,
        "features": version.features,
        "created_at": _shown(version.created_at),
        "published_at": _shown(version.published_at),
    }


def _last_note(steps: list[Step]) -> str:
    """What the program said when it handed the submission back, while nothing happened since."""
    last = steps[-1] if steps else None
    return last.note if last is not None and last.by == "system" else ""


def _files(report: Mapping[str, Any]) -> int | None:
    """How many files the upload holds; None until it was read."""
    count = (report.get("notes") or {}).get("files")
    return int(count) if count else None


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat()

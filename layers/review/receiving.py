"""Receiving uploads and what their people say of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from layers.intake.answers import about_json, answers_json, read_about, read_answers
from layers.intake.describe import check_id
from layers.review.contracts import Queue, Step, Submission, Transaction
from layers.review.desk import Desk
from layers.review.machine import Action, Person, State, advance

_READ_AGAIN = ("key",)  # what is said of the layer that the checks depend on


class Finished(Protocol):
    """An upload that arrived completely."""

    @property
    def path(self) -> Path:
        """Where it lies."""

    @property
    def name(self) -> str:
        """What its owner calls it."""

    @property
    def sha256(self) -> str:
        """What it contains."""

    @property
    def bytes(self) -> int:
        """How long it is."""


class Receiving(Desk):
    """Makes submissions of uploads, and takes other answers about them."""

    def receive(
        self,
        upload: str,
        file: Finished,
        layer: str,
        *,
        about: Mapping[str, Any],
        answers: Mapping[str, Any],
        by: str,
        queue: Queue,
        connection: Transaction = None,
    ) -> tuple[Submission, bool]:
        """The submission of a complete upload; the same one however often it is asked for.

        `queue` puts the reading of (submission, revision) in line and returns the job's id.
        Raises BadLayer and BadAnswer.
        """
        known = self.store.of_upload(upload)
        if known is not None:
            return known, False
        check_id(layer)
        said = about_json(read_about(about))
        wanted = answers_json(read_answers(answers))
        self._bench.adopt(file.path, file.sha256)
        made, now = secrets.token_hex(8), datetime.now(UTC)
        submission = Submission(
            id=made,
            layer=layer,
            upload=upload,
            state=State.RECEIVED,
            revision=1,
            file={"name": file.name, "bytes": file.bytes, "sha256": file.sha256},
            about=said,
            answers=wanted,
            job=queue(made, 1),
            created_by=by,
            created_at=now,
            updated_at=now,
        )
        step = Step("received", by, to_state=State.RECEIVED.value)
        return self.store.create(submission, step, connection=connection)

    def edit(
        self,
        submission: Submission,
        *,
        about: Mapping[str, Any] | None,
        answers: Mapping[str, Any] | None,
        person: Person,
        queue: Queue,
        connection: Transaction = None,
    ) -> Submission:
        """The submission with other answers, read again where they say so.

        Given keys replace, all others stay. Raises NotAllowedNow, BadAnswer and StaleRevision.
        """
        said = about_json(read_about({**submission.about, **(about or {})}))
        wanted = answers_json(read_answers({**submission.answers, **(answers or {})}))
        again = wanted != submission.answers or any(
            said[name] != submission.about.get(name) for name in _READ_AGAIN
        )
        now = datetime.now(UTC)
        standing = submission.standing
        after = advance(standing, Action.REREAD, person=person, rules=self.rules, now=now)
        if not again and standing.state is not State.SUBMITTED:
            after = standing
        changed = submission.moved_to(after)
        if after.state is State.RECEIVED:
            job = queue(submission.id, submission.revision + 1)
            changed = replace(changed, job=job, question=None)
        step = Step(
            "edited", person.id, from_state=standing.state.value, to_state=after.state.value
        )
        changed = replace(changed, about=said, answers=wanted)
        return self.store.save(changed, step, now=now, connection=connection)

"""The worker's part: reading uploads and building drafts, both begun again when killed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from layers.errors import BadAnswer, BadCoordinates, StaleRevision, UnknownCRS, UnreadableFile
from layers.intake.examine import Asked, Watch
from layers.review import draft
from layers.review.contracts import SYSTEM, Step, Submission
from layers.review.described import request_of
from layers.review.desk import Desk
from layers.review.machine import Found, State, found
from layers.review.report import asked_json, file_json, question_json, report_json

_REFUSALS = (UnreadableFile, UnknownCRS, BadCoordinates)


class Working(Desk):
    """Does the work that submissions wait for; an older revision's is not recorded."""

    def read(self, submission: str, revision: int, watch: Watch) -> Submission | None:
        """Read and check the upload; None when the submission went on meanwhile.

        Raises Cancelled and StoreUnavailable.
        """
        current = self._at(submission, revision)
        if current is None or current.state is not State.RECEIVED:
            return None
        try:
            outcome = self._bench.examine(current, watch)
        except _REFUSALS as wrong:
            return self._found(current, Found.UNREADABLE, str(wrong), question=None, report=None)
        self._bench.draw(current, outcome)
        self._bench.picture(current, outcome)
        if isinstance(outcome, Asked):
            return self._found(
                current,
                Found.ASKS,
                outcome.question.text,
                question=question_json(outcome.question),
                report=asked_json(outcome) or current.report,
                file=file_json(current.file, outcome.reading),
            )
        self._bench.keep(current, outcome)
        asked = outcome.question
        return self._found(
            current,
            Found.READ if asked is None else Found.ASKS,
            "" if asked is None else asked.text,
            question=None if asked is None else question_json(asked),
            report=report_json(outcome),
            file=file_json(current.file, outcome.reading),
        )

    def build(self, submission: str, revision: int, watch: Watch) -> Submission | None:
        """Make the draft version; None when the submission went on meanwhile."""
        current = self._at(submission, revision)
        waiting = {State.SUBMITTED, State.APPROVED}
        if current is None or current.state not in waiting or current.version is not None:
            return None
        try:
            work = self._bench.work(current, watch)
            if work is None:
                raise UnreadableFile("原件的读取结果已变化;请重新检查后再提交")
            version = draft.build(
                self._registry,
                current,
                request_of(current),
                work,
                watch,
                self._bench.quicklook(current),
            )
        except (*_REFUSALS, BadAnswer) as wrong:
            return self._found(current, Found.NOT_BUILT, str(wrong))
        layer = self._registry.require(current.layer)
        diff = draft.changes(self._registry, layer.id, layer.version, version.id)
        return self._found(
            current, Found.BUILT, "", version=version.id, base=layer.version, diff=diff
        )

    def give_up(self, submission: str, revision: int, why: str) -> Submission | None:
        """Hand a submission whose draft could not be built back to its uploader."""
        current = self._at(submission, revision)
        return None if current is None else self._found(current, Found.NOT_BUILT, why)

    def sweep(self) -> int:
        """Remove the work folders of submissions that have ended; returns how many."""
        return self._bench.sweep({one.id for one in self.store.open()})

    def _at(self, submission: str, revision: int) -> Submission | None:
        current = self.store.find(submission)
        return current if current is not None and current.revision == revision else None

    def _found(
        self, submission: Submission, what: Found, note: str, **values: Any
    ) -> Submission | None:
        now = datetime.now(UTC)
        after = replace(submission, **values)
        standing = found(submission.standing, what, now=now)
        after = after.moved_to(standing)
        step = Step(
            what.value,
            SYSTEM,
            note[:2000],
            from_state=submission.state.value,
            to_state=standing.state.value,
        )
        if what is Found.UNREADABLE:
            after = replace(after, report={"refused": note})
        try:
            return self.store.save(after, step, now=now)
        except StaleRevision:
            return None  # the person went on meanwhile: what was found is of an older wish

"""The bench: an upload read and checked, and what came of it, made again whenever it is gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

from layers.crs.preview import preview
from layers.intake.answers import read_answers
from layers.intake.examine import Asked, Examined, Watch, examine
from layers.readers import Reading, Upload
from layers.registry import LayerRegistry
from layers.review.contracts import Submission
from layers.review.described import described
from layers.review.draft import work_of
from layers.review.work import Work, WorkFolders
from layers.stores.files import LayerFiles


class Bench:
    """Where the uploads of submissions are worked on. Changes no submission."""

    def __init__(
        self,
        registry: LayerRegistry,
        files: LayerFiles,
        read: Callable[..., Reading] | None = None,
    ) -> None:
        """Plug together; `read` takes the place of reading in this very process."""
        self._registry = registry
        self._files = files
        self._folders = WorkFolders(files)
        self._read = read

    def adopt(self, path: Path, sha256: str) -> None:
        """Keep the file at `path` as an original."""
        self._files.adopt(path, sha256)

    # --- what came of it ---

    def work(self, submission: Submission, watch: Watch | None = None) -> Work | None:
        """The features as checked and fixed, made again if they are gone; None before they exist.

        Raises what reading raises, for a file that can no longer be read the same way.
        """
        if submission.report is None or submission.report.get("checks") is None:
            return None
        kept = self._folders.find(submission.id, work_state(submission))
        if kept is not None:
            return kept
        outcome = self.examine(submission, watch or Watch())
        return None if isinstance(outcome, Asked) else self.keep(submission, outcome)

    def candidates(self, submission: Submission) -> dict[str, Any]:
        """The candidates of the coordinate system, drawn at one scale; none before it was read."""
        kept = self._folders.candidates(submission.id, work_state(submission))
        if kept is not None or not (submission.report or {}).get("crs"):
            return kept or {"window_m": [0, 0], "scale_m": 1000, "candidates": []}
        return self.draw(submission, self.examine(submission, Watch()))

    def quicklook(self, submission: Submission) -> bytes | None:
        """The small picture (PNG) of a raster; None for all else, and before it was read."""
        if not ((submission.report or {}).get("raster") or {}).get("quicklook"):
            return None
        if submission.version is not None:
            built = self._registry.quicklook(submission.layer, submission.version)
            if built is not None:
                return built
        kept = self._folders.quicklook(submission.id, work_state(submission))
        return kept or self.picture(submission, self.examine(submission, Watch()))

    # --- the work ---

    def examine(self, submission: Submission, watch: Watch) -> Examined | Asked:
        """The upload read and checked as answered; raises what reading raises, and Cancelled."""
        sha256, name = str(submission.file["sha256"]), str(submission.file["name"])
        upload = Upload(self._files.original(sha256), name)
        answers = read_answers(submission.answers)
        around = self._registry.surroundings(described(submission, self._registry))
        options: dict[str, Any] = {}
        if self._read is not None:
            options["read"] = partial(self._read, cancelled=watch.cancelled)
        return examine(upload, answers, around, watch=watch, **options)

    def draw(self, submission: Submission, outcome: Asked | Examined) -> dict[str, Any]:
        """Draw the candidates and keep the drawing; nothing to draw gives no candidates."""
        drawn: dict[str, Any] = {"window_m": [0, 0], "scale_m": 1000, "candidates": []}
        if outcome.reading is not None and outcome.crs is not None:
            around = self._registry.surroundings(described(submission, self._registry))
            shapes = outcome.reading.frame.geometry.to_numpy()
            drawn = preview(shapes, outcome.crs, around.outline, around.references)
        self._folders.keep_candidates(submission.id, work_state(submission), drawn)
        return drawn

    def picture(self, submission: Submission, outcome: Asked | Examined) -> bytes | None:
        """Keep the small picture of a raster."""
        picture = None if outcome.reading is None else outcome.reading.quicklook
        if picture is not None:
            self._folders.keep_quicklook(submission.id, work_state(submission), picture)
        return picture

    def keep(self, submission: Submission, examined: Examined) -> Work:
        """Keep the features as checked and fixed."""
        work = work_of(examined)
        self._folders.keep(submission.id, work_state(submission), work)
        # As it will be found again: texts for what is only shown.
        return self._folders.find(submission.id, work_state(submission)) or work

    # --- tidying ---

    def drop(self, submission: str) -> None:
        """Remove what was kept of the work on the submission."""
        self._folders.drop(submission)

    def sweep(self, kept: Collection[str]) -> int:
        """Remove the work on all submissions but the `kept`; returns how many."""
        gone = [one for one in self._files.works() if one not in kept]
        for one in gone:
            self.drop(one)
        return len(gone)


def work_state(submission: Submission) -> str:
    """What the work on the submission depends on, as a name."""
    facts = [submission.file["sha256"], submission.answers, submission.about.get("key")]
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

"""Submissions: from a complete upload to a published version. Knows no permissions: ask `may`.

Every step is one transaction, and every piece of work can be done again: whoever is killed in the
middle leaves the live version and the submission as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layers.contracts import ImportRequest, Layer
from layers.intake.examine import Watch
from layers.readers import Reading
from layers.registry import LayerRegistry
from layers.review.bench import Bench
from layers.review.contracts import Submission
from layers.review.deciding import Deciding
from layers.review.described import described, request_of
from layers.review.machine import Rules
from layers.review.receiving import Receiving
from layers.review.work import Work
from layers.review.working import Working
from layers.stores.files import LayerFiles
from layers.stores.postgres_submissions import PostgresSubmissions


class Submissions(Receiving, Working, Deciding):
    """Uploads on their way to a published version."""

    def __init__(
        self,
        store: PostgresSubmissions,
        registry: LayerRegistry,
        files: LayerFiles,
        rules: Rules,
        read: Callable[..., Reading] | None = None,
    ) -> None:
        """Plug together; `read` takes the place of reading in this very process.

        It is called with the upload, the options and `cancelled`, an event that ends it.
        """
        super().__init__(store, registry, Bench(registry, files, read), rules)

    def work(self, submission: Submission, watch: Watch | None = None) -> Work | None:
        """The features as checked and fixed; None before they exist. Raises what reading raises."""
        return self._bench.work(submission, watch)

    def candidates(self, submission: Submission) -> dict[str, Any]:
        """The candidates of the coordinate system, drawn at one scale; none before it was read."""
        return self._bench.candidates(submission)

    def quicklook(self, submission: Submission) -> bytes | None:
        """The small picture (PNG) of a raster; None for all else, and before it was read."""
        return self._bench.quicklook(submission)

    def described(self, submission: Submission) -> Layer:
        """The layer as it will be catalogued once this is published."""
        return described(submission, self._registry)

    def request(self, submission: Submission) -> ImportRequest:
        """What the uploader says, as an import."""
        return request_of(submission)

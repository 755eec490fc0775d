"""What a submission says of its layer: as an import, as it will be catalogued, and as JSON."""

from __future__ import annotations

from typing import Any

from layers.contracts import Classification, ImportRequest, Layer
from layers.intake.answers import read_about
from layers.intake.describe import describe
from layers.registry import LayerRegistry
from layers.review.contracts import Submission


def described(submission: Submission, registry: LayerRegistry) -> Layer:
    """The layer as it will be catalogued once this is published."""
    return describe(request_of(submission), registry.find(submission.layer))


def request_of(submission: Submission) -> ImportRequest:
    """What the uploader says, as an import."""
    about = read_about(submission.about)
    return ImportRequest(
        layer=submission.layer,
        title=about.title,
        topic=about.topic,
        owner=about.owner,
        source=about.source,
        classification=about.classification or _proposed(submission),
        cadence=about.cadence,
        style=about.style,
        key=about.key,
        by=submission.created_by,
    )


def described_json(layer: Layer) -> dict[str, Any]:
    """What the catalogue will say of the layer."""
    return {
        "title": layer.title,
        "topic": layer.topic,
        "owner": layer.owner,
        "source": layer.source,
        "cadence": layer.cadence,
        "classification": layer.classification.value,
        "key": layer.key,
        "style": dict(layer.style),
    }


def _proposed(submission: Submission) -> Classification | None:
    """The level that personal data in the file ask for, where the uploader named none."""
    level = (submission.report or {}).get("classification")
    return None if level is None else Classification(level)

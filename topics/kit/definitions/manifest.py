"""What the topics' files say of indicators, as versions: the first one, and one for each change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from topics.kit.definitions.contracts import StoredVersion
from topics.kit.definitions.fields import breaks_by_itself, changed, plain
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE

AUTHOR = "manifest"


def manifest_versions(
    declared: Iterable[IndicatorSpec], stored: Sequence[StoredVersion], *, now: datetime
) -> list[StoredVersion]:
    """The versions to add so that the newest words of the manifests are in force.

    A manifest changes only the fields in which it differs from what it said before: what people
    changed besides stays.
    """
    known: dict[str, list[StoredVersion]] = {}
    for one in stored:
        known.setdefault(one.indicator, []).append(one)
    found = (_next(spec, known.get(spec.id, []), now) for spec in declared)
    return [one for one in found if one is not None]


def _next(
    spec: IndicatorSpec, versions: Sequence[StoredVersion], now: datetime
) -> StoredVersion | None:
    said = plain(spec)
    if not versions:
        return StoredVersion(spec.id, 1, said, None, now, AUTHOR, manifest=said)
    before = next((one.manifest for one in reversed(versions) if one.manifest is not None), {})
    fields = changed(before, said)
    if not fields:
        return None
    breaks = breaks_by_itself(fields)
    valid_from = now.astimezone(ZONE).date() if breaks else None
    reason = "专题清单更新"
    if spec.revision is not None:
        breaks = breaks and spec.revision.breaks
        valid_from = spec.revision.valid_from if breaks_by_itself(fields) else None
        reason = spec.revision.reason or reason
    return StoredVersion(
        spec.id,
        versions[-1].number + 1,
        fields,
        valid_from,
        now,
        AUTHOR,
        reason,
        breaks,
        manifest=said,
    )

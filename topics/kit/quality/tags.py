"""The quality of one value in the words of its card: 完整 98.6%, 及时, 含估算 1.4%."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from topics.kit.contracts import Period
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import end_of, period_at
from topics.kit.quality.complete import Share, counted_as, expected, share
from topics.kit.quality.contracts import KIND_WORDS, CheckKind, Cleared, Flag, Tag
from topics.kit.quality.freshness import age_of
from topics.kit.quality.intake import covers
from topics.kit.quality.words import percent
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_quality import Asked, PostgresQuality

if TYPE_CHECKING:
    from topics.kit.stores.postgres import PostgresObservations
    from topics.kit.stores.postgres_presence import PostgresPresence

USUAL_COMPLETE = 90.0
"""The share (%) from which a series is called complete where its manifest says nothing."""

_FLAGS = 500
_PASSED: dict[CheckKind, str] = {
    "range": "范围校验通过",
    "jump": "跳变校验通过",
    "stuck": "未见卡死",
    "cross": "上下级核对通过",
}


class ValueQuality:
    """What the checks say of values (topics.kit.quality.contracts.Quality)."""

    def __init__(
        self,
        flags: PostgresQuality,
        presence: PostgresPresence,
        observations: PostgresObservations,
        regions: RegionTree,
    ) -> None:
        """Answer from the stores, which stay open to others; nothing is computed in advance."""
        self.flags = flags
        self.presence = presence
        self._observations = observations
        self._regions = regions

    def tags(
        self, spec: IndicatorSpec, region: str, period: Period, *, as_of: datetime | None
    ) -> Sequence[Tag]:
        """Every check that applies to the indicator, in the order of CheckKind."""
        found_flags = self.flags.flags(Asked([spec.id], [region], as_of=as_of), limit=_FLAGS)
        about = [one for one in found_flags if covers(one, period)]
        found = self._share(spec, region, period, as_of)
        below = any(one.level in spec.levels for one in self._regions.children(region))
        cross = below and spec.checks.additive != "none"
        made = [
            _checked("range", about) if spec.checks.bounded else None,
            _checked("jump", about) if _looked_for_jumps(spec) else None,
            _checked("stuck", about) if spec.checks.stuck_hours else None,
            _complete(spec, found),
            self._timely(spec, region, period, as_of),
            _estimated(found),
            _checked("cross", about) if cross else None,
        ]
        return [one for one in made if one is not None]

    def _share(
        self, spec: IndicatorSpec, region: str, period: Period, as_of: datetime | None
    ) -> Share:
        """Up to and including the period itself, whether or not it is due already."""
        first = self.presence.first(spec.id).get(region)
        if first is None:
            return Share(0, 0)
        kind = counted_as(spec)
        last = period if period.kind is kind else period_at(period.start, kind)
        due = expected(spec, last, first)
        if not due:
            return Share(0, 0)
        states = self.presence.states(
            spec.id, kind, start=due[-1].start, end=end_of(last), as_of=as_of
        )
        return share(due, states.get(region, {}))

    def _timely(
        self, spec: IndicatorSpec, region: str, period: Period, as_of: datetime | None
    ) -> Tag | None:
        said = self._observations.revisions(spec.id, region, period)
        moments = [one.recorded_at for one in said if one.recorded_at is not None]
        known = [at for at in moments if as_of is None or at <= as_of]
        if not known:
            late = age_of(end_of(period), spec.freshness, as_of or datetime.now(UTC))
            return Tag("timely", "warn", "未到", late.said) if late.stale else None
        age = age_of(end_of(period), spec.freshness, min(known))
        if not age.stale:
            return Tag("timely", "ok", "及时")
        return Tag("timely", "warn", f"{KIND_WORDS['timely']} {age.text.removeprefix('迟 ')}")


def _checked(kind: CheckKind, about: Sequence[Flag]) -> Tag:
    """Passed, doubted, or doubted and said to be true by a person."""
    mine = [one for one in about if one.doubt.kind == kind]
    doubted = next(_doubted(mine), None)
    if doubted is not None:
        return Tag(kind, "warn", KIND_WORDS[kind], doubted.doubt.detail)
    accepted = next((one for one in mine if one.cleared is Cleared.ACCEPTED), None)
    if accepted is not None:
        return Tag(kind, "ok", "已人工核实", accepted.doubt.detail)
    return Tag(kind, "ok", _PASSED[kind])


def _doubted(flags: Sequence[Flag]) -> Iterator[Flag]:
    """The flags that still speak: what a stuck sensor said stays doubtful when it moves again."""
    return (one for one in flags if one.cleared in (None, Cleared.RECOVERED))


def _complete(spec: IndicatorSpec, found: Share) -> Tag | None:
    if found.complete is None:
        return None
    limit = USUAL_COMPLETE if spec.checks.complete is None else spec.checks.complete
    detail = f"近 {found.due} 期应到 {found.due} 个值,实到 {found.came} 个"
    text = f"完整 {percent(found.complete)}"
    enough = found.complete * 100 >= limit
    return Tag("completeness", "ok" if enough else "warn", text, detail)


def _estimated(found: Share) -> Tag | None:
    if not found.estimated:
        return None
    text = f"{KIND_WORDS['estimated']} {percent(found.estimated / found.due)}"
    return Tag("estimated", "warn", text, f"近 {found.due} 期中 {found.estimated} 期为估算值")


def _looked_for_jumps(spec: IndicatorSpec) -> bool:
    return spec.checks.jumps or spec.checks.jump_times is not None

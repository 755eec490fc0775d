"""What the values of one period are compared with, for all regions at once.

The words are those of the card and the drawer (`topics.kit.words.judgement`). A change across a
changed 口径 is withheld (PRACTICE 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from app.indicator.lines import QUARTER
from app.indicator.parts import Parts
from app.indicator.question import Question
from app.indicator.words import full_label, said
from app.security.contracts import Subject
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import previous
from topics.kit.words.judgement import compared, judged, lamp_of
from topics.kit.words.lamps import Lamp
from topics.kit.words.references import INSTANT_TOLERANCE, at_start, reference_start

_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Judged:
    """The lamp of one value and its change in words; `why` says why no change is said."""

    lamp: Lamp
    judged_by: IndicatorSpec
    delta: dict[str, Any] | None = None
    before: Observation | None = None
    why: str = ""

    @property
    def against(self) -> str:
        """The value compared with, in words; empty where a published figure says the change."""
        if self.before is None:
            return ""
        spec = self.judged_by
        return f"{full_label(self.before.period)} {said(spec, self.before.value)}"


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of other indicators and periods that a judgement looks at."""

    companions: Mapping[tuple[str, str], Observation]
    references: Mapping[str, Observation]

    def latest(self, indicator: str, region: str) -> Observation | None:
        """The value of another indicator at the same period."""
        return self.companions.get((indicator, region))

    def reference(self, spec: IndicatorSpec, now: Observation) -> Observation | None:
        """What `now` is compared with."""
        return self.references.get(now.region)


class Comparison:
    """Judges and compares the values of one period, as one person may see them."""

    def __init__(self, parts: Parts, subject: Subject, asked: Question) -> None:
        """Compare for `subject` as known at the moment of `asked`."""
        self._parts = parts
        self._subject = subject
        self._asked = asked

    def of(self, values: Iterable[Observation]) -> Mapping[str, Judged]:
        """By region: lamp and change of each value."""
        rows = list(values)
        if not rows:
            return {}
        specs = self._specs()
        period = max(one.period for one in rows)
        before = self._before(period)
        broken = self._broken(before, period) if before else ""
        others = _Values(
            {
                (one.indicator, one.region): one
                for spec in specs.values()
                if spec.id != self._asked.spec.id
                for one in self._at(spec, period, rows)
            },
            {} if before is None or broken else self._references(before, rows),
        )
        return {one.region: self._judge(one, others, specs, broken) for one in rows}

    def _judge(
        self, one: Observation, others: _Values, specs: Mapping[str, IndicatorSpec], broken: str
    ) -> Judged:
        spec = self._asked.spec
        by, value = judged(spec, one, others, specs)
        lamp = lamp_of(by, value)
        found = compared(spec, one, others, specs, lamp)
        if found is None:
            return Judged(lamp, spec, why=broken if one.value is not None else "")
        delta = {**asdict(found.delta), "value": found.change}
        return Judged(lamp, spec, delta, found.before)

    def _specs(self) -> dict[str, IndicatorSpec]:
        """The indicator and the published growth beside it, where the subject may read that."""
        spec = self._asked.spec
        named = spec.comparison.published if spec.comparison else None
        found = self._parts.catalogue.find(named) if named else None
        if found is None or not self._parts.sees(self._subject, found, None):
            return {spec.id: spec}
        return {spec.id: spec, found.id: found}

    def _before(self, period: Period) -> Period | None:
        spec = self._asked.spec
        against = spec.comparison.against if spec.comparison else None
        if against is None:
            return None
        if against != "previous":
            return Period(reference_start(against, period), period.kind)
        if period.kind is PeriodKind.INSTANT:
            return None
        return previous(period, quarterly=spec.frequency >= QUARTER)

    def _broken(self, earlier: Period, later: Period) -> str:
        definitions = self._parts.definitions
        if definitions is None:
            return ""
        found = definitions.broken_between(
            self._asked.spec.id, earlier, later, as_of=self._asked.as_of
        )
        if found is None:
            return ""
        since = f"自 {found.valid_from} " if found.valid_from else ""
        return f"口径{since}调整,前后不可比"

    def _references(self, before: Period, rows: Sequence[Observation]) -> dict[str, Observation]:
        found = self._at(self._asked.spec, before, rows)
        by_region: dict[str, list[Observation]] = {}
        for one in found:
            by_region.setdefault(one.region, []).append(one)
        chosen = {
            region: at_start(series, before.start, before.kind)
            for region, series in by_region.items()
        }
        return {region: one for region, one in chosen.items() if one is not None}

    def _at(
        self, spec: IndicatorSpec, period: Period, rows: Sequence[Observation]
    ) -> list[Observation]:
        """The values of `spec` at a period; of moments those of a while before, too."""
        instant = period.kind is PeriodKind.INSTANT
        found = self._parts.values.listed(
            indicators=[spec.id],
            regions=sorted({one.region for one in rows}),
            start=period.start - (INSTANT_TOLERANCE if instant else timedelta(0)),
            end=period.start + timedelta(seconds=1),
            as_of=self._asked.as_of,
            limit=_MOST,
        )
        return self._parts.visible(self._subject, spec, found)

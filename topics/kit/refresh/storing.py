"""From what a run gathered to what is stored: checked against the past, never over good values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from topics.kit.contracts import Observation
from topics.kit.errors import BatchHeld
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.batch_checks import (
    Known,
    Looked,
    as_suspect,
    changed_unit,
    newest,
    repeated,
    turned_back,
)
from topics.kit.refresh.held import MOST_OBSERVATIONS, HeldState
from topics.kit.refresh.mapping import Key, Mapped
from topics.kit.refresh.parts import RefreshParts

_BEFORE = 24
_BEFORE_OF_MANY = 3
_MANY = 1000
_MOST_GUESSED = 20_000
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Storing:
    """Checks and stores batches."""

    parts: RefreshParts

    def accept(self, spec: RefresherSpec, mapped: Mapped, run: str, *, past: bool) -> bool:
        """Check the batch and mark what is doubtful; False when a person discarded it before.

        `past`: it is a back-fill, whose times lie behind by nature. Raises BatchHeld when it looks
        wrong as a whole; it is kept aside then.
        """
        if spec.kind in ("layer", "cases") or not mapped.observations:
            return True
        looked = newest(mapped.observations, self._known(mapped.observations))
        reason = self._reason(spec, looked, past=past)
        if reason:
            return self._hold(spec, mapped, run, reason)
        if "repeat" not in spec.unchecked and not past:
            self._mark_repeated(mapped, looked)
        self._spare_good_values(mapped)
        return True

    def store(self, observations: Sequence[Observation], run: str, *, past: bool) -> int:
        """Store and return how many values changed; of the past only the newest is live news."""
        if not past:
            return len(self.parts.observations.append(observations, run=run))
        last = {
            series: rows[-1].period.start
            for series, rows in self._known(observations, count=1).items()
        }
        old, new = list[Observation](), list[Observation]()
        for one in observations:
            latest = last.get((one.indicator, one.region))
            (new if latest is None or one.period.start >= latest else old).append(one)
        kept = len(self.parts.observations.append(old, run=run, live=False))
        return kept + len(self.parts.observations.append(new, run=run))

    def _known(self, observations: Sequence[Observation], count: int | None = None) -> Known:
        indicators = sorted({one.indicator for one in observations})
        regions = sorted({one.region for one in observations})
        if not indicators:
            return {}
        many = len(indicators) * len(regions) > _MANY
        wanted = count or (_BEFORE_OF_MANY if many else _BEFORE)
        return self.parts.observations.recent(indicators, regions, wanted, as_of=None)

    def _reason(self, spec: RefresherSpec, looked: Sequence[Looked], *, past: bool) -> str:
        indicator = self.parts.catalogue.indicator
        reason = ""
        if "unit" not in spec.unchecked:
            reason = changed_unit(looked, lambda one: indicator(one).title)
        if not reason and "shift" not in spec.unchecked and not past:
            reason = turned_back(looked, indicator)
        return reason

    def _hold(self, spec: RefresherSpec, mapped: Mapped, run: str, reason: str) -> bool:
        if self.parts.held is None or len(mapped.observations) > MOST_OBSERVATIONS:
            raise BatchHeld(reason.replace("整批暂存未入库", "整批未入库"))
        state = self.parts.held.keep(
            spec.id, mapped.observations, run=run, reason=reason, now=self.parts.clock()
        )
        if state is HeldState.HELD:
            raise BatchHeld(reason)
        mapped.notes.append("与已经处理过的暂存批次相同,不再入库")
        return False

    def _mark_repeated(self, mapped: Mapped, looked: Sequence[Looked]) -> None:
        same = repeated(looked, self.parts.catalogue.indicator)
        if same:
            mapped.observations = as_suspect(mapped.observations, same)
            mapped.notes.append(
                f"疑似重复上期:{len(same)} 个系列的数值与上一期完全相同,已入库并标为“可疑”;"
                "请与来源核对是否真的更新"
            )

    def _spare_good_values(self, mapped: Mapped) -> None:
        """Leave out gaps where a value is known: an empty cell is no statement about the past."""
        guessed = [
            one
            for one in mapped.observations
            if one.value is None and (one.indicator, one.region, one.period) in mapped.guessed
        ]
        if not guessed:
            return
        good = self._good_among(guessed)
        if good:
            mapped.observations = [
                one
                for one in mapped.observations
                if one.value is not None or (one.indicator, one.region, one.period) not in good
            ]
            mapped.notes.append(
                f"{len(good)} 个空缺没有覆盖已有的数值;确要改为缺测,请在状态列写明或在报数里更正"
            )

    def _good_among(self, guessed: Sequence[Observation]) -> set[Key]:
        keys = {(one.indicator, one.region, one.period) for one in guessed}
        starts = [one.period.start for one in guessed]
        found = self.parts.observations.listed(
            indicators=sorted({one.indicator for one in guessed}),
            regions=sorted({one.region for one in guessed}),
            start=min(starts),
            end=max(starts) + _MOMENT,
            as_of=None,
            limit=_MOST_GUESSED,
        )
        valued = {(one.indicator, one.region, one.period) for one in found if one.value is not None}
        return keys & valued

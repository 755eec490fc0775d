"""All versions of all definitions at one moment, in memory: an immutable snapshot."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from topics.kit.contracts import Period
from topics.kit.definitions.contracts import DefinitionVersion, StoredVersion
from topics.kit.definitions.fields import EDITABLE, IDENTITY, Fields, applied, plain, spec_of
from topics.kit.errors import BadDefinition
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.periods import ZONE, local_start

logger = logging.getLogger(__name__)

FIRST = datetime.min.replace(tzinfo=ZONE)
"""When the manifest's definition counts as known where no version has been stored yet."""


class DefinitionBook:
    """Answers from the manifests' definitions and the stored versions."""

    def __init__(
        self, declared: Iterable[IndicatorSpec], versions: Iterable[StoredVersion] = ()
    ) -> None:
        """Take what the manifests declare and the versions, oldest first."""
        self._declared = {one.id: one for one in declared}
        self._stored: dict[str, list[StoredVersion]] = {}
        for one in versions:
            self._stored.setdefault(one.indicator, []).append(one)
        self._worded = lru_cache(maxsize=None)(self._word)

    def stored(self, indicator: str) -> Sequence[StoredVersion]:
        """The versions as kept, oldest first; empty before the first start."""
        return self._stored.get(indicator, ())

    def history(
        self, indicator: str, *, as_of: datetime | None = None
    ) -> Sequence[DefinitionVersion]:
        """The versions known at `as_of`, oldest first; the first one is known from the beginning.

        Empty for an indicator that no manifest declares.
        """
        worded = self._worded(indicator)
        if as_of is None:
            return worded
        return [one for one in worded if one.number == 1 or one.recorded_at <= as_of]

    def spec(
        self, indicator: str, day: date, *, as_of: datetime | None = None
    ) -> IndicatorSpec | None:
        """The definition in force for periods that start on `day`, as known at `as_of`."""
        declared = self._declared.get(indicator)
        if declared is None or len(self.stored(indicator)) < 2:
            return declared
        return _read(declared, self.fields(indicator, day, as_of=as_of))

    def fields(
        self, indicator: str, day: date | None = None, *, as_of: datetime | None = None
    ) -> Fields:
        """The plain fields in force on `day` (None: once everything known is in force)."""
        found: Fields = {}
        for one in self.stored(indicator):
            known = as_of is None or one.number == 1 or one.recorded_at <= as_of
            due = day is None or one.valid_from is None or one.valid_from <= day
            if known and (due or one.number == 1):
                found = applied(found, one.fields)
        declared = self._declared.get(indicator)
        return found or (plain(declared) if declared else {})

    def breaks(self, indicator: str, *, as_of: datetime | None = None) -> list[DefinitionVersion]:
        """The versions that keep earlier periods from being compared with later ones."""
        known = self.history(indicator, as_of=as_of)
        return [one for one in known if one.breaks and one.valid_from is not None]

    def broken_between(
        self, indicator: str, earlier: Period, later: Period, *, as_of: datetime | None = None
    ) -> DefinitionVersion | None:
        """The last version that begins after `earlier` and not after `later`; None when none."""
        if indicator not in self._stored:
            return None
        begun, ended = local_start(earlier).date(), local_start(later).date()
        between = [
            one
            for one in self.breaks(indicator, as_of=as_of)
            if one.valid_from is not None and begun < one.valid_from <= ended
        ]
        return between[-1] if between else None

    def _word(self, indicator: str) -> tuple[DefinitionVersion, ...]:
        declared = self._declared.get(indicator)
        if declared is None:
            return ()
        stored = self.stored(indicator)
        if not stored:
            return (DefinitionVersion(indicator, 1, declared, None, FIRST, "manifest"),)
        fields: Fields = {}
        found = []
        for one in stored:
            fields = applied(fields, one.fields)
            found.append(
                DefinitionVersion(
                    indicator,
                    one.number,
                    _read(declared, fields),
                    one.valid_from,
                    one.recorded_at,
                    one.author,
                    one.reason,
                    one.breaks,
                )
            )
        return tuple(found)


def _read(declared: IndicatorSpec, fields: Mapping[str, object]) -> IndicatorSpec:
    """The definition; what this program's schema does not know is left out, never fatal.

    A version may have been stored by a newer or older program: a screen with the manifest's
    definition is better than none.
    """
    known = {name: value for name, value in fields.items() if name in EDITABLE}
    identity = {name: getattr(declared, name) for name in IDENTITY}
    try:
        return spec_of({**known, **identity})
    except BadDefinition as wrong:
        logger.warning("指标 %s 的已存定义读不出,暂按专题清单:%s", declared.id, wrong)
        return declared

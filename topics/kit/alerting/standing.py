"""Where each series stands with each rule, between two evaluations and two leaders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from topics.kit.alerting.contracts import AlertKey, AlertLevel, Condition
from topics.kit.alerting.machine import AT_REST, LevelState, SeriesState


@dataclass(frozen=True, slots=True)
class Standing:
    """The machine's state of one series and the alert that is open for it, if any."""

    state: SeriesState = AT_REST
    alert: str | None = None


Standings = dict[AlertKey, Standing]


def standing_json(one: Standing) -> dict[str, Any]:
    """The standing as JSON values."""
    state = one.state
    return {
        "alert": one.alert,
        "known": state.known.value,
        "flaps": state.flaps,
        "changed_at": _text(state.changed_at),
        "levels": {
            level.value: [_text(at.since), at.firing, _text(at.within_since)]
            for level, at in state.levels.items()
        },
    }


def standing_of(written: Mapping[str, Any]) -> Standing:
    """The standing that `standing_json` wrote."""
    levels = {
        AlertLevel(level): LevelState(_moment(since), firing, _moment(within))
        for level, (since, firing, within) in written["levels"].items()
    }
    known, flaps = Condition(written["known"]), written["flaps"]
    state = SeriesState(levels, known, flaps, _moment(written["changed_at"]))
    return Standing(state, written["alert"])


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)

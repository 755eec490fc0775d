"""A flag as the API spells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.api.people_names import PeopleNames
from app.services import Services
from topics.kit.contracts import PeriodKind
from topics.kit.period_labels import label
from topics.kit.periods import ZONE, local_start, spelt
from topics.kit.quality.contracts import KIND_WORDS, Cleared, Flag, Note
from topics.kit.words.clock import moment_text

_ENDED = {
    Cleared.CORRECTED: "数值已更正",
    Cleared.RECOVERED: "已恢复变化",
    Cleared.RESOLVED: "已恢复正常",
    Cleared.ACCEPTED: "已核实无误",
}


def flag_json(
    services: Services, one: Flag, notes: Sequence[Note], names: PeopleNames | None
) -> dict[str, Any]:
    """The public form; who said what is named to those who are signed in (`names`)."""
    doubt, spec = one.doubt, services.catalogue.indicator(one.doubt.indicator)
    region = services.regions.find(doubt.region, local_start(doubt.period).date())
    now = one.raised_at
    text = (
        moment_text(doubt.period.start, now)
        if doubt.period.kind in (PeriodKind.INSTANT, PeriodKind.HOUR)
        else label(doubt.period, now=now)
    )
    return {
        "id": one.id,
        "kind": doubt.kind,
        "kind_text": KIND_WORDS[doubt.kind],
        "indicator": spec.id,
        "title": spec.title,
        "region": doubt.region,
        "region_name": region.name if region else doubt.region,
        "period": spelt(doubt.period),
        "period_text": text,
        "value": doubt.value,
        "unit": spec.unit,
        "detail": doubt.detail,
        "owner": services.organisations.name(spec.owner),
        "raised_at": _iso(one.raised_at),
        "cleared_at": _iso(one.cleared_at),
        "cleared_text": _ENDED[one.cleared] if one.cleared else "",
        "notes": [
            {
                "at": _iso(said.at),
                "author": names.name(said.author) if names else "",
                "text": said.text,
                "until": _iso(said.until),
            }
            for said in notes
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZONE).isoformat()

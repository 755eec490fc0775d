"""Open cases near a report in place, kind and time: candidates that a person may merge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from topics.kit.cases.contracts import Report
from topics.kit.cases.duplicates import DuplicateRules, Likely, Spot
from topics.kit.cases.lines import CaseLine


@dataclass(frozen=True, slots=True)
class LikelyCase:
    """A case that may be the same, with how near it is."""

    line: CaseLine
    likely: Likely


def spot_of(report: Report, case: str = "") -> Spot | None:
    """Where and when the report saw something; None without a place."""
    if report.longitude is None or report.latitude is None:
        return None
    return Spot(case, report.category, report.longitude, report.latitude, report.at)


def likely_of(rules: DuplicateRules, new: Spot, lines: Iterable[CaseLine]) -> list[LikelyCase]:
    """Those of the lines that may be the same, nearest first."""
    by_id = {line.id: line for line in lines}
    spots = [
        Spot(line.id, line.category, line.longitude, line.latitude, line.reported_at)
        for line in by_id.values()
        if line.longitude is not None and line.latitude is not None
    ]
    return [LikelyCase(by_id[one.case], one) for one in rules.find(new, spots)]

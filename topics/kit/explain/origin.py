"""Where a value comes from: system, refresher, the run that wrote it and the latest one."""

from __future__ import annotations

from collections.abc import Mapping

from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Observation
from topics.kit.explain.contracts import Origin, RunReads
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.runs import RunRecord

FORMULA, REPORT = "公式", "报数"
CASES = "事件库"
"""What values counted from the cases of this program name as their source."""


def origin_of(
    spec: IndicatorSpec,
    one: Observation | None,
    runs: RunReads,
    known: Mapping[str, RunRecord],
    *,
    catalogue: Catalogue,
    formula: bool,
) -> Origin:
    """The origin of a value, or of the indicator where there is no value yet."""
    system = (one.source if one is not None else "") or spec.source
    run = None if one is None or one.run is None else known.get(one.run)
    if formula:
        return Origin(FORMULA, run=run, way="formula")
    if one is not None and one.source == REPORT:
        return Origin(spec.source, way="report")
    wanted = run.refresher if run is not None else ""
    refresher = catalogue.refresher(wanted) if wanted else None
    if refresher is None:
        # Seeded values name no run: what counts cases never brought those of another system.
        counted = one is not None and one.source == CASES
        bringing = catalogue.refreshers_of(spec.id)
        refresher = next((each for each in bringing if (each.kind == "cases") is counted), None)
    if refresher is None:
        return Origin(system, run=run)
    return Origin(system, refresher, run, runs.last(refresher.id), "refresher")

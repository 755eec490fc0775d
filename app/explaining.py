"""The explainer over the parts of the running program."""

from __future__ import annotations

from app.services import Services
from topics.kit.explain.explainer import Explainer


def explainer_of(services: Services) -> Explainer:
    """What explains the values of these services; holds nothing of its own."""
    return Explainer(
        catalogue=services.catalogue,
        regions=services.regions,
        observations=services.observations,
        runs=services.runs,
        definitions=services.definitions,
        releases=services.releases,
        formulas=services.formulas,
        quality=services.quality,
        forecasts=services.forecasts,
        filings=services.report_store,
    )

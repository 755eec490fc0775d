"""The 考核 of this city, put together from its tables and its database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from topics.kit.evaluation.formulas import load_rules
from topics.kit.evaluation.service import Evaluations
from topics.kit.organisations import Organisations
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.stores.postgres_evaluation import PostgresEvaluations


def make_evaluations(
    steps: PostgresEvaluations,
    facts: PostgresCaseFacts,
    regions: RegionTree,
    tables: Callable[[str], Path],
) -> Evaluations:
    """The service of 考核 on its stores; BadManifest names a wrong table."""
    return Evaluations(
        steps,
        facts,
        load_rules(tables("evaluation_formulas.csv"), tables("evaluation_sources.csv")),
        regions,
        Organisations.load(tables("organisations.csv")),
    )

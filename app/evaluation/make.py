"""The 考核 of this city, put together from its tables and its database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from app.config import CasesConfig
from app.errors import BadConfig
from topics.kit.cases.service import Cases
from topics.kit.catalogue import Catalogue
from topics.kit.evaluation.formulas import load_rules
from topics.kit.evaluation.period_values import PeriodValues
from topics.kit.evaluation.series import CaseSeries
from topics.kit.evaluation.service import Evaluations
from topics.kit.organisations import Organisations
from topics.kit.refresh.memory import Memory
from topics.kit.regions import RegionTree
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.stores.postgres_case_moves import PostgresCaseMoves
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


def make_case_numbers(
    config: CasesConfig,
    facts: PostgresCaseFacts,
    moves: PostgresCaseMoves,
    cases: Cases,
    evaluations: Evaluations,
    catalogue: Catalogue,
    regions: RegionTree,
    memory: Memory,
) -> CaseSeries | None:
    """What counts indicators from cases; None where config.toml leaves them to other sources."""
    if not config.numbers:
        return None
    values = PeriodValues(
        evaluations,
        facts,
        regions,
        cases.clocks.work,
        catalogue.indicator,
        cases.categories.majors,
    )
    return CaseSeries(values, moves, memory, since=_since(config))


def _since(config: CasesConfig) -> date | None:
    text = config.numbers_since.strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise BadConfig(f"cases.numbers_since = {text!r} 不是日期;写成 2026-11-01") from wrong

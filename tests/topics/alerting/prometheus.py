"""Debian's promtool as the judge of the machine: rules, series and what must be said of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from topics.kit.alerting.contracts import AlertLevel, Condition
from topics.kit.alerting.machine import AT_REST, Missing, Sample, Terms, step

EVERY = timedelta(minutes=6)  # longer than Prometheus looks back, so that "_" means missing
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def promtool() -> str | None:
    """Where promtool is; None when it is not installed."""
    return os.environ.get("TONGLAN_TEST_PROMTOOL") or shutil.which("promtool")


@dataclass(frozen=True, slots=True)
class Case:
    """One rule of ours over one series: a Prometheus rule for each of its levels."""

    terms: Terms
    values: Sequence[int | None]


def judge(folder: Path, cases: Sequence[Case]) -> str:
    """What promtool says of what the machine makes of the cases; empty when it agrees."""
    rules = [rule for n, case in enumerate(cases) for rule in _rules(n, case)]
    tests = {
        "interval": _text(EVERY),
        "input_series": [
            {"series": f"m{n}", "values": " ".join(_shown(one) for one in case.values)}
            for n, case in enumerate(cases)
        ],
        "promql_expr_test": [said for n, case in enumerate(cases) for said in _said(n, case)],
    }
    (folder / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
    asked = {"rule_files": ["rules.yml"], "evaluation_interval": _text(EVERY), "tests": [tests]}
    return run(folder, asked)


def run(folder: Path, tests: Any) -> str:
    """The complaints of `promtool test rules`; empty when all is as expected."""
    (folder / "tests.yml").write_text(json.dumps(tests))
    program = promtool()
    assert program is not None
    done = subprocess.run(
        [program, "test", "rules", "tests.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _rules(n: int, case: Case) -> list[dict[str, Any]]:
    sign = ">" if case.terms.above else "<"
    return [
        {
            "alert": f"r{n}_{level.name}",
            "expr": f"m{n} {sign} {bound.limit}",
            "for": _text(case.terms.hold),
            "keep_firing_for": _text(case.terms.keep),
        }
        for level, bound in case.terms.bounds.items()
    ]


def _said(n: int, case: Case) -> list[dict[str, Any]]:
    """What our machine says of every level at every moment, as promtool expects it written."""
    assert case.terms.missing is Missing.CLEAR
    found = []
    state = AT_REST
    for at, value in enumerate(case.values):
        now = EPOCH + at * EVERY
        state, _ = step(state, Sample(value), case.terms, now)
        for level in case.terms.bounds:
            found += _of_level(f"r{n}_{level.name}", _text(at * EVERY), state, level)
    return found


def _of_level(name: str, at: str, state: Any, level: AlertLevel) -> list[dict[str, Any]]:
    stands = state.levels.get(level)
    standing, since = [], []
    if stands is not None:
        word = Condition.FIRING if stands.firing else Condition.PENDING
        labels = f'ALERTS{{alertname="{name}", alertstate="{word.value}"}}'
        standing = [{"labels": labels, "value": 1}]
        begun = (stands.since - EPOCH).total_seconds()
        since = [{"labels": f'ALERTS_FOR_STATE{{alertname="{name}"}}', "value": begun}]
    return [
        {"expr": f'ALERTS{{alertname="{name}"}}', "eval_time": at, "exp_samples": standing},
        {"expr": f'ALERTS_FOR_STATE{{alertname="{name}"}}', "eval_time": at, "exp_samples": since},
    ]


def _shown(value: int | None) -> str:
    return "_" if value is None else str(value)


def _text(span: timedelta) -> str:
    return f"{int(span.total_seconds())}s"

"""Prometheus' own rule unit tests, as far as our rules can say them: same states, same refusals."""

from __future__ import annotations

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.topics.alerting.prometheus import EPOCH, promtool, run
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.machine import AT_REST, Bound, Missing, Sample, Terms, step
from topics.kit.alerting.rule_tests import parse_series
from topics.kit.manifest_alerts import AlertSpec

FIXTURES = tomllib.loads((Path(__file__).parent / "prometheus_fixtures.toml").read_text("utf-8"))
CASES, REFUSED = FIXTURES["cases"], FIXTURES["refused"]
YELLOW, SECOND = AlertLevel.YELLOW, timedelta(seconds=1)
by_name = [pytest.param(one, id=one["name"]) for one in CASES]


def span(text: str) -> timedelta:
    """A span as the fixtures write it, also one of centuries: 0s, 5m, 2560800h."""
    return int(text[:-1]) * {"s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND}[text[-1]]


def states(case: dict[str, Any]) -> dict[timedelta, str]:
    """What the machine says at every value."""
    limit = float(case.get("above", case.get("below", 0)))
    terms = Terms(
        {YELLOW: Bound(limit, limit)},
        "above" in case,
        span(case.get("hold", "0s")),
        span(case.get("keep", "0s")),
        missing=Missing.CLEAR,
    )
    state, found = AT_REST, {}
    for n, value in enumerate(parse_series(case["values"].replace("stale", "_"))):
        at = n * span(case["every"])
        state, _ = step(state, Sample(value), terms, EPOCH + at)
        found[at] = "firing" if state.level else "pending" if state.since else ""
    return found


@pytest.mark.parametrize("case", by_name)
def test_the_machine_says_what_the_fixture_expects(case: dict[str, Any]) -> None:
    said = states(case)
    wanted = {one["at"]: one["state"] for one in case["expect"]}
    assert {at: said[span(at)] for at in wanted} == wanted


@pytest.mark.skipif(
    promtool() is None, reason="没有 promtool;用 root 执行 apt install prometheus 后再测"
)
@pytest.mark.parametrize("case", by_name)
def test_promtool_says_the_same_at_every_moment(case: dict[str, Any], tmp_path: Path) -> None:
    """Of long series the moments named in the fixture and every hundredth."""
    said = states(case)
    named = {span(one["at"]) for one in case["expect"]}
    chosen = [at for n, at in enumerate(said) if len(said) < 100 or n % 100 == 0 or at in named]
    sign, limit = (">", case["above"]) if "above" in case else ("<", case["below"])
    rule = {
        "alert": "r",
        "expr": f"m {sign} {limit!r}",
        "for": _text(span(case.get("hold", "0s"))),
        "keep_firing_for": _text(span(case.get("keep", "0s"))),
    }
    rules = {"groups": [{"name": "g", "rules": [rule]}]}
    (tmp_path / "rules.yml").write_text(json.dumps(rules))
    every = _text(span(case["every"]))
    tests = {
        "interval": every,
        "input_series": [{"series": "m", "values": case["values"]}],
        "promql_expr_test": [
            {"expr": "ALERTS", "eval_time": _text(at), "exp_samples": _expected(said[at])}
            for at in chosen
        ],
    }
    asked = {"rule_files": ["rules.yml"], "evaluation_interval": every, "tests": [tests]}
    assert run(tmp_path, asked) == ""


@pytest.mark.parametrize("one", [pytest.param(one, id=one["name"]) for one in REFUSED])
def test_what_prometheus_refuses_is_refused_here_with_the_place(one: dict[str, Any]) -> None:
    if "values" in one:
        with pytest.raises(ValueError, match=one["said"]):
            parse_series(one["values"])
        return
    told = {"id": "water.rule", "when": one.get("when", "water.nh3n"), "levels": {"黄": 1}}
    if "field" in one:
        told[one["field"]] = "x"
    with pytest.raises(ValidationError) as wrong:
        AlertSpec.model_validate(told)
    assert [error["loc"][0] for error in wrong.value.errors()] == [one["said"]]


def test_every_file_carried_or_left_is_told_in_the_document() -> None:
    page = Path(__file__).parents[3] / "docs" / "rules-and-prometheus.md"
    told = page.read_text("utf-8")
    files = [one["file"] for one in (*CASES, *REFUSED) if not one["file"].startswith("none:")]
    for name in {name for one in files for name in one.split(", ")}:
        assert f"`{name}`" in told, name


def _expected(state: str) -> list[dict[str, Any]]:
    if not state:
        return []
    return [{"labels": f'ALERTS{{alertname="r", alertstate="{state}"}}', "value": 1}]


def _text(span: timedelta) -> str:
    return f"{int(span.total_seconds())}s"

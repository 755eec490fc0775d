"""Where Prometheus can say a rule too, it says the same of every series at every moment."""

from __future__ import annotations

import json
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.alerting.prometheus import EPOCH, EVERY, Case, judge, promtool, run
from topics.kit.alerting.contracts import AlertLevel
from topics.kit.alerting.machine import AT_REST, Bound, Missing, Sample, Terms, step

needs_promtool = pytest.mark.skipif(
    promtool() is None, reason="没有 promtool;用 root 执行 apt install prometheus 后再测"
)

YELLOW, RED = AlertLevel.YELLOW, AlertLevel.RED


def _terms(*, above: bool = True, hold: int = 0, keep: int = 0) -> Terms:
    limits = (10, 20) if above else (20, 10)
    bounds = {YELLOW: Bound(limits[0], limits[0]), RED: Bound(limits[1], limits[1])}
    return Terms(bounds, above, hold * EVERY, keep * EVERY, missing=Missing.CLEAR)


_cases = st.builds(
    Case,
    st.builds(_terms, above=st.booleans(), hold=st.integers(0, 3), keep=st.integers(0, 3)),
    st.lists(
        st.one_of(st.none(), st.sampled_from([0, 9, 10, 11, 15, 19, 20, 21, 30])),
        min_size=1,
        max_size=14,
    ),
)


@needs_promtool
@settings(max_examples=12)
@given(st.lists(_cases, min_size=4, max_size=12))
def test_prometheus_says_the_same_of_any_rule_and_series(cases: list[Case]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert judge(Path(folder), cases) == ""


@needs_promtool
@pytest.mark.parametrize(
    ("terms", "values"),
    [
        (_terms(hold=2), [11, 11, 11, 9, 11, 11]),
        (_terms(keep=2), [11, 9, 9, 9, 11, 9, 11, 9, 9]),
        (_terms(hold=1, keep=3), [11, 21, 21, 11, 9, None, 9, 9]),
        (_terms(above=False, hold=1), [15, 9, 9, None, 20, 19]),
    ],
)
def test_prometheus_says_the_same_at_the_boundaries(
    tmp_path: Path, terms: Terms, values: list[int | None]
) -> None:
    assert judge(tmp_path, [Case(terms, values)]) == ""


@needs_promtool
def test_the_judge_does_complain(tmp_path: Path) -> None:
    """A judge that never complains would prove nothing: here its rule is not the machine's."""
    terms = _terms(hold=2)
    case = Case(terms, [11, 11, 11])
    assert judge(tmp_path, [case]) == ""
    rules = tmp_path / "rules.yml"
    rules.write_text(rules.read_text().replace("720s", "360s"))
    assert "FAILED" in run(tmp_path, json.loads((tmp_path / "tests.yml").read_text()))


@pytest.mark.parametrize(("minute", "firing"), [(0, False), (4, False), (5, True), (1440, True)])
def test_the_instance_of_prometheus_own_test_is_down_after_five_minutes(
    minute: int, firing: bool
) -> None:
    """InstanceDown of prometheus/cmd/promtool/testdata/rules.yml: `up == 0` for 5m, each minute."""
    terms = Terms({YELLOW: Bound(0.5, 0.5)}, above=False, hold=timedelta(minutes=5))
    state = AT_REST
    for at in range(minute + 1):
        state, _ = step(state, Sample(0.0), terms, EPOCH + timedelta(minutes=at))
    assert (state.level is YELLOW) == firing
    assert state.since == EPOCH

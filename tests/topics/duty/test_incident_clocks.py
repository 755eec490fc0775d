"""突发事件: which report is due when, and in which order they may be made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from topics.kit.duty.incidents import (
    Incident,
    IncidentEvent,
    IncidentState,
    IncidentStep,
    check_report,
    dues,
    fold_incident,
    load_clocks,
    open_reports,
)
from topics.kit.errors import BadDuty, BadManifest, StepRefused

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
CLOCKS = load_clocks(Path("data/reference/incident_clocks.csv"))
OPENED = Incident("i", "马坝河水污染", "440205", "马坝镇", "水污染", START, START, "zhang")


def report(kind: str, minutes: int, way: str = "书面", number: int = 1) -> IncidentEvent:
    at = START + timedelta(minutes=minutes)
    data = {"report": kind, "way": way, "number": number, "version": 1}
    return IncidentEvent("i", IncidentStep.REPORTED, at, "zhang", "内容", data)


def ended(minutes: int) -> IncidentEvent:
    return IncidentEvent("i", IncidentStep.ENDED, START + timedelta(minutes=minutes), "zhang", "好")


def said(one: Incident, minutes: float) -> dict[str, tuple[bool, bool]]:
    """Done and late by title."""
    found = dues(one, CLOCKS, START + timedelta(minutes=minutes))
    return {due.clock.title: (due.done is not None, due.late) for due in found}


def test_the_first_report_is_late_after_its_limit_and_not_at_it() -> None:
    assert said(OPENED, 30)["首报(电话)"] == (False, False)
    assert said(OPENED, 30.1)["首报(电话)"] == (False, True)


def test_a_call_meets_the_clock_of_calls_and_not_the_written_one() -> None:
    one = fold_incident(OPENED, [report("首报", 20, "电话")])
    assert said(one, 70)["首报(电话)"] == (True, False)
    assert said(one, 70)["首报(书面)"] == (False, True)


def test_a_report_that_came_late_stays_late() -> None:
    one = fold_incident(OPENED, [report("首报", 90)])
    assert said(one, 100)["首报(书面)"] == (True, True)


def test_follow_ups_are_due_after_the_last_report_while_it_runs() -> None:
    one = fold_incident(OPENED, [report("首报", 20)])
    assert "续报" not in said(OPENED, 5)
    assert said(one, 20 + 720)["续报"] == (False, False)
    assert said(one, 20 + 721)["续报"] == (False, True)
    assert "续报" not in said(fold_incident(one, [ended(800)]), 2000)


def test_the_final_clock_runs_from_the_end_of_handling() -> None:
    one = fold_incident(OPENED, [report("首报", 20), ended(600)])
    assert said(one, 600 + 1440)["终报"] == (False, False)
    assert said(one, 600 + 1441)["终报"] == (False, True)


def test_reports_come_in_their_order() -> None:
    assert open_reports(OPENED) == ["首报"]
    with pytest.raises(StepRefused, match="请先首报"):
        check_report(OPENED, "续报", "书面", "x", again=False)
    first = fold_incident(OPENED, [report("首报", 20)])
    assert open_reports(first) == ["续报"]
    with pytest.raises(StepRefused, match="处置结束后才能终报"):
        check_report(first, "终报", "书面", "x", again=False)
    closed = fold_incident(first, [ended(50), report("终报", 60)])
    assert (closed.state, open_reports(closed)) == (IncidentState.CLOSED, [])


def test_the_first_report_is_made_once_but_in_writing_after_a_call() -> None:
    call = fold_incident(OPENED, [report("首报", 10, "电话")])
    check_report(call, "首报", "书面", "x", again=False)
    both = fold_incident(call, [report("首报", 40, "书面")])
    for way in ("电话", "书面"):
        with pytest.raises(StepRefused, match="更正版本"):
            check_report(both, "首报", way, "x", again=False)
    check_report(both, "首报", "书面", "x", again=True)


@pytest.mark.parametrize(
    ("kind", "way", "text"), [("日报", "书面", "x"), ("首报", "微信", "x"), ("首报", "书面", " ")]
)
def test_reports_that_cannot_be_are_refused(kind: str, way: str, text: str) -> None:
    with pytest.raises(BadDuty):
        check_report(OPENED, kind, way, text, again=False)


def test_a_correction_needs_something_to_correct() -> None:
    with pytest.raises(StepRefused, match="不能更正"):
        check_report(OPENED, "终报", "书面", "x", again=True)


def test_a_table_of_clocks_that_cannot_be_is_named_by_row(tmp_path: Path) -> None:
    table = tmp_path / "incident_clocks.csv"
    table.write_text("report,way,title,since,minutes,source,status\n首报,电话,x,known,半小时,s,u\n")
    with pytest.raises(BadManifest, match="第 2 行"):
        load_clocks(table)


def test_a_correction_does_not_begin_the_clock_of_follow_ups_anew() -> None:
    fixed = report("首报", 600)
    one = fold_incident(OPENED, [report("首报", 20), corrected(fixed, 2)])
    assert said(one, 20 + 721)["续报"] == (False, True)
    later = fold_incident(one, [report("续报", 700), corrected(report("首报", 1300), 3)])
    assert said(later, 700 + 720)["续报"] == (False, False)
    assert said(later, 700 + 721)["续报"] == (False, True)


def corrected(event: IncidentEvent, version: int) -> IncidentEvent:
    return replace(event, data={**event.data, "version": version})

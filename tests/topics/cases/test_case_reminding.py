from __future__ import annotations

from dataclasses import replace

from tests.topics.cases.case_desk import at, dispatched
from topics.kit.cases.lines import CaseLine, line_of
from topics.kit.cases.reminding import reminders

LINE = line_of(dispatched(("zjj",)), at("26 09:00"))  # due at 15:40


def told(line: CaseLine, when: str) -> list[tuple[str, str, str]]:
    found = reminders(line, at(when), lambda unit: [f"{unit}-phone"])
    return [(one.receiver, one.title, one.text) for one in found]


def test_every_unit_of_a_case_is_told_before_and_after_it_is_due() -> None:
    soon = told(LINE, "26 15:20")
    assert [one[0] for one in soon] == ["receiver:cgj-phone", "receiver:zjj-phone"]
    assert soon[0][1] == "事件将到期:2026-1126-0001"
    assert soon[0][2] == "垃圾外溢(440203001),派遣,15:40 到期,还剩 20 分"
    assert told(LINE, "26 17:00")[0][1:] == (
        "事件超期:2026-1126-0001",
        "垃圾外溢(440203001),派遣,已超期 1时20分",
    )


def test_a_new_due_is_told_anew_and_the_same_one_never_twice() -> None:
    keys = {one.key for when in ("26 15:20", "26 15:21") for one in reminders(LINE, at(when), list)}
    assert keys == {one.key for one in reminders(LINE, at("26 15:20"), list)}
    later = replace(LINE, due=at("27 10:00"))
    assert not keys & {one.key for one in reminders(later, at("27 09:50"), list)}


def test_nobody_is_told_of_demo_cases_of_ended_ones_or_where_nothing_is_due() -> None:
    assert told(replace(LINE, demo=True), "26 17:00") == []
    assert told(replace(LINE, ended_at=at("26 12:00")), "26 17:00") == []
    assert told(replace(LINE, due=None), "26 17:00") == []
    assert told(replace(LINE, unit=None), "26 17:00") == []

"""Online pollution sources: HJ 212 flags and rates (unverified, data/reference/online_*.csv)."""

from __future__ import annotations

from datetime import date

import pytest

from topics.ecology.online_sources import HourRecord, SourceState, state, summarise
from topics.kit.measured import read_measured

DAY = date(2026, 6, 1)
LIMIT, UNIT = 50.0, "mg/L"


def hour(value: object, flag: str = "N", unit: str = UNIT) -> HourRecord:
    return HourRecord(read_measured(value, unit), flag)


SILENT = HourRecord(None)


def test_hours_of_a_day_are_counted_once_each() -> None:
    records = [*[hour("40")] * 18, hour("60"), hour("60", "M"), hour("60", "C"), *[SILENT] * 3]
    found = summarise(records, LIMIT, UNIT, DAY)
    assert (found.expected, found.received, found.valid, found.over) == (24, 21, 19, 1)
    assert found.transmission == pytest.approx(87.5)
    assert found.validity == pytest.approx(100 * 19 / 21)
    assert found.effective == pytest.approx(87.5 * 19 / 21)
    assert found.compliance == pytest.approx(100 * 18 / 19)


@pytest.mark.parametrize(("value", "over"), [("49.9", 0), ("50", 0), ("50.1", 1)])
def test_equal_to_the_limit_is_no_exceedance(value: str, over: int) -> None:
    assert summarise([hour(value)], LIMIT, UNIT, DAY).over == over


@pytest.mark.parametrize("flag", ["F", "M", "D", "C", "T"])
def test_flagged_hours_stay_out_of_compliance(flag: str) -> None:
    found = summarise([hour("90", flag), hour("40")], LIMIT, UNIT, DAY)
    assert (found.received, found.valid, found.compliance) == (2, 1, 100.0)


def test_hours_put_in_by_hand_count() -> None:
    assert summarise([hour("40", "S")], LIMIT, UNIT, DAY).valid == 1


def test_a_broken_line_counts_as_not_received() -> None:
    assert summarise([hour("40", "B")], LIMIT, UNIT, DAY).received == 0


@pytest.mark.parametrize("cell", ["ND", "/", "", "故障", "-3"])
def test_a_cell_without_a_number_is_received_and_never_valid(cell: str) -> None:
    found = summarise([hour(cell)], LIMIT, UNIT, DAY)
    assert (found.received, found.valid, found.compliance) == (1, 0, None)


def test_micrograms_are_converted_and_other_dimensions_never_valid() -> None:
    assert summarise([hour("60000", unit="µg/L")], LIMIT, UNIT, DAY).over == 1
    assert summarise([hour("40", unit="µg/m³")], LIMIT, UNIT, DAY).valid == 0


def test_an_unknown_flag_is_told_and_its_hour_is_not_valid() -> None:
    found = summarise([hour("40", "X"), hour("40", "X")], LIMIT, UNIT, DAY)
    assert (found.valid, found.unknown_flags) == (0, ("X",))


def test_nothing_expected_has_no_rate_and_nothing_received_is_nought() -> None:
    assert summarise([], LIMIT, UNIT, DAY).effective is None
    assert summarise([SILENT], LIMIT, UNIT, DAY).effective == 0.0


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([hour("40")], SourceState.NORMAL),
        ([hour("60")], SourceState.OVER),
        ([hour("0", "F")], SourceState.STOPPED),
        ([hour("60", "M")], SourceState.MAINTAINED),
        ([hour("ND")], SourceState.MAINTAINED),
        ([hour("40", "X")], SourceState.MAINTAINED),
        ([hour("60"), *[SILENT] * 3], SourceState.OVER),
        ([hour("60"), *[SILENT] * 4], SourceState.OFFLINE),
        ([HourRecord(None, "F")], SourceState.STOPPED),
        ([], SourceState.OFFLINE),
    ],
)
def test_a_source_is_what_its_newest_hour_says(
    records: list[HourRecord], expected: SourceState
) -> None:
    assert state(records, LIMIT, UNIT, DAY) is expected


def test_states_have_words() -> None:
    assert [one.label for one in SourceState] == ["正常", "停运", "维护", "超标", "离线"]

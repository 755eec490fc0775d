"""Angles as people write them; what is a slip of the pen is refused, not guessed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.crs import dms

_EAST = 113 + 35 / 60 + 51.4 / 3600
_WHOLE = 113 + 35 / 60 + 51 / 3600


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("113°35′51.4″E", _EAST),
        ("113°35'51.4\"E", _EAST),
        ("113°35'51.4''", _EAST),
        ("113º35’51.4”", _EAST),
        ("113° 35′ 51.4″ E", _EAST),
        ("E113°35′51.4″", _EAST),
        ("E 113°35′51.4″", _EAST),
        ("113d35'51.4\"E", _EAST),
        ("113度35分51.4秒", _EAST),
        ("东经113度35分51.4秒", _EAST),
        ("东经:113°35′51.4″", _EAST),
        ("113-35-51", _WHOLE),
        ("113-35-51.4", _EAST),
        ("113:35:51", _WHOLE),
        ("\uff11\uff11\uff13\uff1a35\uff1a51", _WHOLE),  # full-width marks
        ("113 35 51.4", _EAST),
        ("E113.35.51", _WHOLE),
        ("113.35.51.4", _EAST),
        ("113°35.5′", 113 + 35.5 / 60),
        ("113°35′", 113 + 35 / 60),
        ("113度", 113.0),
        ("113.5976", 113.5976),
        ("113.5976°E", 113.5976),
        ("-113.5976", -113.5976),
        ("西经113°30′", -113.5),
        ("24°30′S", -24.5),
        ("南纬24°30′", -24.5),
        ("北纬24度30分", 24.5),
        ("N24°30′00″", 24.5),
        ("w113-30", -113.5),
        ("-0-30-0", -0.5),
        ("180°0′0″", 180.0),
        ("0°0′0″", 0.0),
        ("113°59′59.999″", 113 + 59 / 60 + 59.999 / 3600),
    ],
)
def test_an_angle_is_read_however_it_is_spelled(text: str, degrees: float) -> None:
    assert dms.parse(text) == pytest.approx(degrees, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("113°60′00″", "分 60 不小于 60"),
        ("113°35′60″", "秒 60 不小于 60"),
        ("113-75-10", "分 75"),
        ("180°0′1″", "超出 180"),
        ("90°0′1″N", "超出 90"),
        ("北纬113°35′", "超出 90"),
        ("-113°35′W", "请只留一个"),
        ("W -113°35′", "请只留一个"),
        ("2026-09-30", "超出 180"),
        ("马坝镇", "不像度分秒"),
        ("113°35′51″67", "不像度分秒"),
        ("113.5°35′", "不像度分秒"),
        ("113..35", "不像度分秒"),
        ("E", "不像度分秒"),
        ("", "空"),
        ("nan", "不像度分秒"),
        ("459317.5", "超出 180"),
    ],
)
def test_what_is_no_angle_is_refused_with_the_reason(text: str, words: str) -> None:
    assert dms.parse(text) is None
    assert words in (dms.refusal(text) or "")


@pytest.mark.parametrize("value", [None, True, object(), 459317.5, np.nan])
def test_what_is_no_text_and_no_angle_is_none(value: object) -> None:
    assert dms.parse(value) is None


def test_numbers_pass_as_degrees() -> None:
    assert dms.parse(113.5) == 113.5


@pytest.mark.parametrize(
    ("text", "axis"),
    [("113°35′E", "lon"), ("北纬24°", "lat"), ("24°48′", None), ("S24-1-1", "lat"), (3, None)],
)
def test_the_axis_is_named_by_the_text_or_not_at_all(text: object, axis: str | None) -> None:
    assert dms.axis(text) == axis


def test_a_column_is_read_at_once_and_gaps_stay_gaps() -> None:
    found = dms.parse_all(np.array(["113°30′", None, "坏", 113.5, "113°30′"], dtype=object))
    assert found.tolist() == pytest.approx([113.5, np.nan, np.nan, 113.5, 113.5], nan_ok=True)


@settings(deadline=None)
@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59_999), st.sampled_from("EWNS"))
def test_what_is_written_is_read_back(degrees: int, minutes: int, milli: int, side: str) -> None:
    degrees = degrees if side in "EW" else degrees % 90
    seconds = milli / 1000
    expected = degrees + minutes / 60 + seconds / 3600
    for text in (
        f"{degrees}°{minutes}′{seconds}″{side}",
        f"{side}{degrees}.{minutes}.{milli // 1000}.{milli % 1000:03d}",
        f"{side}{degrees}-{minutes}-{seconds:.3f}",
    ):
        found = dms.parse(text)
        assert found == pytest.approx(expected if side in "EN" else -expected, abs=1e-12)

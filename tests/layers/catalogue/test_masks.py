"""Masks: nobody is recognised by what is left, and nothing leaves by a side door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.catalogue.contracts import Mask
from layers.catalogue.masks import masked
from layers.catalogue.sight import EVERYTHING, Sight
from layers.errors import BadFilter
from layers.windows import parse_filter


@pytest.mark.parametrize(
    ("value", "mask", "left"),
    [
        ("张三丰", Mask.NAME, "张**"),
        ("张三", Mask.NAME, "张*"),
        ("张", Mask.NAME, "张*"),
        ("", Mask.NAME, ""),
        ("13812345678", Mask.PHONE, "138****5678"),
        ("1234567", Mask.PHONE, "*******"),
        ("12345678", Mask.PHONE, "********"),
        ("123456789", Mask.PHONE, "123**6789"),
        ("440205199001011234", Mask.ID, "440205********1234"),
        ("曲江区马坝镇", Mask.PARTIAL, "曲****镇"),
        ("马坝", Mask.PARTIAL, "**"),
        ("马坝镇", Mask.PARTIAL, "***"),
        ("马坝镇上", Mask.PARTIAL, "马**上"),
        (13812345678, Mask.PHONE, None),
        (True, Mask.NAME, None),
        ("x", Mask.HIDDEN, None),
        (7, Mask.NONE, 7),
    ],
)
def test_what_a_mask_leaves(value: object, mask: Mask, left: object) -> None:
    assert masked(value, mask) == left  # type: ignore[arg-type]


@given(st.text(min_size=2), st.sampled_from([Mask.NAME, Mask.PHONE, Mask.ID, Mask.PARTIAL]))
def test_a_masked_text_of_two_signs_or_more_never_stays_whole(text: str, mask: Mask) -> None:
    left = masked(text, mask)
    assert isinstance(left, str)
    plain = text.strip()
    assert not plain.strip("*") or left != plain


def test_without_masks_everything_is_seen_as_it_is() -> None:
    assert EVERYTHING.open(["a", "b"], None) is None
    assert EVERYTHING.open(["a", "b"], ["b"]) == ["b"]
    assert EVERYTHING.record({"a": 1}) == {"a": 1}


def test_covered_fields_are_left_out_of_what_is_shown_as_it_is() -> None:
    seen = Sight({"a": Mask.PHONE})
    assert seen.open(["a", "b"], None) == ["b"]
    assert seen.open(["a", "b"], ["a"]) == []
    assert seen.record({"a": "13812345678", "b": 2}) == {"a": "138****5678", "b": 2}


def test_a_filter_on_a_covered_field_is_refused_since_its_answer_would_tell_the_value() -> None:
    seen = Sight({"a": Mask.PHONE})
    seen.check(None)
    seen.check(parse_filter("b=1"))
    with pytest.raises(BadFilter, match="脱敏"):
        seen.check(parse_filter("b=1;a=13812345678"))


def test_what_is_seen_differently_has_another_token() -> None:
    tokens = {Sight({"a": mask}).token() for mask in (Mask.PHONE, Mask.NAME)}
    assert len(tokens | {EVERYTHING.token(), Sight({"b": Mask.NAME}).token()}) == 4
    one = Sight({"a": Mask.NAME, "b": Mask.NAME})
    assert one.token() == Sight({"b": Mask.NAME, "a": Mask.NAME}).token()

"""Masks: nobody is recognised by what is left, and nothing leaves by a side door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.catalogue.contracts import MASK_TITLES, Mask
from layers.catalogue.masks import masked
from layers.catalogue.sight import EVERYTHING, Sight
from layers.errors import BadFilter
from layers.export.masks import KINDS
from layers.windows import parse_filter


@pytest.mark.parametrize(
    ("value", "mask", "left"),
    [
        ("欧阳修文", Mask.NAME, "欧阳**"),
        ("张三", Mask.NAME, "张*"),
        ("13812345678", Mask.PHONE, "138****5678"),
        (13812345678, Mask.PHONE, "138****5678"),
        (13812345678.0, Mask.PHONE, "138****5678"),
        ("不是电话", Mask.PHONE, "****"),
        ("110105194912310021", Mask.ID, "110105********0021"),
        (True, Mask.NAME, None),
        (2.5, Mask.PHONE, None),
        ("x", Mask.HIDDEN, None),
        (7, Mask.NONE, 7),
    ],
)
def test_what_a_mask_leaves(value: object, mask: Mask, left: object) -> None:
    assert masked(value, mask) == left  # type: ignore[arg-type]


def test_what_is_shown_and_what_is_exported_are_covered_by_the_same_kinds() -> None:
    assert {one.value for one in Mask} - {""} == set(KINDS)
    assert set(MASK_TITLES) == set(Mask)


@given(st.text(min_size=2), st.sampled_from([Mask.NAME, Mask.PHONE, Mask.ID, Mask.ADDRESS]))
def test_a_masked_text_of_two_signs_or_more_never_stays_whole(text: str, mask: Mask) -> None:
    plain = text.strip()
    left = masked(text, mask)
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

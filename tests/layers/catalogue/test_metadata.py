"""What people write about layers: kept as said, refused with every fault, never half."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.catalogue.contracts import FieldInfo, Keep, Mask, Metadata
from layers.catalogue.credit_code import is_credit_code
from layers.catalogue.items import ITEMS
from layers.catalogue.metadata import changed, missing
from layers.catalogue.stored import from_stored, to_stored
from layers.contracts import Classification
from layers.errors import BadCatalogue

FIELDS = Path(__file__).resolve().parents[3] / "data/reference/catalogue_fields.csv"
GOOD_CODE = "91350100M000100Y43"  # the example of GB 32100-2015


def faults(said: object) -> set[str]:
    with pytest.raises(BadCatalogue) as wrong:
        changed(Metadata(), said)  # type: ignore[arg-type]
    return {one["where"] for one in wrong.value.problem["errors"]}


def test_items_are_those_of_the_reference_table_with_its_titles_and_marks() -> None:
    with FIELDS.open(encoding="utf-8") as file:
        table = {row["key"]: row for row in csv.DictReader(file)}
    for item in ITEMS:
        if item.key in {"open_condition", "licence"}:
            continue  # our own
        row = table[item.key]
        assert item.title == row["field"]
        assert item.needed == (row["required"] == "M")


def test_what_is_not_named_stays() -> None:
    before = changed(Metadata(), {"abstract": "断面", "keep": {"versions": 3}})
    after = changed(before, {"licence": "内部使用"})
    assert after.texts == {"abstract": "断面", "licence": "内部使用"}
    assert after.keep == Keep(versions=3)
    assert (before.revision, after.revision) == (1, 2)


def test_saying_the_same_again_is_no_change() -> None:
    before = changed(Metadata(), {"abstract": " 断面 "})
    assert changed(before, {"abstract": "断面"}) is before


def test_an_item_is_taken_back_by_an_empty_text() -> None:
    assert changed(Metadata({"abstract": "断面"}), {"abstract": ""}).texts == {}


def test_fields_that_are_not_named_keep_what_was_said_of_them() -> None:
    before = changed(Metadata(), {"fields": [{"name": "a", "mask": "phone"}, {"name": "b"}]})
    after = changed(before, {"fields": [{"name": "b", "unit": "米"}]})
    assert [(one.name, one.mask, one.unit) for one in after.fields] == [
        ("a", Mask.PHONE, ""),
        ("b", Mask.NONE, "米"),
    ]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"nosuch": "x"}, {"nosuch"}),
        ({"abstract": 7}, {"abstract"}),
        ({"abstract": "x" * 2001}, {"abstract"}),
        ({"abstract": "x\x00"}, {"abstract"}),
        ({"share_type": "随便"}, {"share_type"}),
        ({"share_type": "有条件共享"}, {"share_condition"}),
        ({"provider_code": GOOD_CODE[:-1] + "4"}, {"provider_code"}),
        ({"fields": "a"}, {"fields"}),
        ({"fields": [{"title": "无名"}]}, {"fields[1]"}),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, {"fields.a"}),
        ({"fields": [{"name": "a", "mask": "x", "type": "Z"}]}, {"fields.a.mask", "fields.a.type"}),
        ({"fields": [{"name": "a", "colour": "x"}]}, {"fields.a.colour"}),
        ({"fields": [{"name": "a", "classification": "绝密"}]}, {"fields.a.classification"}),
        ({"keep": {"versions": 0}}, {"keep.versions"}),
        ({"keep": {"versions": True}}, {"keep.versions"}),
        ({"keep": {"days": 36_501}}, {"keep.days"}),
        ({"keep": 3}, {"keep"}),
    ],
)
def test_a_fault_is_told_where_it_is(said: object, where: set[str]) -> None:
    assert faults(said) == where


@pytest.mark.parametrize("length", [1999, 2000])
def test_a_text_as_long_as_allowed_is_kept(length: int) -> None:
    assert len(changed(Metadata(), {"abstract": "字" * length}).texts["abstract"]) == length


def test_a_complete_entry_misses_nothing() -> None:
    assert missing(Metadata()) == [one.title for one in ITEMS if one.needed]
    full = {one.key: one.words[0] if one.words else "x" for one in ITEMS}
    assert missing(changed(Metadata(), full | {"provider_code": GOOD_CODE})) == []


def test_the_example_of_the_standard_is_a_credit_code_and_each_slip_of_one_sign_is_none() -> None:
    assert is_credit_code(GOOD_CODE)
    for place in range(len(GOOD_CODE)):
        for sign in "0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ":
            slipped = GOOD_CODE[:place] + sign + GOOD_CODE[place + 1 :]
            assert is_credit_code(slipped) == (slipped == GOOD_CODE)
    assert not is_credit_code(GOOD_CODE + "1")


fields = st.builds(
    FieldInfo,
    name=st.text(min_size=1),
    title=st.text(),
    mask=st.sampled_from(Mask),
    classification=st.none() | st.sampled_from(Classification),
)


@given(
    st.builds(
        Metadata,
        texts=st.dictionaries(st.sampled_from([one.key for one in ITEMS]), st.text()),
        fields=st.lists(fields).map(tuple),
        keep=st.builds(Keep, st.none() | st.integers(1, 99), st.none() | st.integers(1, 99)),
        revision=st.integers(0, 10**6),
    )
)
def test_metadata_come_back_from_json_as_they_were(metadata: Metadata) -> None:
    assert from_stored(json.loads(json.dumps(to_stored(metadata)))) == metadata


def test_a_layer_of_which_nothing_was_said_has_empty_metadata() -> None:
    assert from_stored({}) == Metadata()

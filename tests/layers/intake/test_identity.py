"""Feature ids stay with their keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.intake.attributes import key_texts
from layers.intake.identity import IdentityTable, key_hashes

EMPTY = IdentityTable.load(None)
KEYS = st.lists(st.text(min_size=1, max_size=6), max_size=30)


def hashes(keys: list[str]) -> np.ndarray:
    points = shapely.points(np.arange(len(keys), dtype=float), np.zeros(len(keys)))
    return key_hashes(pd.Series(keys, dtype="string"), points)[0]


@given(KEYS, KEYS)
def test_a_key_keeps_its_id_over_versions_whatever_the_order(
    first: list[str], second: list[str]
) -> None:
    ids, table = EMPTY.assign(hashes(first))
    later, _ = table.assign(hashes(second))
    before = dict(zip(reversed(first), reversed(ids.tolist()), strict=True))
    for key, fid in zip(reversed(second), reversed(later.tolist()), strict=True):
        if second.count(key) == 1 and key in before:
            assert fid == before[key]


@given(KEYS, KEYS)
def test_ids_are_never_used_twice(first: list[str], second: list[str]) -> None:
    ids, table = EMPTY.assign(hashes(first))
    later, grown = table.assign(hashes(second))
    assert len(set(ids.tolist())) == len(first)
    assert len(set(later.tolist())) == len(second)
    assert len(set(grown.ids.tolist())) == len(grown.ids)


def test_a_key_that_went_away_gets_its_old_id_back() -> None:
    first, table = EMPTY.assign(hashes(["a", "b"]))
    _, table = table.assign(hashes(["b"]))
    again, _ = table.assign(hashes(["a"]))
    assert again[0] == first[0]


def test_without_keys_the_geometry_is_the_key() -> None:
    here = shapely.points([[113.0, 24.0], [114.0, 25.0]])
    first, table = EMPTY.assign(key_hashes(None, here)[0])
    again, _ = table.assign(key_hashes(None, here[::-1])[0])
    assert again.tolist() == first.tolist()[::-1]


def test_repeated_keys_are_reported() -> None:
    _, repeated = key_hashes(pd.Series(["a", "b", "a"]), shapely.points([[0, 0], [1, 1], [2, 2]]))
    assert repeated.tolist() == [False, False, True]


def test_numbers_and_texts_of_one_code_are_one_key() -> None:
    texts = [key_texts(pd.Series(values)) for values in ([440203], [440203.0], [" 440203 "])]
    assert {text[0] for text in texts} == {"440203"}


def test_the_table_survives_its_file(tmp_path: Path) -> None:
    ids, table = EMPTY.assign(hashes(["a", "b"]))
    table.save(tmp_path / "identity.npz")
    assert IdentityTable.load(tmp_path / "identity.npz").assign(hashes(["b"]))[0][0] == ids[1]

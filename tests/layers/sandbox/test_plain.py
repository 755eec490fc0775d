"""Values go to JSON and back unchanged; nothing else can come back."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.sandbox.plain import decode, encode

_KEYS = st.text() | st.integers()
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.binary() | st.dates() | st.datetimes() | st.times()
    | st.decimals(allow_nan=False, allow_infinity=False)
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(_KEYS, inner),
    max_leaves=12,
)


@given(VALUES)
@settings(deadline=None)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    back = decode(json.loads(json.dumps(encode(value))))
    assert back == value
    assert type(back) is type(value)


def test_what_json_does_not_know_comes_back_too() -> None:
    assert math.isnan(decode(encode(float("nan"))))
    assert decode(encode(float("-inf"))) == float("-inf")
    assert decode(encode(pd.NA)) is pd.NA
    assert decode(encode(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))).utcoffset() == dt.timedelta(0)
    assert decode(encode(Decimal("1.10"))).as_tuple().exponent == -2
    assert decode(encode(object)) == str(object)


@pytest.mark.parametrize("plain", [{"$eval": "1"}, {}, {"a": 1, "b": 2}, {"$map": [[[], 1]]}])
def test_what_was_never_written_is_refused(plain: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode(plain)

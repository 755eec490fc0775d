"""What the server writes into the page, whatever the address says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.assets import SCRIPTS, WEB, WORKER, as_script_data
from app.web.boot import Asked


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_data_in_a_script_element_comes_back_and_never_closes_it(value: object) -> None:
    written = as_script_data(value)
    assert json.loads(written) == value
    assert "<" not in written


def test_an_address_without_wishes_is_the_city_in_dark() -> None:
    assert Asked.read({}, city="440200") == Asked("440200", None, "dark", 1.0)


@given(st.text(), st.text())
def test_no_address_can_write_into_the_page(theme: str, size: str) -> None:
    asked = Asked.read({"theme": theme, "k": size}, city="440200")
    assert asked.theme in ("dark", "light")
    assert 0.75 <= asked.k <= 3


@pytest.mark.parametrize(
    ("text", "size"),
    [("1.2", 1.2), ("0.1", 0.75), ("99", 3.0), ("nan", 1.0), ("inf", 1.0), ("大", 1.0)],
)
def test_the_size_stays_within_what_can_be_read(text: str, size: float) -> None:
    assert Asked.read({"k": text}, city="440200").k == size


def test_every_script_of_ours_is_loaded() -> None:
    own = {
        str(path.relative_to(WEB))
        for path in WEB.glob("*/*.js")
        if path.parent.name not in ("built", "browser")
    }
    assert own == {*SCRIPTS, WORKER}

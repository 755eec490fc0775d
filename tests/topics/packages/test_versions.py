"""Versions and ranges of them."""

from __future__ import annotations

import pytest

from topics.kit.versions import fits, parse_range, parse_version


@pytest.mark.parametrize(
    ("version", "wanted", "fit"),
    [
        ("1.0.0", "==1.0", True),
        ("1.0", ">=1.0.0", True),
        ("1.10.0", ">=1.9", True),
        ("2.0.0", ">=1.0,<2", False),
        ("1.9.9", ">=1.0,<2", True),
        ("1.0.0", ">1", False),
        ("1.0.1", "<=1.0", False),
    ],
)
def test_a_version_is_compared_number_by_number(version: str, wanted: str, *, fit: bool) -> None:
    assert fits(version, wanted) is fit


@pytest.mark.parametrize("text", ["", "1.0", "=1", ">=1.x", ">= 1 <2", ">=1,,<2", "~1"])
def test_a_range_that_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="写成"):
        parse_range(text)


@pytest.mark.parametrize("text", ["", "v1", "1.", "1.-2", "1.0.0.0.0", "一"])
def test_a_version_that_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"写成 1\.2\.0"):
        parse_version(text)

"""docs/intake.md says of every real and broken file what becomes of it, and that is what should."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from tests.layers.readers.intake_table import (
    OUTCOMES,
    Result,
    Wanted,
    cases,
    differing,
    render,
    result,
)

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "intake.md"
WANTED = Path(__file__).with_name("wanted_intake.csv")
DATA = ROOT.parent / "shared" / "data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not (DATA / "messy").exists(), reason="旁边没有 shared/data/messy"),
]


@pytest.fixture(scope="module")
def wanted() -> dict[str, Wanted]:
    """How every upload should end, judged by hand."""
    with WANTED.open(encoding="utf-8", newline="") as handle:
        return {
            row["file"]: Wanted(row["wanted"], row["words"], row["why"])
            for row in csv.DictReader(handle)
        }


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """How every upload ends."""
    folder = tmp_path_factory.mktemp("intake")
    return {
        case.name: result(case, folder / str(number)) for number, case in enumerate(cases(DATA))
    }


def test_every_file_is_judged(wanted: dict[str, Wanted], results: dict[str, Result]) -> None:
    assert list(wanted) == list(results)
    assert {one.outcome for one in wanted.values()} <= set(OUTCOMES)
    assert all(one.why for one in wanted.values())


def test_every_file_ends_as_it_should(
    wanted: dict[str, Wanted], results: dict[str, Result]
) -> None:
    assert differing(wanted, results, results) == []


def test_the_page_is_what_was_found(wanted: dict[str, Wanted], results: dict[str, Result]) -> None:
    page = render(wanted, results)
    if os.environ.get("TONGLAN_BLESS"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page

"""docs/bad-input.md names tests that exist: what it promises is tried."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def test_every_test_that_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "bad-input.md").read_text("utf-8")
    named = set(NAMED.findall(page))
    defined = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in DEFINED.findall(file.read_text("utf-8"))
    }
    assert len(named) > 15
    assert named - defined == set()


def test_every_row_of_its_tables_names_its_test() -> None:
    page = (ROOT / "docs" / "bad-input.md").read_text("utf-8")
    rows = [one for one in page.splitlines() if one.startswith("| ")]
    heads = {"输入", "哪里"}
    told = [one for one in rows if one.split("|")[1].strip() not in heads]
    assert [one for one in told if not NAMED.search(one) and "同上" not in one] == []

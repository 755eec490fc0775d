"""data/ holds seed files and reference tables: no code, nothing written at run time."""

from __future__ import annotations

import subprocess

import pytest

from tests.contracts.test_imports import ROOT

DATA = ROOT / "data"
REFERENCE = sorted((DATA / "reference").glob("*.csv"))


def test_there_is_no_code_in_data() -> None:
    assert [one for one in DATA.rglob("*") if one.suffix in {".py", ".pyc", ".sh", ".js"}] == []


def test_everything_in_data_is_kept_in_git() -> None:
    command = ["git", "status", "--porcelain", "--ignored", "--", "data"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("不在 git 检出中")
    assert [line for line in done.stdout.splitlines() if line.startswith("!!")] == []


@pytest.mark.parametrize("table", REFERENCE, ids=lambda one: one.name)
def test_a_reference_table_says_where_it_comes_from(table: object) -> None:
    with open(str(table), encoding="utf-8") as file:
        columns = file.readline().strip().split(",")
    assert {"source", "status"} <= set(columns)

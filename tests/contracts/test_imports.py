"""Imports run one way, and nobody has to register a new topic for that to be checked."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOPICS = sorted(one.parent.name for one in (ROOT / "topics").glob("*/topic.toml"))


def imported(file: Path) -> Iterator[str]:
    """Every module a file imports, as it is written."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield module
            yield from (f"{module}.{one.name}" for one in node.names)


def imports_of(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.rglob("*.py")):
        for name in imported(file):
            yield str(file.relative_to(ROOT)), name


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def test_import_linter_keeps_its_contracts() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_imports_no_other_topic_and_no_dash(topic: str) -> None:
    forbidden = [f"topics.{other}" for other in TOPICS if other != topic] + ["app", "dash"]
    wrong = [
        (file, name)
        for file, name in imports_of(ROOT / "topics" / topic)
        if any(within(name, one) for one in forbidden) or name.startswith("..")
    ]
    assert wrong == []


def test_the_kit_imports_no_topic() -> None:
    wrong = [
        (file, name)
        for file, name in imports_of(ROOT / "topics" / "kit")
        if any(within(name, f"topics.{topic}") for topic in TOPICS)
    ]
    assert wrong == []


def test_the_program_imports_no_topic_by_name() -> None:
    wrong = [
        (file, name)
        for file, name in imports_of(ROOT / "app")
        if not file.startswith("app/demo/")  # the simulators know whose systems they play
        and any(within(name, f"topics.{topic}") for topic in TOPICS)
    ]
    assert wrong == []


def test_no_package_of_tests_is_imported_by_the_program() -> None:
    folders = [ROOT / one for one in ("app", "layers", "topics")]
    assert not [
        pair for folder in folders for pair in imports_of(folder) if within(pair[1], "tests")
    ]

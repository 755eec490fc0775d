"""The test command looks twice at few files of whole programs, and at nothing else."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
WIZARD = "tests/e2e/test_upload_wizard.py"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """deploy/test.py, its notes of failed tests in a folder of their own."""
    monkeypatch.syspath_prepend(str(ROOT / "deploy"))
    spec = importlib.util.spec_from_file_location("test_command", ROOT / "deploy" / "test.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def runs(
    command: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    failed: tuple[str, ...],
    *answers: int,
) -> tuple[int, list[tuple[str, ...]]]:
    """What the command answers when its runs answer so, and what each run was asked for."""
    noted = command.ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    noted.parent.mkdir(parents=True)
    noted.write_text(json.dumps(dict.fromkeys(failed, True)), encoding="utf-8")
    left, asked = list(answers), []

    def run(what: str, *options: str) -> int:
        asked.append(options)
        return left.pop(0)

    monkeypatch.setattr(command, "_test", run)
    return command._alone(), asked


def test_a_file_that_failed_once_runs_again_whole_and_is_named(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = (f"{WIZARD}::test_one", f"{WIZARD}::test_two[a]", "tests/api/test_layers.py::test_x")
    assert runs(command, monkeypatch, failed, 1, 0) == (0, [command.ALONE, (WIZARD,)])
    assert f"不稳定,须查明原因(第一次未通过,重测通过):{WIZARD}" in capsys.readouterr().out


def test_a_fault_fails_twice(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, asked = runs(command, monkeypatch, (f"{WIZARD}::test_one",), 1, 1)
    assert (answer, len(asked)) == (1, 2)


@pytest.mark.parametrize(
    ("failed", "answer"),
    [
        ((f"{WIZARD}::test_one",), 2),  # broken off
        ((f"{WIZARD}::test_one",), 0),
        (("tests/api/test_layers.py::test_x",), 1),  # of another run
        ((), 1),
        (tuple(f"tests/web/test_{n}.py::test_x" for n in range(5)), 1),
    ],
)
def test_there_is_no_second_look_at_anything_else(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch, failed: tuple[str, ...], answer: int
) -> None:
    assert runs(command, monkeypatch, failed, answer) == (answer, [command.ALONE])

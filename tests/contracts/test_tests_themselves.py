"""What makes a test fail by chance is found here: the hour, the speed of the machine, a name."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
FILES = [one for one in sorted(TESTS.rglob("*.py")) if "benchmarks" not in one.parts]
CLOCK = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}
STOPWATCH = {"monotonic", "perf_counter", "process_time", "thread_time", "monotonic_ns"}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def test_no_two_test_files_have_one_name() -> None:
    names = Counter(one.name for one in FILES if one.name.startswith("test_"))
    assert [name for name, times in names.items() if times > 1] == []


def test_no_clock_is_read_before_the_tests_run_and_no_stopwatch_judges() -> None:
    """Between the import and the test an hour may strike, or midnight."""
    found = {
        str(one.relative_to(TESTS)): _by_chance(ast.parse(one.read_text("utf-8"))) for one in FILES
    }
    assert {name: lines for name, lines in found.items() if lines} == {}


def _by_chance(tree: ast.Module) -> list[int]:
    """The lines that read a clock at import, or where a stopwatch judges."""
    reading = {one.name for one in tree.body if isinstance(one, FUNCTION[:2]) and _reads(one)}
    early = [one.lineno for one in _run_at_import(tree) if _is_clock(one) or _name(one) in reading]
    judged = [
        one.lineno
        for one in ast.walk(tree)
        if isinstance(one, ast.Assert)
        and any(isinstance(part, ast.Call) and _name(part) in STOPWATCH for part in ast.walk(one))
        and not _waits(one)
    ]
    return early + judged


def _waits(judge: ast.Assert) -> bool:
    """`assert monotonic() < end`: the patience of a loop that waits."""
    match judge.test:
        case ast.Compare(left=ast.Call(), ops=[ast.Lt()], comparators=[ast.Name()]):
            return True
    return False


def _run_at_import(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls outside of functions; of a function its decorators and defaults."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Call):
            yield one
        if isinstance(one, ast.If) and "__name__" in ast.unparse(one.test):
            continue  # a program of its own
        if isinstance(one, FUNCTION):
            waiting += getattr(one, "decorator_list", [])
            waiting += [*one.args.defaults, *(part for part in one.args.kw_defaults if part)]
        else:
            waiting += ast.iter_child_nodes(one)


def _reads(function: ast.AST) -> bool:
    return any(isinstance(one, ast.Call) and _is_clock(one) for one in ast.walk(function))


def _is_clock(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="datetime" | "date" | "time"), attr=name):
            return name in CLOCK
    return False


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""

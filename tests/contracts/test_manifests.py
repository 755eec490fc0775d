"""What every shipped topic keeps, and that every error class means something."""

from __future__ import annotations

import ast
import inspect
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

import app.errors
import layers.errors
import topics.kit.errors
from tests.contracts.test_imports import ROOT, TOPICS
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.functions import missing_part
from topics.kit.manifest import Manifest
from topics.kit.organisations import Organisations

CATALOGUE = Catalogue.load([SHIPPED])
BUREAUS = Organisations.load(ROOT / "data" / "reference" / "organisations.csv")
EACH = pytest.mark.parametrize("topic", CATALOGUE.topics, ids=lambda topic: topic.id)


def functions(topic: Manifest) -> list[str]:
    return [one.function for one in topic.refreshers if one.function] + [
        one.draw for one in topic.panels if one.draw
    ]


def test_every_topic_folder_is_in_the_catalogue() -> None:
    assert sorted(one.id for one in CATALOGUE.topics) == TOPICS


@EACH
def test_every_function_of_a_manifest_exists_and_is_explained(topic: Manifest) -> None:
    assert [missing_part(topic.folder, one) for one in functions(topic)] == [None] * len(
        functions(topic)
    )
    assert all(callable(CATALOGUE.function(topic.id, one)) for one in functions(topic))


@EACH
def test_every_indicator_in_a_panel_is_declared(topic: Manifest) -> None:
    assert [
        name for panel in topic.panels for name in panel.indicators if not CATALOGUE.find(name)
    ] == []


@EACH
def test_every_owner_is_a_bureau_of_today(topic: Manifest) -> None:
    owners = {topic.owner, *(one.owner for one in topic.indicators)}
    assert {one for one in owners if BUREAUS.find(one, date(2026, 11, 22)) is None} == set()


@EACH
def test_every_topic_has_tests(topic: Manifest) -> None:
    assert list((ROOT / "tests" / "topics" / topic.id).glob("test_*.py"))


def classes(module: ModuleType) -> list[type[Exception]]:
    return [
        one
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Exception) and one.__module__ == module.__name__
    ]


ERRORS = [one for m in (app.errors, layers.errors, topics.kit.errors) for one in classes(m)]
BASES = {base for one in ERRORS for base in one.__mro__[1:] if base in ERRORS}


def raised(tree: ast.AST) -> set[str]:
    """The names a file calls or makes (`raise X(…)`, `return X(…)`, `(X if … else Y)(…)`)."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {name.id for call in calls for name in ast.walk(call) if isinstance(name, ast.Name)}


@pytest.fixture(scope="module")
def made_somewhere() -> set[str]:
    files = (file for one in ("app", "layers", "topics") for file in (ROOT / one).rglob("*.py"))
    return {name for file in files for name in raised(_tree(file))}


def _tree(file: Path) -> ast.AST:
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: one.__name__)
def test_an_error_class_is_raised_or_has_children(
    error: type[Exception], made_somewhere: set[str]
) -> None:
    assert error in BASES or error.__name__ in made_somewhere


@pytest.mark.parametrize("module", [app.errors, layers.errors, topics.kit.errors])
def test_the_tree_at_the_top_of_the_errors_names_every_class(module: ModuleType) -> None:
    assert [one for one in classes(module) if one.__name__ not in (module.__doc__ or "")] == []

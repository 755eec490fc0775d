"""Every link that the program writes to one of its pages says what that page reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.evaluation.telling import desk_span
from app.web.assets import BUNDLES, COMMON
from app.web.pages import ALERTS_PAGE, TOPIC_PAGE, WORK_PAGES
from topics.kit.alerting.places import page_of

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "app" / "web"
PAGES = [*WORK_PAGES, ALERTS_PAGE, TOPIC_PAGE]
_ASKED = re.compile(r"(?:get|has|[aA]sked)\('(\w+)'\)")
_NAMED = re.compile(r"const (?:NAMES|LISTS|KEYS|KEPT) = \[([^\]]*)\]")


def reads(path: str) -> set[str]:
    """What the scripts of the page at `path` ask the address for."""
    names = {one.bundle for one in PAGES if _shape(one.path).fullmatch(path)}
    assert names, f"{path} is no page"
    files = {*COMMON, *(file for name in names for file in BUNDLES[name])}
    text = "\n".join((WEB / file).read_text(encoding="utf-8") for file in files)
    named = ",".join(_NAMED.findall(text))
    return {*_ASKED.findall(text), *re.findall(r"'(\w+)'", named)}


def _shape(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


def links() -> Iterator[tuple[str, str]]:
    """(where, link) of every text in Python that is the address of a page with a question."""
    pages = {one.path.split("/")[1] for one in PAGES}
    for file in sorted([*ROOT.glob("app/**/*.py"), *ROOT.glob("topics/**/*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            text = _text(node)
            if text.split("?")[0].split("/")[1:2] and "?" in text and text.startswith("/"):
                if text.split("?")[0].split("/")[1] in pages:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", text  # type: ignore[attr-defined]


def _text(node: ast.AST) -> str:
    """The text with X for everything that is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else "X" for one in node.values
        )
    return ""


FOUND = [one for one in links() if parse_qs(urlsplit(one[1]).query)]


@pytest.mark.parametrize(("where", "link"), FOUND, ids=[f"{where} {link}" for where, link in FOUND])
def test_what_a_link_asks_a_page_is_what_the_page_reads(where: str, link: str) -> None:
    parts = urlsplit(link)
    assert set(parse_qs(parts.query)) <= reads(parts.path), where


def test_the_links_are_found() -> None:
    asked = {
        (urlsplit(link).path, key) for _, link in FOUND for key in parse_qs(link.split("?")[1])
    }
    assert {("/alerts", "alert"), ("/duty", "id"), ("/directives", "id")} <= asked


def test_a_link_to_an_alert_opens_it_whatever_its_id() -> None:
    link = urlsplit(page_of("a b&c"))
    assert parse_qs(link.query) == {"alert": ["a b&c"]}
    assert "id" not in reads("/alerts")


def test_the_desk_reads_what_the_evaluation_asks_it() -> None:
    for by in ("region", "unit", "post"):
        link = urlsplit(desk_span(by, "440205", [date(2026, 10, 1)]))
        assert set(parse_qs(link.query)) <= reads(link.path)

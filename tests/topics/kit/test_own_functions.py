"""[[functions]] is checked without running the topic's Python, and runs only when it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from topics.kit.catalogue import Catalogue
from topics.kit.errors import BadManifest
from topics.kit.manifest import load_manifest

MANIFEST = """
[topic]
id = "river"
title = "河"
owner = "swj"

[[sites]]
kind = "断面"
file = "sections.csv"

[[indicators]]
id = "river.do"
title = "溶解氧"
definition = "测试"
unit = "mg/L"
frequency = "1mo"
period_kind = "当月"
levels = ["site"]
sites = "断面"
owner = "swj"
source = "测试"
freshness = "50d"

[[indicators]]
id = "river.grade"
title = "类别"
definition = "测试"
unit = ""
frequency = "1mo"
period_kind = "当月"
levels = ["site"]
sites = "断面"
owner = "swj"
source = "公式"
freshness = "50d"

[[functions]]
name = "{name}"
function = "rules:grade"
parameters = {parameters}
units = {units}
help = "类别"
source = "测试"

[[formulas]]
id = "river.grade"
expression = "{expression}"
"""
PYTHON = '''
from topics.kit.formula.domain import Derived


def grade(frame, oxygen):
    """The class."""
    return Derived(oxygen)
'''


def folder(tmp_path: Path, **given: str) -> Path:
    said = {
        "name": "grade",
        "parameters": '["溶解氧"]',
        "units": '["mg/L"]',
        "expression": "grade(river.do)",
    } | given
    made = tmp_path / "river"
    made.mkdir()
    (made / "topic.toml").write_text(MANIFEST.format(**said), encoding="utf-8")
    (made / "rules.py").write_text(said.get("python", PYTHON), encoding="utf-8")
    (made / "sections.csv").write_text(
        "code,name,region,lon,lat\nS1,十里亭,440203,113.5,24.8\n", encoding="utf-8"
    )
    return made


def test_a_topic_with_a_function_of_its_own_loads(tmp_path: Path) -> None:
    assert load_manifest(folder(tmp_path)).functions[0].name == "grade"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "yoy"}, "已有的函数"),
        ({"parameters": '["溶解氧", "氨氮"]', "units": '["mg/L", "mg/L"]'}, "声明了 2 个参数"),
        ({"expression": "grades(river.do)"}, "没有函数 'grades';是不是 grade"),
        ({"expression": "grade(river.do, 1)"}, "参数个数不对"),
        ({"python": "def grade(frame, a):\n    return a\n"}, "没有说明"),
    ],
)
def test_what_is_wrong_with_a_function_is_told_before_it_runs(
    tmp_path: Path, given: dict[str, str], told: str
) -> None:
    with pytest.raises(BadManifest, match=told):
        load_manifest(folder(tmp_path, **given))


def test_python_of_an_installed_topic_runs_only_when_allowed_by_name(tmp_path: Path) -> None:
    folder(tmp_path)
    own = Catalogue.load([tmp_path]).formulas.find("river.grade")
    assert own is not None
    with pytest.raises(BadManifest, match="allow_python"):
        own.functions[0].load()
    allowed = Catalogue.load([tmp_path], ["river"]).formulas.find("river.grade")
    assert allowed is not None
    assert allowed.functions[0].load().__name__ == "grade"


def test_values_follow_when_the_rules_of_the_topic_change(tmp_path: Path) -> None:
    made = folder(tmp_path)
    first = Catalogue.load([tmp_path]).formulas.find("river.grade")
    assert first is not None
    before = first.digest
    (made / "rules.py").write_text(PYTHON.replace("(oxygen)", "(oxygen + 1)"), encoding="utf-8")
    assert first.digest != before

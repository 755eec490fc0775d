"""Installed topics that are wrong, alone or together, are left out; shipped ones may not be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.topics.packages.small_topic import HEYUAN, SHAOGUAN, checked, edit, write
from topics.kit.catalogue import SHIPPED
from topics.kit.errors import BadManifest
from topics.kit.installed import load_topics

NEEDING = """
[topic]
id = "{id}"
title = "用到旅游的"
owner = "wgltj"

[[panels]]
title = "旅游"
kind = "kpi"
indicators = ["{named}"]
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    write(tmp_path / "topics")
    return tmp_path / "topics"


def loaded(installed: Path) -> tuple[list[str], dict[str, str]]:
    catalogue, _ = load_topics(installed, (), SHAOGUAN, shipped=installed / "none")
    left = {one.topic: one.problems[0] for one in catalogue.left_out}
    return [one.id for one in catalogue.topics], left


def needing(installed: Path, topic: str, named: str) -> None:
    (installed / topic).mkdir()
    text = NEEDING.format(id=topic, named=named)
    (installed / topic / "topic.toml").write_text(text, encoding="utf-8")


def test_topics_that_need_each_other_load_in_any_order(installed: Path) -> None:
    needing(installed, "atlas", "tourism.visitors")
    assert loaded(installed) == (["atlas", "tourism"], {})


def test_what_needs_a_topic_that_is_left_out_is_left_out_too(installed: Path) -> None:
    needing(installed, "atlas", "tourism.visitors")
    edit(installed / "tourism", 'unit = "间"', "unit = 3")
    needing(installed, "zoo", "zoo.none")
    good, left = loaded(installed)
    assert good == []
    assert left.keys() == {"atlas", "tourism", "zoo"}
    assert "tourism.visitors" in left["atlas"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('file = "spots.csv"', 'file = "gone.csv"'),
        ("[[panels]]", "[[panels]]\nnothing = 1"),
        ("id = ", "id = = "),
    ],
)
def test_a_topic_that_is_wrong_keeps_no_other_from_working(
    installed: Path, old: str, new: str
) -> None:
    needing(installed, "atlas", "atlas.x")
    (installed / "atlas" / "topic.toml").write_text(
        NEEDING.format(id="atlas", named="atlas.x").partition("[[panels]]")[0], encoding="utf-8"
    )
    edit(installed / "tourism", old, new)
    good, left = loaded(installed)
    assert (good, list(left)) == (["atlas"], ["tourism"])


def test_sites_in_regions_that_are_not_here_leave_the_topic_out(installed: Path) -> None:
    file = installed / "tourism" / "spots.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("440203", "449999"), encoding="utf-8")
    assert "449999" in loaded(installed)[1]["tourism"]


def test_nobody_may_call_a_topic_like_a_folder_of_the_program(installed: Path) -> None:
    shutil.move(installed / "tourism", installed / "kit")
    edit(installed / "kit", 'id = "tourism"', 'id = "kit"')
    assert "程序自己的名称" in loaded(installed)[1]["kit"]


def test_a_shipped_topic_that_is_wrong_stops_the_program(installed: Path, tmp_path: Path) -> None:
    edit(installed / "tourism", 'unit = "间"', "unit = 3")
    with pytest.raises(BadManifest):
        load_topics(tmp_path / "none", (), SHAOGUAN, shipped=installed)


def test_another_city_starts_without_the_sites_of_the_demo_city() -> None:
    catalogue, tree = load_topics(SHIPPED / "none", (), HEYUAN)
    assert len(catalogue.topics) == 5
    assert tree.at_level("site") == ()


def test_the_python_of_own_functions_is_not_run_by_the_check(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "own.py").write_text(
        'raise SystemExit("ran")\n\n\ndef twice(frame, x):\n    """Twice."""\n    return x\n',
        encoding="utf-8",
    )
    edit(folder, 'period_kind = "期末"', 'period_kind = "当月"')
    added = """
[[functions]]
name = "twice"
function = "own:twice"
parameters = ["接待游客"]
units = ["万人次"]
unit = "间"
help = "两倍"
source = "举例"

[[formulas]]
id = "tourism.rooms"
expression = "twice(tourism.visitors)"
"""
    file = folder / "topic.toml"
    file.write_text(file.read_text(encoding="utf-8") + added, encoding="utf-8")
    assert checked(folder).problems == ()

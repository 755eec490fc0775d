"""Which panels a topic's page has, and what their tables in topic.toml must say."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from topics.kit.manifest import Manifest, load_manifest
from topics.kit.manifest_panels import PanelSpec
from topics.kit.pages.colours import class_colour
from topics.kit.pages.panels import panels_of

ID = "toy.one"
TOPIC = """
[topic]
id = "toy"
title = "玩具"
owner = "fgj"

[[indicators]]
id = "toy.one"
title = "一"
definition = "口径"
unit = "件"
precision = 0
frequency = "1d"
period_kind = "日"
levels = ["city", "county"]
owner = "fgj"
source = "来源"
freshness = "2d"
"""


def toy(folder: Path) -> Manifest:
    """A topic that declares one indicator and nothing else."""
    (folder / "toy").mkdir()
    (folder / "toy" / "topic.toml").write_text(TOPIC, encoding="utf-8")
    return load_manifest(folder / "toy")


def test_a_topic_that_names_no_panel_has_a_plain_page(tmp_path: Path) -> None:
    topic = toy(tmp_path)
    assert [one.kind for _, one in panels_of(topic, "")] == ["kpi", "ranking", "map", "trend"]


def test_a_pyramid_needs_two_indicators_an_age_group() -> None:
    with pytest.raises(ValidationError, match="两倍"):
        PanelSpec(title="人口", kind="pyramid", columns=("0–14",), indicators=(ID,))
    PanelSpec(title="人口", kind="pyramid", columns=("0–14",), indicators=(ID, ID))


def test_a_wind_rose_needs_direction_and_speed() -> None:
    with pytest.raises(ValidationError, match="风速"):
        PanelSpec(title="风", kind="windrose", indicators=(ID,))


def test_a_map_needs_something_to_show() -> None:
    with pytest.raises(ValidationError, match="layers 或 indicators"):
        PanelSpec(title="图", kind="map")
    PanelSpec(title="图", kind="map", indicators=(ID,))


def test_a_lamp_takes_the_colour_its_name_says(tmp_path: Path) -> None:
    topic = toy(tmp_path)
    labels = ("蓝灯", "浅蓝灯", "绿灯", "黄灯", "红灯")
    classes = [{"label": one, "upto": n} for n, one in enumerate(labels)]
    spec = type(topic.indicators[0]).model_validate(
        topic.indicators[0].model_dump(by_alias=True) | {"classes": classes, "colours": "lamp"}
    )
    colours = [class_colour(spec, n) for n in range(5)]
    assert colours == ["blue", "d2", "ok", "yellow", "red"]


def test_a_lamp_takes_the_state_its_name_says(tmp_path: Path) -> None:
    topic = toy(tmp_path)
    labels = ("超标", "达标", "未达标", "正常", "超正常蓄水位", "超汛限", "超警", "低于死水位")
    classes = [{"label": one, "upto": n} for n, one in enumerate(labels)]
    spec = type(topic.indicators[0]).model_validate(
        topic.indicators[0].model_dump(by_alias=True) | {"classes": classes, "colours": "lamp"}
    )
    colours = [class_colour(spec, n) for n in range(len(labels))]
    assert colours == ["bad", "ok", "bad", "ok", "warn", "bad", "warn", "blue"]

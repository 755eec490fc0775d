"""One [[indicators]] with `each` and a table stand for many plain ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from topics.kit.errors import BadManifest
from topics.kit.manifest import declared_indicators, load_manifest

MANIFEST = """
[topic]
id = "lab"
title = "化验"
owner = "swj"

[[indicators]]
each = "items.csv"
id = "lab.{item}_month"
title = "{title}月均值"
definition = "当月{title}的平均值"
unit = "mg/L"
precision = "{digits}"
frequency = "1mo"
period_kind = "当月"
levels = ["city"]
owner = "swj"
source = "月报"
freshness = "50d"
checks = { min = 0, max = "{most}" }
"""
TABLE = "item,title,digits,most\ncd,镉,5,10\npb,铅,4,50\n"


def folder(tmp_path: Path, table: str | None = TABLE, **changed: str) -> Path:
    made = tmp_path / "lab"
    made.mkdir()
    text = MANIFEST
    for old, new in changed.items():
        text = text.replace("{" + old + "}", new)
    (made / "topic.toml").write_text(text, encoding="utf-8")
    if table is not None:
        (made / "items.csv").write_text(table, encoding="utf-8")
    return made


def test_every_row_becomes_an_indicator_with_its_own_words_and_numbers(tmp_path: Path) -> None:
    found = load_manifest(folder(tmp_path)).indicators
    assert [one.id for one in found] == ["lab.cd_month", "lab.pb_month"]
    assert [one.title for one in found] == ["镉月均值", "铅月均值"]
    assert [one.precision for one in found] == [5, 4]
    assert [one.checks.max for one in found] == [10, 50]


def test_other_topics_find_the_ids_that_a_table_makes(tmp_path: Path) -> None:
    assert declared_indicators(folder(tmp_path)) == ("lab.cd_month", "lab.pb_month")


@pytest.mark.parametrize(
    ("table", "changed", "told"),
    [
        (None, {}, "读不到 items.csv"),
        ("item,title,digits,most\n", {}, "没有数据行"),
        ("item,title,digits\ncd,镉,5\n", {}, "没有列 most;现有列:item、title、digits"),
        (TABLE, {"title": "{name}"}, "没有列 name"),
        ("item,title,digits,most\ncd,镉,五,10\n", {}, "precision"),
        ("item,title,digits,most\n镉,镉,5,10\n", {}, "id"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_what_to_mend(
    tmp_path: Path, table: str | None, changed: dict[str, str], told: str
) -> None:
    with pytest.raises(BadManifest, match=told):
        load_manifest(folder(tmp_path, table, **changed))


@pytest.mark.parametrize("name", ["../items.csv", "/etc/items.csv", "items.txt", ""])
def test_the_table_lies_in_the_folder_of_the_topic(tmp_path: Path, name: str) -> None:
    made = folder(tmp_path)
    text = MANIFEST.replace('"items.csv"', f'"{name}"')
    (made / "topic.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadManifest, match="indicators 第 1 个的 each"):
        load_manifest(made)

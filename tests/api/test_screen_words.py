"""Advice on a screen names fields, not options of a command."""

from __future__ import annotations

import pytest

from app.api.screen_words import for_screen


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("请选择一个,或用 --part 指明", "请选择一个,或用“文件里的哪一个”指明"),
        ("请改用 --crs EPSG:4490、gcj02", "请改用“坐标系”EPSG:4490、gcj02"),
        ("索取七参数并用 --parameters 给出", "索取七参数并用“七参数”给出"),
        ("文件名 a--crs2.csv", "文件名 a--crs2.csv"),
        ("没有选项", "没有选项"),
    ],
)
def test_options_become_fields(said: str, shown: str) -> None:
    assert for_screen(said) == shown


def test_all_texts_inside_are_changed_and_nothing_else() -> None:
    value = {"a": ["用 --key 指明", 1, None], "b": {"c": True}}
    assert for_screen(value) == {"a": ["用“主键”指明", 1, None], "b": {"c": True}}

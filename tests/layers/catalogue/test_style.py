"""Styles: only what the map can draw is stored, with both themes."""

from __future__ import annotations

from typing import Any

import pytest

from layers.catalogue.style import checked_style
from layers.errors import BadCatalogue

PAIR = {"dark": "#56C2D6", "light": "#0B7285"}


def graduated(*edges: tuple[float | None, float | None]) -> dict[str, Any]:
    classes = [{"min": low, "max": high, "label": ""} | PAIR for low, high in edges]
    return {"kind": "graduated", "field": "grade", "classes": classes, "method": "natural"}


def where(said: object) -> set[str]:
    with pytest.raises(BadCatalogue) as wrong:
        checked_style(said, ["grade", "name"])
    return {one["where"] for one in wrong.value.problem["errors"]}


def test_a_style_is_kept_with_every_part_present() -> None:
    said = graduated((None, 3), (3, None)) | {"label": {"field": "name", "min_zoom": 10}}
    style = checked_style(said, ["grade", "name"])
    assert set(style) == {
        "kind", "field", "classes", "method", "label", "icon", "size", "pair",
    }  # fmt: skip
    assert style["label"] == {"field": "name", "min_zoom": 10}
    assert [one["min"] for one in style["classes"]] == [None, 3]


def test_a_single_style_needs_no_field_and_no_class() -> None:
    assert checked_style({"kind": "single", "field": None, "classes": []}, [])["field"] is None


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("single", {"style"}),
        ({"kind": "heat"}, {"style.kind"}),
        ({"kind": "single", "glow": 1}, {"style.glow"}),
        ({"kind": "categorised", "field": "grade"}, {"style.classes"}),
        ({"kind": "categorised", "classes": [{"value": 1} | PAIR]}, {"style.field"}),
        (graduated((None, 3), (4, None)), {"style.classes[2]"}),
        (graduated((None, None), (None, None)), {"style.classes[2]"}),
        (graduated((3, 3)), {"style.classes[1]"}),
        (graduated((4, 3)), {"style.classes[1]"}),
        (graduated((float("nan"), 3)), {"style.classes[1].min"}),
        ({"kind": "single", "classes": [{"dark": "red"} | {"light": "#123456"}]},
         {"style.classes[1].dark"}),
        ({"kind": "single", "classes": [{"dark": "#56C2D6"}]}, {"style.classes[1].light"}),
        ({"kind": "single", "size": 0}, {"style.size"}),
        ({"kind": "single", "size": 5.1}, {"style.size"}),
        ({"kind": "single", "label": {"field": "x"}}, {"style.label.field"}),
        ({"kind": "single", "label": {"field": "name", "min_zoom": 23}}, {"style.label.min_zoom"}),
        ({"kind": "categorised", "field": "grade",
          "classes": [{"value": 1} | PAIR, {"value": 1} | PAIR]}, {"style.classes"}),
        ({"kind": "categorised", "field": "grade", "classes": [{"value": [1]} | PAIR]},
         {"style.classes[1].value"}),
    ],
)  # fmt: skip
def test_what_no_map_can_draw_is_refused_where_it_stands(said: object, faults: set[str]) -> None:
    assert where(said) == faults


@pytest.mark.parametrize("size", [0.1, 5])
def test_the_extremes_of_size_are_kept(size: float) -> None:
    assert checked_style({"kind": "single", "size": size}, [])["size"] == size

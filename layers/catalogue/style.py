"""The style of a layer as it may be stored: single, categorised or graduated, in two themes."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from layers.catalogue.faults import Faults
from layers.catalogue.texts import text_of

KINDS = ("single", "categorised", "graduated")
_METHODS = ("", "quantile", "quantiles", "natural", "equal", "std", "manual", "categorised")
_KEYS = {"kind", "field", "classes", "method", "label", "icon", "size", "pair"}
_CLASS_KEYS = {"value", "min", "max", "label", "dark", "light", "icon", "count"}
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_MOST_CLASSES = 64
_LARGEST = 5.0


def checked_style(said: object, attributes: Sequence[str]) -> dict[str, Any]:
    """The style with only known parts; raises BadCatalogue with every fault.

    Field and label field must be attributes of the layer (an empty list knows none to compare
    with); colours are #rrggbb for both themes; graduated classes rise without gap or overlap.
    """
    faults = Faults()
    if not isinstance(said, Mapping):
        faults.add("style", '应是对象,如 {"kind": "single", "classes": […]}')
        faults.settle()
        return {}
    for key in said.keys() - _KEYS:
        faults.add(f"style.{key}", f"没有这一项;可用的有 {'、'.join(sorted(_KEYS))}")
    kind = said.get("kind")
    if kind not in KINDS:
        faults.add("style.kind", "只能是 single(单一)、categorised(分类)、graduated(分级)")
    style: dict[str, Any] = {
        "kind": kind,
        "field": _field(said, kind, attributes, faults),
        "classes": _classes(said.get("classes"), kind, faults),
        "method": _method(said.get("method"), faults),
        "label": _label(said.get("label"), attributes, faults),
        "icon": text_of(said.get("icon"), "style.icon", faults, longest=40) or None,
        "size": _size(said.get("size"), faults),
        "pair": said.get("pair", True) is True,
    }
    faults.settle()
    return style


def _field(
    said: Mapping[str, Any], kind: object, attributes: Sequence[str], faults: Faults
) -> str | None:
    field = said.get("field")
    if kind not in {"categorised", "graduated"}:
        return None
    if not isinstance(field, str) or not field:
        faults.add("style.field", "分类、分级要写明按哪个属性")
        return None
    return _known(field, "style.field", attributes, faults)


def _known(field: str, where: str, attributes: Sequence[str], faults: Faults) -> str:
    if attributes and field not in attributes:
        faults.add(where, f"图层没有属性 {field};可用的有 {'、'.join(attributes)}")
    return field


def _method(said: object, faults: Faults) -> str | None:
    if said is not None and said not in _METHODS:
        faults.add("style.method", f"只能是 {'、'.join(one for one in _METHODS if one)}")
    return str(said) if said else None


def _size(said: object, faults: Faults) -> float | None:
    if said is None:
        return None
    number = _number(said)
    if number is None or not 0 < number <= _LARGEST:
        faults.add("style.size", f"应是大于 0、不超过 {_LARGEST:g} 的倍数")
        return None
    return number


def _label(said: object, attributes: Sequence[str], faults: Faults) -> dict[str, Any] | None:
    if said is None:
        return None
    if not isinstance(said, Mapping) or said.keys() - {"field", "min_zoom"}:
        faults.add("style.label", '应写成 {"field": 属性, "min_zoom": 级别},或留空')
        return None
    field = said.get("field")
    if not field:
        return None
    zoom = said.get("min_zoom")
    level = None if zoom is None else _number(zoom)
    if zoom is not None and (level is None or not 0 <= level <= 22):
        faults.add("style.label.min_zoom", "应是 0 到 22 的级别")
    return {
        "field": _known(str(field), "style.label.field", attributes, faults),
        "min_zoom": level,
    }


def _classes(said: object, kind: object, faults: Faults) -> list[dict[str, Any]]:
    if said is None:
        said = []
    if not isinstance(said, Sequence) or isinstance(said, str) or len(said) > _MOST_CLASSES:
        faults.add("style.classes", f"应是类的列表,最多 {_MOST_CLASSES} 类")
        return []
    if kind in {"categorised", "graduated"} and not said:
        faults.add("style.classes", "至少要有一类")
    found = [_class(one, f"style.classes[{at}]", faults) for at, one in enumerate(said, 1)]
    if kind == "graduated":
        _rising(found, faults)
    if kind == "categorised":
        values = [repr(one.get("value")) for one in found]
        if len(values) != len(set(values)):
            faults.add("style.classes", "同一个值写了两次")
    return found


def _class(said: object, where: str, faults: Faults) -> dict[str, Any]:
    if not isinstance(said, Mapping):
        faults.add(where, '应是对象,如 {"value": "Ⅱ类", "dark": "#…", "light": "#…"}')
        return {}
    for key in said.keys() - _CLASS_KEYS:
        faults.add(f"{where}.{key}", f"没有这一项;可用的有 {'、'.join(sorted(_CLASS_KEYS))}")
    found: dict[str, Any] = {
        "label": text_of(said.get("label"), f"{where}.label", faults, longest=100)
    }
    for theme in ("dark", "light"):
        colour = said.get(theme)
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            faults.add(f"{where}.{theme}", "深色、浅色各要一个 #rrggbb 颜色")
        found[theme] = colour
    for edge in ("min", "max"):
        if edge in said:
            found[edge] = None if said[edge] is None else _number(said[edge])
            if said[edge] is not None and found[edge] is None:
                faults.add(f"{where}.{edge}", "应是数,或留空(不限)")
    if "value" in said:
        found["value"] = said["value"]
        value = said["value"]
        if not (value is None or isinstance(value, str | bool) or _number(value) is not None):
            found["value"] = None
            faults.add(f"{where}.value", "应是文字、数或是/否;留空表示其他")
    return found


def _rising(classes: Sequence[Mapping[str, Any]], faults: Faults) -> None:
    for at, (one, following) in enumerate(itertools.pairwise(classes), 1):
        if one.get("max") is None or one.get("max") != following.get("min"):
            faults.add(f"style.classes[{at + 1}]", "各级要首尾相接:上一级的 max 等于这一级的 min")
    for at, one in enumerate(classes, 1):
        low, high = one.get("min"), one.get("max")
        if low is not None and high is not None and low >= high:
            faults.add(f"style.classes[{at}]", "min 要小于 max")


def _number(said: object) -> float | None:
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        return None
    return said

"""What somebody wrote about a layer, checked: every fault is told at once, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from layers.catalogue.contracts import MASK_TITLES, FieldInfo, Keep, Mask, Metadata
from layers.catalogue.credit_code import is_credit_code
from layers.catalogue.faults import Faults
from layers.catalogue.items import BY_KEY, CONDITIONAL, ITEMS
from layers.catalogue.texts import text_of
from layers.contracts import Classification

_MOST_FIELDS = 1000
_TYPES = {"": "未说明", "C": "字符", "N": "数值", "D": "日期", "T": "时间", "B": "二进制"}
_FIELD_KEYS = {"name", "title", "unit", "meaning", "type", "mask", "classification"}
_LONGEST = {"title": 100, "unit": 30, "meaning": 1000}
_MOST_VERSIONS, _MOST_DAYS = 10_000, 36_500


def changed(before: Metadata, said: Mapping[str, Any]) -> Metadata:
    """The metadata after what was said; items that were not named stay as they are.

    `fields` replaces what is said about the fields it names, in their place; others stay. Raises
    BadCatalogue.
    """
    faults = Faults()
    texts = dict(before.texts)
    for key, value in said.items():
        if key in BY_KEY:
            texts[key] = _item(key, value, faults)
        elif key not in {"fields", "keep"}:
            known = "、".join([*BY_KEY, "fields", "keep"])
            faults.add(key, f"没有这一项;可用的有 {known}")
    fields = before.fields
    if "fields" in said:
        fields = _merged(fields, _fields(said["fields"], faults))
    keep = _keep(said["keep"], faults) if "keep" in said else before.keep
    if texts.get("share_type") == CONDITIONAL and not texts.get("share_condition"):
        faults.add("share_condition", "有条件共享要写明共享条件")
    faults.settle()
    texts = {key: text for key, text in texts.items() if text}
    after = replace(before, texts=texts, fields=fields, keep=keep)
    return before if after == before else replace(after, revision=before.revision + 1)


def missing(metadata: Metadata) -> list[str]:
    """The Chinese titles of the items that a complete entry still needs."""
    return [one.title for one in ITEMS if one.needed and not metadata.texts.get(one.key)]


def _item(key: str, value: object, faults: Faults) -> str:
    item = BY_KEY[key]
    text = text_of(value, key, faults, longest=item.longest)
    if text and item.words and text not in item.words:
        faults.add(key, f"{item.title}只能是 {'、'.join(item.words)}")
    if key == "provider_code" and text:
        text = text.upper()
        if not is_credit_code(text):
            faults.add(key, "不是有效的统一社会信用代码;应为 18 位,末位为校验码")
    return text


def _merged(before: Sequence[FieldInfo], said: Sequence[FieldInfo]) -> tuple[FieldInfo, ...]:
    merged = {one.name: one for one in before}
    merged.update({one.name: one for one in said})
    return tuple(merged.values())


def _fields(said: object, faults: Faults) -> list[FieldInfo]:
    if not isinstance(said, Sequence) or isinstance(said, str):
        faults.add("fields", "应是字段的列表")
        return []
    if len(said) > _MOST_FIELDS:
        faults.add("fields", f"字段太多,最多 {_MOST_FIELDS} 个")
        return []
    found: dict[str, FieldInfo] = {}
    for place, one in enumerate(said, 1):
        if not isinstance(one, Mapping) or not isinstance(one.get("name"), str) or not one["name"]:
            faults.add(f"fields[{place}]", "每个字段要有 name(图层里的属性名)")
        elif one["name"] in found:
            faults.add(f"fields.{one['name']}", "同一个字段写了两次")
        else:
            found[one["name"]] = _field(one, faults)
    return list(found.values())


def _field(said: Mapping[str, Any], faults: Faults) -> FieldInfo:
    name = str(said["name"])
    where = f"fields.{name}"
    for key in said.keys() - _FIELD_KEYS:
        faults.add(f"{where}.{key}", f"没有这一项;可用的有 {'、'.join(sorted(_FIELD_KEYS))}")
    texts = {
        key: text_of(said.get(key), f"{where}.{key}", faults, longest=longest)
        for key, longest in _LONGEST.items()
    }
    kind = said.get("type") or ""
    if kind not in _TYPES:
        faults.add(f"{where}.type", "数据类型只能是 C(字符)N(数值)D(日期)T(时间)B(二进制)")
        kind = ""
    mask = said.get("mask") or ""
    if mask not in set(Mask):
        words = "、".join(f"{each.value}({MASK_TITLES[each]})" for each in Mask if each.value)
        faults.add(f"{where}.mask", f"脱敏方式只能是 {words},或留空")
        mask = ""
    return FieldInfo(
        name=name,
        type=kind,
        mask=Mask(mask),
        classification=_class(said.get("classification"), f"{where}.classification", faults),
        **texts,
    )


def _class(said: object, where: str, faults: Faults) -> Classification | None:
    if said in (None, ""):
        return None
    if said not in set(Classification):
        faults.add(where, f"分级只能是 {'、'.join(each.value for each in Classification)}")
        return None
    return Classification(str(said))


def _keep(said: object, faults: Faults) -> Keep:
    if said is None:
        return Keep()
    if not isinstance(said, Mapping) or said.keys() - {"versions", "days"}:
        faults.add("keep", "应写成 {versions: 保留几个版本, days: 保留多少天},可留空")
        return Keep()
    return Keep(
        versions=_number(said.get("versions"), "keep.versions", _MOST_VERSIONS, faults),
        days=_number(said.get("days"), "keep.days", _MOST_DAYS, faults),
    )


def _number(said: object, where: str, most: int, faults: Faults) -> int | None:
    if said is None:
        return None
    if not isinstance(said, int) or isinstance(said, bool) or not 1 <= said <= most:
        faults.add(where, f"应是 1 到 {most} 的整数,或留空(不限)")
        return None
    return said

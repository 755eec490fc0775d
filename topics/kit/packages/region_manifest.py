"""The codes of regions in a topic's manifest: replaced where they may stand, found where not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from topics.kit.errors import BadPackage
from topics.kit.manifest import Manifest
from topics.kit.packages.region_codes import REGION_CODE, CodeUse

_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
_OF_ALERTS = re.compile(r"^[ \t]*\[\[?\s*alerts\b")
# What a table maps itself, by the path of names: those may hold codes, of this city or the source.
_MAPPED = frozenset(
    {
        ("refreshers", "map", "region_code"),
        ("refreshers", "map", "regions"),
        ("refreshers", "map", "names"),
        ("refreshers", "map", "gaps"),
        ("alerts", "regions"),
        ("alerts", "local"),
    }
)


def rewrite(path: Path, codes: Mapping[str, str], left_out: frozenset[str]) -> None:
    """Replace codes that stand as places; BadPackage when that would touch anything else."""
    text = path.read_text(encoding="utf-8-sig")
    before = tomllib.loads(text)
    found = "".join(_part(one, codes, left_out) for one in _parts(text))
    if _mapped(before, codes, left_out) != _read_again(found, path):
        raise BadPackage(
            f"{path.name}:区划代码的写法换不了;"
            "请提供者把 map.region_code、map.regions、告警的 regions 和 local 写成普通的键值"
        )
    path.write_text(found, encoding="utf-8")


def codes_in_texts(path: Path) -> list[CodeUse]:
    """What looks like a region's code in any other text of the manifest, such as a query."""
    tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    return list(_walk(tables, (), ""))


def emptied_rules(manifest: Manifest, left_out: frozenset[str]) -> Iterator[str]:
    """Yield the rules that would watch the whole city once the places left out are gone."""
    for n, one in enumerate(manifest.alerts, 1):
        if one.regions and left_out.issuperset(one.regions):
            yield (
                f"[[alerts]] 第 {n} 项 regions({one.id}):只看的区划本市都没有,"
                "略去后就成了看全市;请在对照表里写上对应的区划,或请提供者去掉这条规则"
            )


def _walk(value: Any, path: tuple[str, ...], where: str) -> Iterator[CodeUse]:
    if path in _MAPPED:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key), f"{where} {key}" if where else key)
    elif isinstance(value, list):
        for n, inner in enumerate(value, 1):
            at = f"[[{where}]] 第 {n} 项" if len(path) == 1 else where
            yield from _walk(inner, path, at)
    elif isinstance(value, str):
        for code in REGION_CODE.findall(value):
            yield CodeUse(code, where)


def _parts(text: str) -> list[str]:
    """The text cut before each header of a table."""
    cuts = [0, *(one.start() for one in _HEADER.finditer(text)), len(text)]
    return [text[a:b] for a, b in pairwise(cuts)]


def _part(text: str, codes: Mapping[str, str], left_out: frozenset[str]) -> str:
    rules = _OF_ALERTS.match(text) is not None
    for old, new in codes.items():
        code = re.escape(old)
        text = re.sub(rf"([=\[,]\s*)([\"']){code}\2(?!\s*=)", rf"\g<1>\g<2>{new}\g<2>", text)
        if rules:
            text = re.sub(rf"(?<![\w\"'-])([\"']?){code}\1(?=\s*[=.\]])", rf"\g<1>{new}\g<1>", text)
    for one in left_out:
        code = re.escape(one)
        entry = rf"(?:\"[^\"\n]*\"|'[^'\n]*'|[\w-]+)\s*=\s*([\"']){code}\1\s*,?[ \t]*"
        text = re.sub(entry, "", text)
        if rules:
            text = re.sub(rf"([\"']?){code}\1\s*=\s*\{{[^{{}}]*\}}\s*?,?[ \t]*", "", text)
            text = re.sub(rf"([\"']){code}\1\s*,?[ \t]*", "", text)
        text = re.sub(r",(\s*})", r"\1", text)
    return text


def _read_again(text: str, path: Path) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise BadPackage(f"{path.name}:换区划代码后读不懂了({wrong});请提供者修改") from wrong


def _mapped(tables: dict[str, Any], codes: Mapping[str, str], left_out: frozenset[str]) -> object:
    """What the manifest should say afterwards."""
    for one in tables.get("refreshers", []):
        row_map = one.get("map", {})
        if "region_code" in row_map:
            old = row_map["region_code"]
            row_map["region_code"] = codes.get(old, old)
        if "regions" in row_map:
            row_map["regions"] = {
                name: codes.get(code, code)
                for name, code in row_map["regions"].items()
                if code not in left_out
            }
    for one in tables.get("alerts", []):
        if "regions" in one:
            one["regions"] = [
                codes.get(code, code) for code in one["regions"] if code not in left_out
            ]
        if "local" in one:
            one["local"] = {
                codes.get(code, code): limits
                for code, limits in one["local"].items()
                if code not in left_out
            }
    return tables

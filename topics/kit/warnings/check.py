"""Whether what came can be a 法定预警; every fault named with the fix, none repaired silently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from topics.kit.errors import BadPeriod, BadWarning
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.texts import storable
from topics.kit.warnings.contracts import ACTIONS, RESPONSES, Issued
from topics.kit.warnings.tables import WarningTables

FIELDS: Mapping[str, str] = {
    "issuer": "发布单位",
    "kind": "种类",
    "signal": "信号名称",
    "level": "级别",
    "area": "区域代码",
    "valid_from": "生效时间",
    "valid_to": "失效时间",
    "text": "内容",
    "reference": "文号",
    "action": "动作",
    "replaces": "替代文号",
    "response": "应急响应级别",
}
"""The fields, and the column headers by which a table names them."""

_LONGEST = timedelta(days=366)
_MOST_TEXT = 4000
_AHEAD = timedelta(days=30)
_SEPARATORS = re.compile(r"[\s,,、;;|]+")


@dataclass(frozen=True, slots=True)
class Checker:
    """Reads raw fields (texts, or a list for the area) into an Issued."""

    tables: WarningTables
    regions: RegionTree

    def read(self, raw: Mapping[str, Any], now: datetime) -> Issued:
        """The warning that the fields say; BadWarning names every fault at once."""
        fields = {name: _text(raw.get(name)) for name in FIELDS if name != "area"}
        area = _area(raw.get("area"))
        problems = list(self._problems(fields, area, now))
        first, last = _moment(fields["valid_from"]), _moment(fields["valid_to"])
        problems += _bad_times(fields, first, last, now)
        if problems:
            said = ";".join(f"{FIELDS[name]}:{text}" for name, text in problems)
            raise BadWarning(said, problems=problems)
        assert first is not None
        found = self.tables.kind(fields["kind"], first.astimezone(ZONE).date())
        return Issued(
            issuer=fields["issuer"],
            kind=fields["kind"],
            signal=fields["signal"] or (found.signal if found else ""),
            level=fields["level"],
            area=area,
            valid_from=first,
            valid_to=last,
            text=fields["text"],
            reference=fields["reference"],
            action=fields["action"] or "发布",
            replaces=fields["replaces"] or None,
            response=fields["response"],
        )

    def _problems(
        self, fields: Mapping[str, str], area: tuple[str, ...], now: datetime
    ) -> Iterator[tuple[str, str]]:
        yield from _bad_texts(fields)
        on = (_moment(fields["valid_from"]) or now).astimezone(ZONE).date()
        kind, issuer = (
            self.tables.kind(fields["kind"], on),
            self.tables.issuer(fields["issuer"], on),
        )
        if kind is None:
            known = "、".join(one.kind for one in self.tables.kinds(on))
            yield "kind", f"没有种类 {fields['kind']!r};可写 {known}"
        elif fields["level"] not in kind.levels:
            yield (
                "level",
                f"{kind.signal}没有 {fields['level']!r} 级;本地级别为 {'、'.join(kind.levels)}",
            )
        if issuer is None:
            known = "、".join(self.tables.issuers(on, fields["kind"])) or "(表里还没有)"
            yield (
                "issuer",
                f"不认识 {fields['issuer']!r};可发布的单位:{known}(见 legal_issuers.csv)",
            )
        elif kind is not None and kind.kind not in issuer.kinds:
            yield "issuer", f"{issuer.name} 不发布{kind.kind}预警;请核对发布单位或种类"
        if not area:
            yield "area", "没有写区域;请写区划代码,如 440205,全市写 440200"
        for code in area:
            if self.regions.find(code, on) is None:
                yield "area", f"没有区划代码 {code!r};请用国家统计局的区划代码,如 440205"


def _bad_texts(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in fields.items():
        if not storable(text):
            yield name, "含有空字符(NUL);请去掉"
    if not fields["text"]:
        yield "text", "没有写内容;请照原文填写"
    elif len(fields["text"]) > _MOST_TEXT:
        yield "text", f"超过 {_MOST_TEXT} 字;请照预警正文填写"
    if not fields["reference"] or len(fields["reference"]) > 100:
        yield "reference", "请写发布单位自己的文号或编号(1–100 字),用来识别重复与更新"
    action = fields["action"] or "发布"
    if action not in ACTIONS:
        yield "action", f"不认识 {action!r};可写 {'、'.join(ACTIONS)}"
    elif action != "发布" and not fields["replaces"]:
        yield "replaces", f"{action}要写明{action}的是哪一份(原文号)"
    elif action == "发布" and fields["replaces"]:
        yield "action", "写了替代文号,动作应为 更新 或 解除"
    if fields["response"] and fields["response"] not in RESPONSES:
        yield (
            "response",
            f"不认识 {fields['response']!r};可写 {'、'.join(RESPONSES)}(与预警级别是两回事)",
        )


def _bad_times(
    fields: Mapping[str, str], first: datetime | None, last: datetime | None, now: datetime
) -> Iterator[tuple[str, str]]:
    if first is None:
        said = fields["valid_from"]
        yield "valid_from", f"{said!r} 不是时间;写成 2026-11-26T08:00:00+08:00"
        return
    if fields["valid_to"] and last is None:
        yield "valid_to", f"{fields['valid_to']!r} 不是时间;未定失效时间时留空"
        return
    if first > now + _AHEAD:
        yield "valid_from", "生效时间在 30 天以后;请核对年份"
    if last is not None and last <= first:
        yield "valid_to", "失效时间不晚于生效时间;请核对"
    elif last is not None and last - first > _LONGEST:
        yield "valid_to", "有效期超过一年;请核对年份"


def _moment(text: str) -> datetime | None:
    try:
        return parse_moment(text) if text else None
    except (BadPeriod, ValueError):
        return None


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value).strip()


def _area(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list | tuple) else [value]
    codes = [code for part in parts for code in _SEPARATORS.split(_text(part)) if code]
    # A spreadsheet gives a code that looks like a number as 440205.0.
    return tuple(dict.fromkeys(code.removesuffix(".0") for code in codes))

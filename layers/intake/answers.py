"""What a person answered about a file, and what was said about its layer, read from JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from layers.contracts import Classification
from layers.errors import BadAnswer
from layers.intake.told import LONGEST, MOST_ENTRIES, told_style, usable_text
from layers.readers import ReadOptions

KEY_ROLE = "key"  # the column that stands for the layer's key; not the readers' business
_PURPOSES = ("auto", "layer", "indicator")
_MOST_EDITS = 10_000
_PARAMETERS = ("dx", "dy", "dz", "rx", "ry", "rz", "scale", "convention")
_PARAMETERS_USUAL = "position_vector"  # 布尔沙, what most offices hand out


@dataclass(frozen=True, slots=True)
class Answers:
    """How a file is to be read; the defaults mean: find out, ask where unsure.

    `parameters` are those of a datum shift in the words of `layers.crs.seven`. `fixes` are the ids
    of the issues to be put right by the program, or "all".
    """

    purpose: str = "auto"
    part: str | None = None
    encoding: str = "auto"
    crs: str = "auto"
    parameters: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    header_rows: int | None = None
    fixes: tuple[str, ...] = ()
    edits: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    accept_schema: bool = False

    @property
    def options(self) -> ReadOptions:
        """What of this concerns the reader."""
        roles = {role: column for role, column in self.columns.items() if role != KEY_ROLE}
        return ReadOptions(
            encoding=self.encoding,
            part=self.part,
            purpose=self.purpose,
            columns=roles,
            header_rows=self.header_rows,
            edits=self.edits,
        )


def read_answers(given: Mapping[str, Any]) -> Answers:
    """The answers in the JSON object; raises BadAnswer naming what cannot be used."""
    _known(given, _names(Answers))
    purpose = _text(given, "purpose") or "auto"
    if purpose not in _PURPOSES:
        raise BadAnswer(f"purpose={purpose} 不可用;可选 {'、'.join(_PURPOSES)}")
    return Answers(
        purpose=purpose,
        part=_text(given, "part"),
        encoding=_text(given, "encoding") or "auto",
        crs=_text(given, "crs") or "auto",
        parameters=_parameters(given.get("parameters")),
        columns=_texts(given.get("columns") or {}, "columns"),
        header_rows=_header_rows(given.get("header_rows")),
        fixes=_fixes(given.get("fixes") or ()),
        edits=_edits(given.get("edits") or {}),
        accept_schema=_yes(given, "accept_schema"),
    )


def answers_json(answers: Answers) -> dict[str, Any]:
    """The answers as `read_answers` reads them; every key is there."""
    return {
        "purpose": answers.purpose,
        "part": answers.part,
        "encoding": answers.encoding,
        "crs": answers.crs,
        "parameters": answers.parameters,
        "columns": dict(answers.columns),
        "header_rows": answers.header_rows,
        "fixes": list(answers.fixes),
        "edits": {str(row): dict(edit) for row, edit in answers.edits.items()},
        "accept_schema": answers.accept_schema,
    }


@dataclass(frozen=True, slots=True)
class About:
    """What the uploader says of the layer; None leaves what is known of it."""

    title: str | None = None
    topic: str | None = None
    owner: str | None = None
    source: str | None = None
    cadence: str | None = None
    classification: Classification | None = None
    key: str | None = None
    style: Mapping[str, Any] | None = None
    note: str = ""


def read_about(given: Mapping[str, Any]) -> About:
    """What the JSON object says of the layer; raises BadAnswer naming what cannot be used."""
    _known(given, _names(About))
    texts = {name: _text(given, name) for name in ("title", "topic", "owner", "source")}
    return About(
        **texts,
        cadence=_text(given, "cadence"),
        classification=_classification(_text(given, "classification")),
        key=_text(given, "key"),
        style=told_style(given.get("style")),
        note=_text(given, "note") or "",
    )


def about_json(about: About) -> dict[str, Any]:
    """What was said of the layer as `read_about` reads it; every key is there."""
    found = {name: getattr(about, name) for name in _names(About)}
    return found | {"style": None if about.style is None else dict(about.style)}


def _names(kind: type) -> Collection[str]:
    return [one.name for one in fields(kind)]


def _known(given: Mapping[str, Any], names: Collection[str]) -> None:
    for name in given:
        if name not in names:
            raise BadAnswer(f"不认识的项 {str(name)[:80]};可用的有:{'、'.join(names)}")


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not usable_text(value):
        raise BadAnswer(f"{name} 应是不超过 {LONGEST} 个字符的文字;请修改后重试")
    return value.strip() or None


def _texts(given: Any, name: str) -> dict[str, str]:
    if not isinstance(given, Mapping) or len(given) > MOST_ENTRIES:
        raise BadAnswer(f"{name} 应是一个对象,不超过 {MOST_ENTRIES} 项;如 {{'lon': '经度'}}")
    kept: dict[str, str] = {}
    for key, value in given.items():
        if not usable_text(value) or not usable_text(str(key)):
            raise BadAnswer(f"{name} 里的值应是不超过 {LONGEST} 个字符的文字;请修改后重试")
        kept[str(key)] = value
    return kept


def _parameters(given: Any) -> str | None:
    """Seven parameters and their convention as one text; a list or an object is put in order."""
    if given is None or given == "":
        return None
    if isinstance(given, Mapping):
        given = [given.get(name) for name in _PARAMETERS]
    if isinstance(given, list | tuple):
        usual = [_PARAMETERS_USUAL] if len(given) == len(_PARAMETERS) - 1 else []
        given = [*given, *usual]
        given = ",".join("" if one is None else str(one) for one in given)
    if not isinstance(given, str) or not usable_text(given):
        raise BadAnswer("parameters 应是八项:平移三项、旋转三项、尺度、旋转约定;用逗号隔开")
    return given.strip() or None


def _header_rows(given: Any) -> int | None:
    if given is not None and (type(given) is not int or not 0 <= given <= 20):
        raise BadAnswer("header_rows 应是 0–20 的整数:表头占几行")
    return given


def _fixes(given: Any) -> tuple[str, ...]:
    if (
        not isinstance(given, list | tuple)
        or len(given) > MOST_ENTRIES
        or not all(map(usable_text, given))
    ):
        raise BadAnswer("fixes 应是问题编号的列表;编号见检查结果")
    return tuple(dict.fromkeys(given))


def _edits(given: Any) -> dict[int, dict[str, str]]:
    if not isinstance(given, Mapping) or len(given) > _MOST_EDITS:
        raise BadAnswer(f"edits 应是“行号 → 列 → 新值”的对象,不超过 {_MOST_EDITS} 行")
    kept = {}
    for row, edit in given.items():
        text = str(row)
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise BadAnswer(f"edits 里的行号 {text[:20]} 不是整数;请用检查结果里的行号")
        kept[int(text)] = _texts(edit, "edits")
    return kept


def _yes(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise BadAnswer(f"{name} 应是 true 或 false")
    return value


def _classification(text: str | None) -> Classification | None:
    if text is None:
        return None
    try:
        return Classification(text)
    except ValueError as wrong:
        known = "、".join(one.value for one in Classification)
        raise BadAnswer(f"数据分级 {text[:20]} 不可用;可选 {known}") from wrong

"""What a request about a filing says, read strictly."""

from __future__ import annotations

from typing import Any

from app.errors import BadRequest
from topics.kit.reporting.contracts import Place
from topics.kit.reporting.machine import Action
from topics.kit.reporting.service import LONGEST_NOTE
from topics.kit.texts import storable

_MOST_CELLS = 5000
_LONGEST_TEXT = 400


def read_texts(body: dict[str, Any]) -> dict[Place, tuple[str, str]]:
    """Text and note by cell; BadRequest names the cell that cannot be read."""
    given = body.get("cells")
    if not isinstance(given, dict) or len(given) > _MOST_CELLS:
        raise BadRequest('cells 应是对象:{"指标|区划代码": {"text": "…", "note": "…"}}')
    found = {}
    for name, cell in given.items():
        place = Place.parse(name)
        if place is None:
            raise BadRequest(f"cells 的键 {name[:60]!r} 读不懂;写成 指标编号|区划代码")
        found[place] = _texts(name, cell)
    return found


def _texts(name: str, cell: object) -> tuple[str, str]:
    if not isinstance(cell, dict):
        raise BadRequest(f'{name[:60]} 应是 {{"text": "…", "note": "…"}}')
    text, note = cell.get("text", ""), cell.get("note", "")
    for what, one, most in (("text", text, _LONGEST_TEXT), ("note", note, LONGEST_NOTE)):
        if not isinstance(one, str) or len(one) > most or not storable(one):
            raise BadRequest(f"{name[:60]} 的 {what} 应是不超过 {most} 个字的文字")
    return text, note


def revision_of(body: dict[str, Any]) -> int:
    """The revision that the person saw."""
    value = body.get("revision")
    if type(value) is not int:
        raise BadRequest("revision 应是整数:页面上看到的报表的 revision")
    return value


def step_of(body: dict[str, Any]) -> tuple[Action, str]:
    """Which step, and what is said with it."""
    action, note = body.get("action"), body.get("note") or ""
    steps = [one for one in Action if one is not Action.SAVE]
    if action not in steps:
        raise BadRequest(f"action 应是 {'、'.join(steps)} 之一")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE or not storable(note):
        raise BadRequest(f"note 应是不超过 {LONGEST_NOTE} 个字的文字")
    return Action(action), note.strip()

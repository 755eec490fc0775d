"""What the address of a list of cases asks for."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Query

from app.api.page_marks import NOT_OURS
from app.api.past_moment import past_moment
from app.errors import BadRequest
from app.security.contracts import Subject
from topics.kit.cases.contracts import CaseState, Stage, states_of
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.period_texts import parse_moment

Text = Annotated[str, Query(max_length=64)]
Moment = Annotated[str, Query(max_length=40, description="日期或时间;不带时区按北京时间")]

_STATE_WORDS, _STAGE_WORDS = {one.value for one in CaseState}, {one.value for one in Stage}


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a list, as they stand in the address; empty means not asked."""

    state: Annotated[str, Query(max_length=120, description="状态,可用逗号分开")] = ""
    stage: Annotated[str, Query(max_length=60, description="阶段,可用逗号分开")] = ""
    open: Annotated[str, Query(max_length=1, description="1 未结,0 已结")] = ""
    region: Annotated[str, Query(max_length=15, pattern=r"^\d*$")] = ""
    unit: Text = ""
    category: Annotated[str, Query(max_length=80, description="方案/种类/代码,可只写前面")] = ""
    source: Text = ""
    alert: Text = ""
    directive: Text = ""
    overdue: bool = False
    mine: bool = False
    drill: str = ""
    q: Annotated[str, Query(max_length=60, description="编号、地点或情况中的文字")] = ""
    from_: Annotated[str, Query(alias="from", max_length=40)] = ""
    to: Moment = ""
    order: Annotated[str, Query(pattern="^(due|new)$")] = "due"
    as_of: Moment = ""
    limit: Annotated[int, Query(ge=1, le=500)] = 50
    cursor: Annotated[str, Query(max_length=300)] = ""

    def moment(self) -> datetime | None:
        """The past moment that is asked for; None for now."""
        return past_moment(self.as_of)

    def query(self, sight: Sight, subject: Subject) -> CaseQuery:
        """The question to the store; BadRequest names what cannot be read."""
        scheme, kind, code = (*self.category.split("/"), "", "", "")[:3]
        units = subject.unit or ""
        return CaseQuery(
            sight,
            states=_states(self.state, self.stage),
            open={"1": True, "0": False}.get(self.open),
            region=self.region,
            unit=self.unit or (units if self.mine else ""),
            handler=subject.person if self.mine and not units else "",
            scheme=scheme,
            kind=kind,
            code=code,
            sources=tuple(one for one in self.source.split(",") if one),
            alert=self.alert,
            directive=self.directive,
            overdue=self.overdue,
            text=self.q.strip().replace("\x00", ""),
            since=parse_moment(self.from_) if self.from_ else None,
            until=parse_moment(self.to) if self.to else None,
            drill={"1": True, "0": False}.get(self.drill),
            order=self.order,
            limit=self.limit,
            after=read_cursor(self.cursor),
        )


def _states(state: str, stage: str) -> tuple[CaseState, ...]:
    found = []
    for one in filter(None, state.split(",")):
        if one not in _STATE_WORDS:
            raise BadRequest(f"state {one[:20]!r} 不认识;可用:{'、'.join(CaseState)}")
        found.append(CaseState(one))
    for one in filter(None, stage.split(",")):
        if one not in _STAGE_WORDS:
            raise BadRequest(f"stage {one[:20]!r} 不认识;可用:{'、'.join(Stage)}")
        found += states_of(Stage(one))
    return tuple(dict.fromkeys(found))


def write_cursor(after: object) -> str | None:
    """The `next` of a list."""
    return None if after is None else base64.urlsafe_b64encode(orjson.dumps(after)).decode()


def read_cursor(text: str) -> dict[str, str] | None:
    """What `write_cursor` wrote; BadRequest for anything else."""
    if not text:
        return None
    try:
        found = orjson.loads(base64.urlsafe_b64decode(text.encode()))
    except ValueError as wrong:
        raise BadRequest(NOT_OURS) from wrong
    if not isinstance(found, dict) or not _is_place(found):
        raise BadRequest(NOT_OURS)
    return found


def _is_place(found: dict[str, object]) -> bool:
    if set(found) == {"offset"}:
        return str(found["offset"]).isdecimal() and len(str(found["offset"])) < 8
    moment = str(found.get("due" if found.get("part") == "open" else "at", ""))
    if not isinstance(found.get("id"), str) or "\x00" in str(found["id"]):
        return False
    if moment == "infinity":
        return True
    try:
        return datetime.fromisoformat(moment).tzinfo is not None
    except ValueError:
        return False

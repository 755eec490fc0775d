"""Where a submission stands and what may happen next; a pure function of state, person and time.

Nothing becomes published unless somebody other than its uploader approved it, somebody with the
right to publish bypassed the review with a reason, or this site reviews nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from layers.errors import NotAllowedNow, NoteMissing


class State(StrEnum):
    """Where a submission stands."""

    RECEIVED = "received"
    ASKING = "asking"
    CHECKED = "checked"
    REFUSED = "refused"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


STATE_TITLES: Mapping[State, str] = {
    State.RECEIVED: "已收件",
    State.ASKING: "待回答",
    State.CHECKED: "已检查",
    State.REFUSED: "读不了",
    State.SUBMITTED: "待审核",
    State.RETURNED: "已退回",
    State.APPROVED: "待发布",
    State.PUBLISHED: "已发布",
    State.WITHDRAWN: "已撤销",
}
ENDED = frozenset({State.PUBLISHED, State.WITHDRAWN})


class Action(StrEnum):
    """What a person does with a submission."""

    SUBMIT = "submit"
    APPROVE = "approve"
    PUBLISH = "publish"
    RETURN = "return"
    BYPASS = "bypass"
    WITHDRAW = "withdraw"
    REREAD = "reread"


ACTION_TITLES: Mapping[Action, str] = {
    Action.SUBMIT: "提交审核",
    Action.APPROVE: "审核通过",
    Action.PUBLISH: "发布",
    Action.RETURN: "退回",
    Action.BYPASS: "紧急发布",
    Action.WITHDRAW: "撤销",
    Action.REREAD: "重新读取",
}


class Found(StrEnum):
    """What the program finds out by itself."""

    ASKS = "asked"  # reading left a question
    READ = "checked"
    UNREADABLE = "refused"
    BUILT = "built"  # the draft version lies ready
    NOT_BUILT = "not-built"
    OVERTAKEN = "overtaken"  # somebody else published the layer meanwhile
    DUE = "due"  # the time of a timed publication has come


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts, and what they may do with the layer; the caller asked `may`."""

    id: str
    imports: bool = False
    publishes: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """Whether somebody else must approve what one uploads."""

    review_required: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about a submission. `approved_by` is set once somebody has let it through."""

    state: State
    uploader: str
    built: bool = False
    urgent: bool = False
    approved_by: str | None = None
    publish_at: datetime | None = None


_OPEN = frozenset(State) - ENDED
_READY = frozenset({State.CHECKED, State.RETURNED})
_WAITING = frozenset({State.SUBMITTED, State.APPROVED})

_FROM: Mapping[Action, frozenset[State]] = {
    Action.SUBMIT: _READY,
    Action.APPROVE: frozenset({State.SUBMITTED}),
    Action.RETURN: _WAITING,
    Action.BYPASS: _READY | _WAITING,
    Action.WITHDRAW: _OPEN,
    Action.REREAD: _OPEN - {State.APPROVED},
}
_NEEDS_NOTE = frozenset({Action.RETURN, Action.BYPASS})
_BY_UPLOADER = frozenset({Action.SUBMIT, Action.WITHDRAW, Action.REREAD})


def allowed(standing: Standing, person: Person, rules: Rules) -> frozenset[Action]:
    """What the person may do with the submission now."""
    return frozenset(one for one in Action if _allows(standing, one, person, rules))


def advance(
    standing: Standing,
    action: Action,
    *,
    person: Person,
    rules: Rules,
    now: datetime,
    note: str = "",
    publish_at: datetime | None = None,
) -> Standing:
    """Where the submission stands after the action.

    Raises NotAllowedNow, naming what would be allowed, and NoteMissing where a reason is required.
    """
    can = allowed(standing, person, rules)
    if action not in can:
        raise NotAllowedNow(_refusal(standing, action, person, rules), sorted(can))
    if action in _NEEDS_NOTE and not note.strip():
        raise NoteMissing(f"{ACTION_TITLES[action]}必须写明原因;请填写后重试")
    match action:
        case Action.SUBMIT:
            return _fresh(standing, State.SUBMITTED)
        case Action.RETURN:
            return _fresh(standing, State.RETURNED)
        case Action.WITHDRAW:
            return _fresh(standing, State.WITHDRAWN)
        case Action.REREAD:
            return _fresh(standing, State.RECEIVED)
    urgent = standing.urgent or action is Action.BYPASS
    at = publish_at if publish_at is not None and publish_at > now else now
    through = replace(
        standing, state=State.APPROVED, urgent=urgent, approved_by=person.id, publish_at=at
    )
    return found(through, Found.DUE, now=now)


def found(standing: Standing, what: Found, *, now: datetime) -> Standing:
    """Where the submission stands after what the program found; unchanged when it is too late."""
    reading = standing.state is State.RECEIVED
    match what:
        case Found.ASKS if reading:
            return replace(standing, state=State.ASKING)
        case Found.READ if reading:
            return replace(standing, state=State.CHECKED)
        case Found.UNREADABLE if reading:
            return replace(standing, state=State.REFUSED)
        case Found.BUILT if standing.state in _WAITING:
            return replace(standing, built=True)
        case Found.NOT_BUILT if standing.state in _WAITING:
            return _fresh(standing, State.CHECKED)
        case Found.OVERTAKEN if standing.state is State.APPROVED:
            return replace(_fresh(standing, State.SUBMITTED), built=standing.built)
        case Found.DUE if _due(standing, now):
            return replace(standing, state=State.PUBLISHED)
    return standing


def _due(standing: Standing, now: datetime) -> bool:
    at = standing.publish_at
    return standing.state is State.APPROVED and standing.built and at is not None and at <= now


def _fresh(standing: Standing, state: State) -> Standing:
    """The submission in `state` with nothing decided about it; edits after a draft void it."""
    return Standing(state, standing.uploader)


def _allows(standing: Standing, action: Action, person: Person, rules: Rules) -> bool:
    if action is Action.PUBLISH:
        return _may_publish(standing, person, rules)
    if standing.state not in _FROM[action]:
        return False
    if action in _BY_UPLOADER:
        return person.imports and person.id == standing.uploader
    if action is Action.BYPASS:
        return person.publishes and rules.review_required
    if action is Action.APPROVE and not standing.built:
        return False
    return _may_judge(standing, person, rules)


def _may_judge(standing: Standing, person: Person, rules: Rules) -> bool:
    other = person.id != standing.uploader
    return person.publishes and (other or not rules.review_required)


def _may_publish(standing: Standing, person: Person, rules: Rules) -> bool:
    """At once what was approved for later; without reviews also what was only checked."""
    if standing.state is State.APPROVED:
        return _may_judge(standing, person, rules)
    if rules.review_required:
        return False
    return person.publishes and standing.state in _READY | {State.SUBMITTED}


def _refusal(standing: Standing, action: Action, person: Person, rules: Rules) -> str:
    title, state = ACTION_TITLES[action], STATE_TITLES[standing.state]
    judging = action in {Action.APPROVE, Action.RETURN, Action.PUBLISH}
    if judging and rules.review_required and person.id == standing.uploader:
        return f"不能{title}自己上传的数据;请由另一位审核员处理"
    if action in _BY_UPLOADER and person.id != standing.uploader:
        return f"{title}只能由上传人本人进行;请联系上传人"
    if action is Action.APPROVE and standing.state is State.SUBMITTED and not standing.built:
        return "新版本还在编译;请稍候再审核"
    return f"“{state}”的上传单现在不能{title};请刷新页面查看可用的操作"

"""Which step leads from where to where, who takes it, and what it needs: the table of the desk.

SOURCE: 扶政办〔2019〕3号 (names of the stages; who may do what is
general knowledge, unverified) and PRACTICE 15, 17. Nobody skips a stage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from topics.kit.cases.contracts import OPEN_STATES, CaseState, CaseStep


class Post(StrEnum):
    """Who does what in the loop, in the words of the desk; one person may hold several."""

    REPORTER = "采集员"
    INTAKE = "受理员"
    CHIEF = "值班长"
    DISPATCHER = "派遣员"
    HANDLER = "处置单位"
    CHECKER = "监督员"
    LEADER = "领导"
    SENDER = "派单人"  # who sent an alert, for the seconds in which he may take that back


DESK = frozenset({Post.INTAKE, Post.CHIEF, Post.DISPATCHER, Post.CHECKER, Post.REPORTER})
"""What the shift on duty does."""

S = CaseState


@dataclass(frozen=True, slots=True)
class Transition:
    """One step. `word` is what a request says; `target` None stays where it is."""

    word: str
    label: str
    sources: frozenset[CaseState]
    target: CaseState | None
    posts: frozenset[Post]
    needs: tuple[str, ...] = ()
    step: CaseStep = CaseStep.MOVED
    offered: bool = True  # on pages; what is not is asked for by the program alone


def _t(
    word: str,
    label: str,
    sources: Iterable[CaseState],
    target: CaseState | None,
    posts: Iterable[Post],
    needs: Iterable[str] = (),
    step: CaseStep = CaseStep.MOVED,
    *,
    offered: bool = True,
) -> Transition:
    held = frozenset(posts)
    return Transition(word, label, frozenset(sources), target, held, tuple(needs), step, offered)


_INTAKE = (Post.INTAKE, Post.CHIEF)
_VERIFIERS = (Post.CHECKER, Post.INTAKE, Post.CHIEF)
_DISPATCH = (Post.DISPATCHER, Post.CHIEF)
_UNDER_WAY = (S.DISPATCHED, S.SIGNED, S.HANDLING)
_EARLY = (S.TO_VERIFY, S.REPORTED, S.ACCEPTED, S.FILED, S.COORDINATING)
_RAISABLE = (S.REPORTED, S.ACCEPTED, S.FILED, S.COORDINATING)

TASKS_OPEN = frozenset({*_UNDER_WAY, S.ANSWERED, S.CHECKING})
"""While the case is in one of these, 协办 units work on their tasks."""

TRANSITIONS: tuple[Transition, ...] = (
    _t("上报", "核实属实", [S.TO_VERIFY], S.REPORTED, _VERIFIERS),
    _t("受理", "受理", [S.REPORTED], S.ACCEPTED, _INTAKE),
    _t("待核实", "请现场核实", [S.REPORTED, S.ACCEPTED], S.TO_VERIFY, _INTAKE, ["note"]),
    _t("立案", "立案", [S.ACCEPTED], S.FILED, [Post.CHIEF]),
    _t("派遣", "派遣", [S.FILED, S.COORDINATING], S.DISPATCHED, _DISPATCH, ["unit"]),
    _t("协调", "提交协调", [S.FILED], S.COORDINATING, _DISPATCH, ["note"]),
    _t("签收", "签收", [S.DISPATCHED], S.SIGNED, [Post.HANDLER]),
    _t("处置", "开始处置", [S.SIGNED], S.HANDLING, [Post.HANDLER]),
    _t("反馈", "反馈结果", [S.HANDLING], S.ANSWERED, [Post.HANDLER], ["note"]),
    _t("核查", "开始核查", [S.ANSWERED], S.CHECKING, [Post.CHECKER, Post.CHIEF]),
    _t("结案", "核查通过,结案", [S.CHECKING], S.CLOSED, [Post.CHECKER, Post.CHIEF]),
    _t(
        "退回", "核查不通过,返工", [S.CHECKING], S.HANDLING, [Post.CHECKER, Post.CHIEF],
        ["note"], CaseStep.RETURNED,
    ),
    _t(
        "退回", "退回(不属本单位)", [S.DISPATCHED, S.SIGNED], S.FILED, [Post.HANDLER],
        ["note"], CaseStep.RETURNED,
    ),
    _t("作废", "作废", _EARLY, S.VOID, [Post.CHIEF, Post.INTAKE, Post.CHECKER], ["note"]),
    _t("撤单", "撤销派单", [S.DISPATCHED], S.VOID, [Post.SENDER], ["note"], offered=False),
    _t("挂账", "挂账", _UNDER_WAY, S.SUSPENDED, [Post.CHIEF], ["note", "until"]),
    _t("恢复", "结束挂账", [S.SUSPENDED], None, [Post.CHIEF]),
    _t(
        "申请延期", "申请延期", [S.SIGNED, S.HANDLING], None, [Post.HANDLER],
        ["note", "until"], CaseStep.EXTENSION_ASKED,
    ),
    _t("延期", "同意延期", TASKS_OPEN, None, [Post.CHIEF], [], CaseStep.EXTENDED),
    _t(
        "不予延期", "不予延期", TASKS_OPEN, None, [Post.CHIEF],
        ["note"], CaseStep.EXTENSION_REFUSED,
    ),
    _t("重开", "重开", [S.CLOSED], S.FILED, [Post.CHIEF], ["note"], CaseStep.REOPENED),
    _t("重开", "重开", [S.VOID], S.REPORTED, [Post.CHIEF], ["note"], CaseStep.REOPENED),
    _t("上报上级", "逐级上报", _RAISABLE, None, DESK, ["note"], CaseStep.RAISED),
    _t("下派", "下派", _RAISABLE, None, _DISPATCH, ["region"], CaseStep.LOWERED),
    _t("并案", "并入另一事件", _EARLY, S.VOID, _INTAKE, ["into"], CaseStep.MERGED),
    _t("督办", "督办", OPEN_STATES, None, [Post.LEADER], [], CaseStep.REMINDED),
    _t("备注", "备注", CaseState, None, Post, ["note"], CaseStep.COMMENTED),
    _t("照片", "加照片", OPEN_STATES, None, Post, [], CaseStep.PHOTO_ADDED),
)  # fmt: skip
"""Every step there is, in the order in which a page offers them."""

WORDS: tuple[str, ...] = tuple(dict.fromkeys(one.word for one in TRANSITIONS))

TASK_STEPS = {
    S.DISPATCHED: ("签收", S.SIGNED),
    S.SIGNED: ("处置", S.HANDLING),
    S.HANDLING: ("反馈", S.ANSWERED),
}
"""How a 协办 task goes on: its state → the word and where it leads."""


def find(state: CaseState, word: str) -> Transition | None:
    """The step of that word (or to that state) that starts in the state; None when there is none.

    A request may name the state it wants: "处置" from 核查 is the rework of 退回.
    """
    here = [one for one in TRANSITIONS if state in one.sources]
    named = [one for one in here if one.word == word]
    if named:
        return named[0]
    led = [one for one in here if one.offered and one.target and one.target.value == word]
    return led[0] if len(led) == 1 else None

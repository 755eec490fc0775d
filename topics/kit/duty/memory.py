"""What one shift leaves to the next: 交接班 signed by both, and the 值班日志 that only grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from topics.kit.duty.contracts import Person
from topics.kit.errors import BadDuty, StepRefused

JOURNAL_KINDS = ("来电", "来文", "指令", "巡查", "事件", "其他")
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that is still open when the shift changes, as the system found it."""

    kind: str  # alert, case, directive, incident
    id: str
    title: str
    state: str
    detail: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """A change of shift: written and signed by the leaving person, then by the taking one."""

    id: str
    shift_starts: datetime
    leaving: str
    taking: str
    items: tuple[OpenItem, ...]
    notes: str
    left_at: datetime
    left_by: str
    taken_at: datetime | None = None
    taken_by: str | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the 值班日志; a correction names the line it corrects."""

    at: datetime
    written_at: datetime
    actor: str
    kind: str
    text: str
    corrects: int | None = None
    drill: bool = False
    id: int = 0


def check_signer(person: Person, actor: str) -> None:
    """Raise StepRefused where somebody with an account of his own has to sign himself."""
    if person.account is not None and person.account != actor:
        raise StepRefused(
            f"{person.name} 有自己的账号,请本人签字", problem={"state": "待签", "allowed": []}
        )


def check_taking(one: Handover, person: Person, actor: str) -> None:
    """Raise StepRefused unless the actor may sign for taking over."""
    if one.taken_at is not None:
        raise StepRefused("交接班已由双方签字,不能再改", problem={"state": "已交接", "allowed": []})
    if actor == one.left_by:
        raise StepRefused(
            "交班人不能替接班人签字;请接班人登录后签", problem={"state": "待接班", "allowed": []}
        )
    check_signer(person, actor)


def check_entry(entry: JournalEntry, known: Sequence[int] | None) -> None:
    """Raise BadDuty with everything that is wrong with a line of the journal."""
    wrong = []
    if entry.kind not in JOURNAL_KINDS:
        wrong.append(("kind", f"类别应是{'、'.join(JOURNAL_KINDS)}之一"))
    if not entry.text.strip():
        wrong.append(("text", "请写内容"))
    if len(entry.text) > LONGEST:
        wrong.append(("text", f"内容超过 {LONGEST} 字;请分条记录"))
    if entry.at > entry.written_at:
        wrong.append(("at", "发生时间晚于现在;请改正"))
    if entry.corrects is not None and known is not None and entry.corrects not in known:
        wrong.append(("corrects", "没有这条日志,不能更正"))
    if wrong:
        raise BadDuty(";".join(said for _, said in wrong), problems=wrong)

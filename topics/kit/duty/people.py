"""The 通讯录: read from a table, found by name, pinyin or unit, its numbers masked by right."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from topics.kit.duty.contracts import Person
from topics.kit.duty.sheets import RowProblem, rows_of
from topics.kit.errors import BadDuty
from topics.kit.organisations import Organisation, Organisations
from topics.kit.reporting.tables import Table

HEAD = ("姓名", "单位", "职务", "电话", "邮箱", "账号")
_WANTED = ("姓名", "单位", "电话")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,19}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST = 60
_SHOWN_FIRST, _SHOWN_LAST = 3, 4


@dataclass(frozen=True, slots=True)
class ReadPeople:
    """The people of a table, and what is wrong with the rows that were not taken."""

    people: tuple[Person, ...]
    problems: tuple[RowProblem, ...]


def read_people(
    tables: Sequence[Table],
    organisations: Organisations,
    accounts: Mapping[str, str],
    standing: Iterable[Person] = (),
) -> ReadPeople:
    """Everybody in the table whose row can be; UnreadableTable where the columns are missing.

    `accounts` are the ids of accounts by their names, as a table writes them. A table without the
    column leaves those of the `standing` entries as they are.
    """
    had = {one.id: one.account for one in standing}
    found: dict[str, Person] = {}
    problems: list[RowProblem] = []
    units = {name: one.id for one in organisations.all() for name in _names(one)}
    for number, cells in rows_of(tables, _WANTED):
        wrong = _wrong(number, cells, units) + _unknown_account(number, cells, accounts)
        if wrong:
            problems += wrong
            continue
        named = person_id(units[cells["单位"]], cells["姓名"])
        told = cells.get("账号")
        person = Person(
            id=named,
            name=cells["姓名"],
            unit=units[cells["单位"]],
            post=cells.get("职务", ""),
            phone=cells.get("电话", ""),
            mail=cells.get("邮箱", ""),
            account=had.get(named) if told is None else accounts.get(told),
        )
        if person.id in found:
            remedy = "同一单位的同名人员请在姓名后加区别,如 王芳(水政)"
            problems.append(RowProblem(number, "姓名", f"{person.name} 重复", remedy))
            continue
        found[person.id] = person
    return ReadPeople(tuple(found.values()), tuple(problems))


def person_id(unit: str, name: str) -> str:
    """The id of a person of the 通讯录: the same unit and name are the same person."""
    return hashlib.sha256(f"{unit}|{name}".encode()).hexdigest()[:12]


def check_person(person: Person, organisations: Organisations) -> None:
    """Raise BadDuty with everything that is wrong with one entry."""
    known = organisations.find(person.unit)
    cells = {"姓名": person.name, "单位": person.unit, "电话": person.phone, "邮箱": person.mail}
    wrong = _wrong(0, cells, {person.unit: person.unit} if known else {})
    if wrong:
        raise BadDuty(
            ";".join(f"{one.problem},{one.remedy}" for one in wrong),
            problems=[(one.item, one.problem) for one in wrong],
        )


def known_account(name: str, accounts: Mapping[str, str]) -> str | None:
    """The id of the account of that name, None of no name; BadDuty says which are like it."""
    wrong = _unknown_account(0, {"账号": name}, accounts)
    if wrong:
        said = f"{wrong[0].problem};{wrong[0].remedy}"
        raise BadDuty(said, problems=[("account", wrong[0].problem)])
    return accounts.get(name)


def masked(person: Person) -> Person:
    """The entry with its phone and mail hidden but for their ends."""
    phone = person.phone
    hidden = len(phone) - _SHOWN_FIRST - _SHOWN_LAST
    if hidden > 0:
        phone = phone[:_SHOWN_FIRST] + "*" * hidden + phone[-_SHOWN_LAST:]
    elif phone:
        phone = "*" * len(phone)
    name, mark, domain = person.mail.partition("@")
    mail = f"{name[:1]}***{mark}{domain}" if mark else ""
    return replace(person, phone=phone, mail=mail)


def named(people: Iterable[Person], organisations: Organisations) -> dict[str, list[Person]]:
    """People by what a roster calls them: 王芳, 王芳(市水务局), 市水务局王芳."""
    found: dict[str, list[Person]] = {}
    for one in people:
        unit = organisations.name(one.unit)
        for name in (one.name, f"{one.name}({unit})", f"{one.name}({unit})", f"{unit}{one.name}"):
            found.setdefault(name, []).append(one)
    return found


def _names(one: Organisation) -> tuple[str, ...]:
    return one.id, one.name, one.short_name


def _unknown_account(
    number: int, cells: Mapping[str, str], accounts: Mapping[str, str]
) -> list[RowProblem]:
    """An account that is not there: taken as none, its owner could be signed for by others."""
    name = cells.get("账号", "")
    if not name or name in accounts:
        return []
    near = difflib.get_close_matches(name, accounts, n=3, cutoff=0.5)
    remedy = f"是不是 {'、'.join(near)}?没有账号就留空" if near else "请核对登录名;没有账号就留空"
    return [RowProblem(number, "账号", f"没有账号“{name[:40]}”", remedy)]


def _wrong(number: int, cells: dict[str, str], units: dict[str, str]) -> list[RowProblem]:
    wrong = []
    name, unit = cells.get("姓名", ""), cells.get("单位", "")
    phone, mail = cells.get("电话", ""), cells.get("邮箱", "")
    if not name or len(name) > _LONGEST:
        wrong.append(RowProblem(number, "姓名", "没有姓名或过长", "请填写姓名"))
    if unit not in units:
        wrong.append(RowProblem(number, "单位", f"没有单位“{unit}”", "请用单位表中的名称"))
    if not _PHONE.fullmatch(phone):
        wrong.append(RowProblem(number, "电话", f"电话“{phone}”不对", "只写数字,如 13800001234"))
    if mail and not _MAIL.fullmatch(mail):
        wrong.append(RowProblem(number, "邮箱", f"邮箱“{mail}”不对", "写成 name@example.cn 或留空"))
    return wrong

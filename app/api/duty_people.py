"""/api/v1/duty/contacts: the 通讯录, searched, imported, corrected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from app.api.duty_body import audit_of, text_of, words_of
from app.api.duty_json import DutyJson, sees_numbers
from app.api.duty_roster import XLSX
from app.security.context import current_subject
from app.security.contracts import Action, Resource, Subject
from app.security.doors import door
from app.security.may import may, require
from app.services import Services
from layers.catalogue.pinyin import spelled
from topics.kit.duty.contracts import Person
from topics.kit.duty.people import HEAD, check_person, known_account, person_id, read_people
from topics.kit.duty.sheets import problems_json, workbook
from topics.kit.errors import UnknownDuty
from topics.kit.reporting.tables import read_file

_SubjectOf = Annotated[Subject, Depends(current_subject)]
_Body = Annotated[dict[str, Any], Body()]
_DUTY = Resource("duty")
_HELP = """单位用单位表中的名称或简称;电话只写数字。
账号是本系统的登录名,没有就留空;有账号的人换班、交接班须本人签。
同一单位、同一姓名视为同一人,再次导入即更新。"""


def typed_names(people: Iterable[Person]) -> Iterator[tuple[Person, str]]:
    """The people with what their names are typed as: pinyin and initials."""
    for one in people:
        full, initials = spelled(one.name)
        yield one, full + initials


class Contacts:
    """Saves people of the 通讯录, with the audit of who did."""

    def __init__(self, services: Services) -> None:
        """Use the stores of `services`."""
        self._services = services

    def accounts(self) -> dict[str, str]:
        """The ids of the accounts by their names, as people write them."""
        return {one.name: one.id for one in self._services.accounts.all()}

    def save(self, people: list[Person], request: Request, subject: Subject, named: str) -> None:
        """Store the people."""
        event = audit_of(subject, request, "contacts", named, people=len(people))
        named_people, now = typed_names(people), datetime.now(UTC)
        with self._services.audit.recording(event) as transaction:
            self._services.duty.people.save(
                named_people, by=subject.person, now=now, connection=transaction
            )

    def take(
        self, request: Request, subject: Subject, name: str, content: bytes, *, apply: bool
    ) -> dict[str, Any]:
        """What each row of a table says; the people are stored when none is refused."""
        organisations, standing = self._services.organisations, self._services.duty.people.all()
        found = read_people(read_file(name, content), organisations, self.accounts(), standing)
        refused = len({one.row for one in found.problems})
        done = apply and bool(found.people) and not refused
        if done:
            self.save(list(found.people), request, subject, name)
        return {
            "accepted": len(found.people),
            "refused": refused,
            "applied": done,
            "rows": problems_json(found.problems),
        }


def router(services: Services) -> APIRouter:
    """The routes of the 通讯录."""
    routes = APIRouter(prefix="/api/v1/duty", tags=["值班"])
    shown, book, duty = DutyJson(services), Contacts(services), services.duty

    @routes.get("/contacts", summary="通讯录;q= 按姓名、拼音首字母、单位、职务查找")
    @door(Action.READ, "duty")
    def contacts(
        response: Response,
        subject: _SubjectOf,
        q: Annotated[str, Query(max_length=60)] = "",
    ) -> dict[str, Any]:
        """Everybody; numbers are masked for those who may not see them whole."""
        require(subject, Action.READ, _DUTY)
        response.headers["Cache-Control"] = "private, no-store"
        units = [one.id for one in services.organisations.all() if q and q in one.name]
        found = duty.people.all(text=q.strip(), units=units)
        return {
            "items": [shown.person(one, subject) for one in found],
            "next": None,
            "masked": not sees_numbers(subject),
            "may_write": bool(may(subject, Action.WRITE, _DUTY)),
        }

    @routes.get("/contacts/template.xlsx", summary="下载通讯录模板", response_class=Response)
    @door(Action.READ, "duty")
    def template(subject: _SubjectOf) -> Response:
        """A workbook with the head alone."""
        require(subject, Action.READ, _DUTY)
        return Response(workbook("通讯录", HEAD, [], _HELP), media_type=XLSX)

    @routes.post("/contacts/imports", summary="导入通讯录;apply=1 才写入")
    @door(Action.WRITE, "duty")
    async def imported(
        request: Request,
        subject: _SubjectOf,
        name: Annotated[str, Query(max_length=200)] = "通讯录.xlsx",
        apply: bool = False,
    ) -> dict[str, Any]:
        """What each row says; nothing is written while a row is refused."""
        require(subject, Action.WRITE, _DUTY)
        content = await request.body()

        def take() -> dict[str, Any]:
            return book.take(request, subject, name, content, apply=apply)

        return await run_in_threadpool(take)

    @routes.put("/contacts", summary="新增或更正一人")
    @door(Action.WRITE, "duty")
    def put(body: _Body, request: Request, subject: _SubjectOf) -> dict[str, Any]:
        """The person, known by unit and name."""
        require(subject, Action.WRITE, _DUTY)
        unit, name = text_of(body, "unit"), text_of(body, "name")
        person = Person(
            id=person_id(unit, name),
            name=name,
            unit=unit,
            post=words_of(body, "post"),
            phone=text_of(body, "phone"),
            mail=words_of(body, "mail"),
            account=known_account(words_of(body, "account"), book.accounts()),
        )
        check_person(person, services.organisations)
        book.save([person], request, subject, person.id)
        return shown.person(person, subject)

    @routes.delete("/contacts/{person}", status_code=204, summary="移出通讯录")
    @door(Action.WRITE, "duty")
    def remove(person: str, request: Request, subject: _SubjectOf) -> None:
        """Take the person out; rosters of the past still name him."""
        require(subject, Action.WRITE, _DUTY)
        event = audit_of(subject, request, "contact-remove", person)
        now = datetime.now(UTC)
        with services.audit.recording(event) as transaction:
            gone = duty.people.remove(person, by=subject.person, now=now, connection=transaction)
            if not gone:
                raise UnknownDuty("通讯录里没有这个人;请刷新后再试")

    return routes

"""The messages of a signed-in person: what is meant for them, and how much of it they may read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.channels.sender import bare
from app.notices.rows import receiver_text
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.duty.contracts import Person, Shift
from topics.kit.notify.delivery import Notice
from topics.kit.periods import ZONE
from topics.kit.stores.postgres_inbox import KEPT, Held, Reader

_OWN, _OWN_KINDS = "您本人", ("account:", "person:")


def reader_of(services: Services, subject: Subject, now: datetime) -> Reader:
    """For whom the subject reads: the account, its person, its unit, its turns of duty."""
    account = subject.person
    person = services.duty.people.of_account(account)
    addresses = [f"account:{account}"]
    if subject.unit:
        addresses.append(f"unit:{subject.unit}")
    if person is None:
        return Reader(account, tuple(addresses))
    addresses.append(f"person:{person.id}")
    shifts = services.duty.roster.between(now - KEPT, now)
    return Reader(account, tuple(addresses), tuple(_held(shifts, person)))


def _held(shifts: list[Shift], person: Person) -> list[Held]:
    found = []
    for one in shifts:
        posts = [("带班领导", one.leader), ("值班长", one.chief), *one.seats]
        found += [
            Held(f"duty:{post}", one.starts, one.ends)
            for post, who in posts
            if who is not None and who.id == person.id
        ]
    return found


def _to(services: Services, whom: str) -> str:
    return receiver_text(whom, services.organisations.name)


def inbox_json(
    services: Services, one: Notice, seen_at: datetime | None, subject: Subject
) -> dict[str, Any]:
    """One message. Of what the reader may not read, kind and number alone are told."""
    told = one.message
    about = Resource("duty", str(one.id), told.topic, told.classification)
    hidden = not may(subject, Action.READ, about)
    if hidden:
        told = replace(bare(told), text="内容超出您的权限;请联系系统管理员", link="")
    whom = told.address or told.receiver
    return {
        "id": one.id,
        "title": told.title,
        "text": told.text,
        "level": told.level or None,
        "link": told.link or None,
        "urgent": told.urgent,
        "drill": told.drill,
        "hidden": hidden,
        "to": _OWN if whom.startswith(_OWN_KINDS) else _to(services, whom),
        "created_at": one.created_at.astimezone(ZONE).isoformat(),
        "read_at": seen_at.astimezone(ZONE).isoformat() if seen_at else None,
    }

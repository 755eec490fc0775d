"""Over which way a receiver is reached: 通讯录, roster, units, named receivers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from app.channels.settings import Way
from app.config import ReceiverConfig
from topics.kit.duty.contracts import Person, Roster, Shift
from topics.kit.errors import NobodyTakes, NoWay
from topics.kit.notify.contracts import Channel, Message

FindPerson = Callable[[str], Person | None]
"""One entry of the 通讯录 by its id."""


class Directory:
    """Finds the way to a receiver at the moment of sending: who is on duty then is told."""

    def __init__(
        self,
        ways: Mapping[str, Way],
        receivers: Mapping[str, tuple[ReceiverConfig, Way]],
        *,
        roster: Roster | None = None,
        person: FindPerson = lambda _: None,
        account: FindPerson = lambda _: None,
        signs_in: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`ways` are the channels; persons are reached over SMS, voice or mail.

        `account` finds the person of an account; `signs_in` knows the accounts that read here.
        """
        self._ways = ways
        self._receivers = receivers
        self._roster = roster
        self._person = person
        self._account = account
        self._signs_in = signs_in

    def way_to(self, message: Message, now: datetime) -> Way:
        """The way to the message's receiver; NoWay when there is none."""
        kind, _, name = message.receiver.partition(":")
        if kind == "receiver":
            return self._named(name, message)
        if kind == "person":
            if (person := self._person(name)) is None:
                raise NoWay(f"通讯录里没有 {name};请在值班页的通讯录里补上")
            return self._personal(person, message)
        if kind == "duty":
            return self._on_duty(name, message, now)
        if kind == "unit":
            return self._unit(name, message)
        if kind == "account":
            return self._of_account(name, message)
        raise NoWay(
            f"收件人 {message.receiver} 读不懂;"
            "写成 receiver:名称、person:、duty:、unit: 或 account:"
        )

    def inside(self, message: Message) -> bool:
        """Whether the message is for an account that can sign in: it reads it under 通知."""
        kind, _, name = message.receiver.partition(":")
        return kind == "account" and self._signs_in(name)

    def spread(self, message: Message) -> list[Message]:
        """What is for a unit, once for each receiver that takes the unit's messages.

        Each is sent and given up by itself. Without any it stays as it is: undelivered, and seen.
        """
        kind, _, unit = message.receiver.partition(":")
        names = self.for_unit(unit, message.level) if kind == "unit" else []
        meant = replace(message, address=message.receiver)
        return [replace(meant, receiver=f"receiver:{one}") for one in names] or [message]

    def for_unit(self, unit: str, level: str = "") -> list[str]:
        """The names of the receivers that take what goes to the unit at this level."""
        return [
            name
            for name, (one, _) in self._receivers.items()
            if unit in one.units and (not one.levels or not level or level in one.levels)
        ]

    def reaches(self, post: str, now: datetime) -> bool:
        """Whether somebody on duty at that post can be told something now."""
        try:
            self._on_duty(post, Message("", f"duty:{post}", "", ""), now)
        except NoWay:
            return False
        return True

    def names(self) -> list[str]:
        """The named receivers."""
        return list(self._receivers)

    def _named(self, name: str, message: Message) -> Way:
        if name not in self._receivers:
            known = "、".join(self._receivers) or "(还没有)"
            raise NoWay(f"config.toml 没有 [receivers.{name}];现有:{known}")
        return self._receivers[name][1]

    def _unit(self, unit: str, message: Message) -> Way:
        found = self.for_unit(unit, message.level)
        if not found:
            raise NobodyTakes(
                f'没有替单位 {unit} 收消息的;请在某个 [receivers.*] 写 units = ["{unit}"],再重发'
            )
        return self._receivers[found[0]][1]

    def _of_account(self, account: str, message: Message) -> Way:
        person = self._account(account)
        if person is not None:
            return self._personal(person, message)
        if self.inside(message):
            raise NoWay(f"账号 {account} 没有登记在通讯录")
        raise NobodyTakes(
            f"账号 {account} 不存在或已停用,通讯录里也没有它;请在通讯录的人员上写明账号,再重发"
        )

    def _on_duty(self, post: str, message: Message, now: datetime) -> Way:
        shift = self._roster.at(now) if self._roster is not None else None
        person = _of_shift(shift, post)
        if person is not None:
            return self._personal(person, message)
        for one, way in self._receivers.values():
            if post in one.duties:
                return way
        raise NoWay(f"此刻没有排 {post};请补排班,或在某个 [receivers.*] 写 duties")

    def _personal(self, person: Person, message: Message) -> Way:
        wanted = [Channel.SMS, Channel.VOICE, Channel.MAIL]
        if not message.urgent:
            wanted = [Channel.MAIL, Channel.SMS]  # a mail disturbs nobody at night
        for kind in wanted:
            address = person.mail if kind is Channel.MAIL else person.phone
            if address and (way := _first(self._ways.values(), kind)):
                return _personal_way(way, person, address)
        raise NoWay(
            f"{person.name} 没有可用的通道;请补手机号或邮箱,并在 config.toml 登记 sms 或 mail 通道"
        )


def _of_shift(shift: Shift | None, post: str) -> Person | None:
    if shift is None:
        return None
    if post in ("带班领导", "leader"):
        return shift.leader
    if post in ("值班长", "chief"):
        return shift.chief
    return next((person for seat, person in shift.seats if seat == post), None)


def _first(ways: Iterable[Way], kind: Channel) -> Way | None:
    return next((one for one in ways if one.kind is kind), None)


def _personal_way(way: Way, person: Person, address: str) -> Way:
    name = f"{person.name}({way.name})"
    return Way(name, way.kind, way.url, way.config, address, way.secret_file, way.token_file)

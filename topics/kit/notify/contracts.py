"""The values of messages and who carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from layers.contracts import Classification


class Channel(StrEnum):
    """Ways out of the house; each is set up in config.toml or is not there."""

    WEBHOOK = "webhook"
    MAIL = "mail"
    WECOM = "wecom"  # 企业微信 group robot
    DINGTALK = "dingtalk"  # 钉钉 group robot
    SMS = "sms"  # an HTTP gateway by template
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be told to one receiver, once.

    The same `key` and receiver are never told twice; `drill` messages stay in the house.
    `receiver` is a person of the 通讯录 ("person:ID"), a role on duty ("duty:带班领导"), an
    organisation ("unit:swj"), an account ("account:ID") or a named receiver of config.toml
    ("receiver:NAME"). `address` is whom it was meant for, where a receiver takes it for others.

    `topic` and `classification` are those of what it tells about: who may not read that does not
    read the message. One that says nothing of it counts as 敏感. `brief` names the thing by kind
    and number alone; it is all that goes out over a channel that may not carry the text.
    """

    key: str
    receiver: str
    title: str
    text: str
    level: str = ""  # 红橙黄蓝 or ""
    link: str = ""  # a path on our own pages
    drill: bool = False
    urgent: bool = False  # 短信 or 电话 where there is one
    data: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    topic: str | None = None
    classification: Classification = Classification.SENSITIVE
    brief: str = ""
    address: str = ""


class Outgoing(Protocol):
    """Takes messages; what it took is sent at least once, whatever dies meanwhile."""

    def send(self, messages: list[Message]) -> int:
        """Keep the messages and return how many were new."""

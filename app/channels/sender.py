"""Delivers one notice: finds the way, sends, and turns whatever happened into an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.channels.directory import Directory
from app.channels.http_channels import send_http
from app.channels.mail import send_mail
from app.channels.settings import Way
from layers.errors import LayerError
from topics.kit.errors import NobodyTakes, NoWay, TopicError
from topics.kit.notify.contracts import Channel, Message
from topics.kit.notify.delivery import Answer, Notice
from topics.kit.refresh.hosts import HostGuard


class Sender:
    """The `Deliver` of this program."""

    def __init__(
        self,
        directory: Directory,
        guard: HostGuard,
        *,
        base_url: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Connect only where `guard` allows; links begin with `base_url`, without one there are
        none.
        """
        self._directory = directory
        self._guard = guard
        self._base = base_url.rstrip("/")
        self._clock = clock

    def __call__(self, notice: Notice) -> Answer:
        """Send it; what went wrong is in the answer, never raised."""
        now = self._clock()
        try:
            way = self._directory.way_to(notice.message, now)
        except NoWay as wrong:
            if self._directory.inside(notice.message):
                return Answer(True, "站内通知", "没有可用的外发通道,已在本人的站内通知里")
            final = isinstance(wrong, NobodyTakes)
            return Answer(False, notice.message.receiver, str(wrong), final)
        try:
            said = self._send(way, notice, now)
        except (TopicError, LayerError) as wrong:
            return Answer(False, way.name, str(wrong))
        return Answer(True, way.name, said)

    def _send(self, way: Way, notice: Notice, now: datetime) -> str:
        if not way.carries(notice.message.classification):
            notice = replace(notice, message=bare(notice.message))
        path = notice.message.link
        link = f"{self._base}{path}" if self._base and path else ""
        send = send_mail if way.kind is Channel.MAIL else send_http
        return send(way, notice, link, self._guard, now)


def bare(message: Message) -> Message:
    """What goes out where the text may not: kind, number, and where to look."""
    brief = message.brief or ("【演练】" if message.drill else "") + "有一条消息"
    text = f"内容为{message.classification.value}信息,不在此发送;请登录平台查看。"
    return replace(message, title=brief, text=text, data={})

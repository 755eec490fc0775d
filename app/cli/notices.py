"""`tonglan notices`: messages that wait, were sent, or could not be delivered."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.context import opened
from app.cli.options import ConfigOption, HomeOption, JsonOption
from app.cli.show import show_json, show_line, show_table
from app.notices.rows import STATE_WORDS, notice_json, receiver_text
from topics.kit.notify.delivery import NoticeState

group = typer.Typer(help="外发消息", no_args_is_help=True, rich_markup_mode=None)


@group.callback()
def _root() -> None:
    """外发消息。"""


@group.command("list", help="未送达与待发送的消息;--all 看全部")
def list_notices(
    every: Annotated[bool, typer.Option("--all", help="已送达与演练未外发的也列出")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="最多几条")] = 50,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Show the newest messages first."""
    states = () if every else (NoticeState.FAILED, NoticeState.WAITING)
    with opened(home, config) as services:
        found = services.notices.newest(states, limit=limit)
        tries = services.notices.attempts([one.id for one in found])
    if as_json:
        items = [notice_json(one, tries.get(one.id, ())) for one in found]
        show_json({"items": items, "next": None})
    elif not found:
        show_line("没有未送达或待发送的消息")
    else:
        show_table(
            ("编号", "状态", "收件人", "标题", "试过", "说明"),
            [
                (
                    str(one.id),
                    STATE_WORDS[one.state],
                    receiver_text(one.message.receiver),
                    one.message.title,
                    str(one.attempts),
                    one.said,
                )
                for one in found
            ],
        )

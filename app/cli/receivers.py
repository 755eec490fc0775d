"""`tonglan receivers`: who is told outside the screens, and whether the way to him works."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.channels.assembly import try_receiver
from app.channels.settings import receivers_of
from app.cli.context import opened
from app.cli.options import ConfigOption, HomeOption, JsonOption
from app.cli.show import show_json, show_line, show_table
from app.errors import BadConfig
from app.security.people import AuditEvent
from app.security.subjects import operator

group = typer.Typer(help="消息收件人", no_args_is_help=True, rich_markup_mode=None)


@group.command("list", help="config.toml 里登记的收件人")
def list_receivers(
    as_json: JsonOption = False, home: HomeOption = None, config: ConfigOption = None
) -> None:
    """Show every named receiver, without any secret."""
    with opened(home, config) as services:
        found = receivers_of(services.config)
    items: list[dict[str, Any]] = [
        {
            "name": name,
            "title": one.title or name,
            "channel": one.channel,
            "kind": way.kind.value,
            "address": way.address,
            "units": one.units,
            "duties": one.duties,
            "levels": one.levels,
        }
        for name, (one, way) in found.items()
    ]
    if as_json:
        show_json({"items": items, "next": None})
        return
    if not items:
        show_line("还没有登记收件人;请在 config.toml 写 [channels.*] 与 [receivers.*]")
        return
    show_table(
        ("名称", "收件人", "通道", "类型", "地址", "单位"),
        [
            (
                one["name"],
                one["title"],
                one["channel"],
                one["kind"],
                one["address"],
                "、".join(one["units"]),
            )
            for one in items
        ],
    )


@group.command("test", help="给一个收件人发一条测试消息")
def try_one(
    name: Annotated[str, typer.Argument(help="收件人名称", metavar="NAME")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Send a test message now and say what was answered; exit status 1 when it failed."""
    with opened(home, config) as services:
        if name not in services.config.receivers:
            known = "、".join(services.config.receivers) or "(还没有)"
            raise BadConfig(f"没有收件人 {name};config.toml 里有:{known}")
        answer = try_receiver(services, name)
        detail = {"said": answer.said}
        outcome = "ok" if answer.ok else "failed"
        services.audit.append(AuditEvent(operator().id, "receiver.test", name, outcome, "", detail))
    if as_json:
        show_json({"ok": answer.ok, "target": answer.target, "said": answer.said})
    else:
        show_line(f"{'已送达' if answer.ok else '没有送到'} {answer.target}:{answer.said}")
    if not answer.ok:
        raise typer.Exit(1)

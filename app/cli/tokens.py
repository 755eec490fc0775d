"""`tonglan tokens`: API tokens for scripts and source systems."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from app.cli.context import opened
from app.cli.options import ConfigOption, HomeOption, JsonOption
from app.cli.show import show_json, show_line, show_table
from app.security.matrix import SCOPES
from app.security.people import Token
from app.security.subjects import operator
from app.security.tokens import Issuer

group = typer.Typer(help="接口令牌", no_args_is_help=True, rich_markup_mode=None)


@group.command("add", help="签发令牌,只显示一次")
def add(
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help=f"范围,可重复:{'、'.join(SCOPES)}")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="用途,如 气象局推送")] = "",
    user: Annotated[str | None, typer.Option("--user", help="代表哪个账号;省略为独立服务")] = None,
    topic: Annotated[str | None, typer.Option("--topic", help="只限一个专题")] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, help="有效天数,省略不过期")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Issue a token and show its secret once."""
    with opened(home, config) as services:
        owner = None if user is None else services.accounts.require(user)
        token, secret = Issuer(services.tokens, services.audit).issue(
            scope or (),
            name=name,
            owner=owner,
            topic=topic,
            lifetime=None if days is None else timedelta(days=days),
            by=operator().id,
        )
    if as_json:
        show_json({"token": secret, **_token_json(token)})
        return
    show_line(secret)
    show_line(f"编号 {token.id};令牌只显示这一次,请妥善保存。")


@group.command("list", help="全部令牌(不含令牌本身)")
def list_tokens(
    as_json: JsonOption = False, home: HomeOption = None, config: ConfigOption = None
) -> None:
    """Show every token with its state."""
    with opened(home, config) as services:
        tokens = services.tokens.all()
    if as_json:
        show_json({"items": [_token_json(one) for one in tokens], "next": None})
        return
    now = datetime.now(UTC)
    show_table(
        ("编号", "用途", "范围", "最近使用", "状态"),
        (
            (
                one.id,
                one.name,
                "、".join(sorted(one.scopes)),
                "从未" if one.last_used_at is None else f"{one.last_used_at:%Y-%m-%d %H:%M} UTC",
                "有效" if one.valid(now) else ("已吊销" if one.revoked_at else "已过期"),
            )
            for one in tokens
        ),
    )


@group.command("revoke", help="吊销令牌")
def revoke(
    token_id: Annotated[str, typer.Argument(help="令牌编号,见 tonglan tokens list")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """End a token; it stops working within two seconds."""
    with opened(home, config) as services:
        Issuer(services.tokens, services.audit).revoke(token_id, by=operator().id)
    if as_json:
        show_json({"id": token_id, "revoked": True})
        return
    show_line(f"令牌 {token_id} 已吊销。")


def _token_json(token: Token) -> dict[str, Any]:
    moments = {
        name: None if moment is None else moment.isoformat()
        for name, moment in (
            ("created_at", token.created_at),
            ("expires_at", token.expires_at),
            ("last_used_at", token.last_used_at),
            ("revoked_at", token.revoked_at),
        )
    }
    return {
        "id": token.id,
        "name": token.name,
        "user": token.account,
        "scopes": sorted(token.scopes),
        "topic": token.topic,
        **moments,
    }

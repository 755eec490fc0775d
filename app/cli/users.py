"""`tonglan users`: accounts, roles, one-time passwords."""

from __future__ import annotations

from typing import Annotated

import typer

from app.api.accounts import account_json
from app.cases.units import Units
from app.cli.context import opened
from app.cli.options import ConfigOption, HomeOption, JsonOption
from app.cli.show import show_json, show_line, show_table
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.security.subjects import operator
from app.services import Services

group = typer.Typer(help="用户与授权", no_args_is_help=True, rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(help="账号名")]
RoleArgument = Annotated[Role, typer.Argument(help="角色")]
TopicOption = Annotated[str | None, typer.Option("--topic", help="只限一个专题,如 water")]


@group.command("add", help="新建账号,给出一次性口令")
def add(
    name: NameArgument,
    display_name: Annotated[str, typer.Option("--display-name", help="姓名")] = "",
    role: Annotated[list[Role] | None, typer.Option("--role", help="角色,可重复")] = None,
    topic: TopicOption = None,
    unit: Annotated[str | None, typer.Option("--unit", help="所属单位编号,如 cgj")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Create an account and show its one-time password."""
    grants = [Grant(one, topic) for one in role or [Role.VIEWER]]
    with opened(home, config) as services:
        password = _people(services).add(
            name,
            display_name=display_name,
            grants=grants,
            unit=_known_unit(services, unit),
            by=operator().id,
        )
    _show_password(name, password, as_json)


@group.command("passwd", help="重置口令,给出一次性口令,并退出该账号的全部登录")
def passwd(
    name: NameArgument,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Reset a password and show the one-time one."""
    with opened(home, config) as services:
        password = _people(services).reset_password(name, by=operator().id)
    _show_password(name, password, as_json)


@group.command("list", help="全部账号")
def list_accounts(
    as_json: JsonOption = False, home: HomeOption = None, config: ConfigOption = None
) -> None:
    """Show every account with its roles."""
    with opened(home, config) as services:
        accounts = services.accounts.all()
    if as_json:
        show_json({"items": [account_json(one) for one in accounts], "next": None})
        return
    show_table(
        ("账号", "姓名", "角色", "单位", "状态"),
        (
            (
                one.name,
                one.display_name,
                "、".join(sorted(_words(grant) for grant in one.grants)) or "无",
                one.unit or "",
                "停用" if one.disabled else ("待改口令" if one.must_change else "正常"),
            )
            for one in accounts
        ),
    )


@group.command("grant", help="授予角色")
def grant(
    name: NameArgument,
    role: RoleArgument,
    topic: TopicOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Give a role, for one topic or all."""
    with opened(home, config) as services:
        _people(services).grant(name, Grant(role, topic), by=operator().id)
        _show_account(services, name, as_json)


@group.command("revoke", help="收回角色")
def revoke(
    name: NameArgument,
    role: RoleArgument,
    topic: TopicOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Take a role away."""
    with opened(home, config) as services:
        _people(services).revoke(name, Grant(role, topic), by=operator().id)
        _show_account(services, name, as_json)


@group.command("unit", help="设定所属单位;写 - 表示不属任何单位")
def unit(
    name: NameArgument,
    unit: Annotated[str, typer.Argument(help="单位编号,如 cgj;属地写 region:440205")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Say for which unit an account works."""
    with opened(home, config) as services:
        chosen = None if unit == "-" else _known_unit(services, unit)
        _people(services).set_unit(name, chosen, by=operator().id)
        _show_account(services, name, as_json)


@group.command("disable", help="停用账号;--undo 恢复")
def disable(
    name: NameArgument,
    undo: Annotated[bool, typer.Option("--undo", help="恢复已停用的账号")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Close an account, or reopen it."""
    with opened(home, config) as services:
        _people(services).set_disabled(name, disabled=not undo, by=operator().id)
        _show_account(services, name, as_json)


def _known_unit(services: Services, unit: str | None) -> str | None:
    if unit is not None:
        Units(services.organisations, services.regions).require(unit)
    return unit


def _people(services: Services) -> People:
    return People(services.accounts, services.audit)


def _words(grant: Grant) -> str:
    return grant.role.value if grant.topic is None else f"{grant.role.value}({grant.topic})"


def _show_account(services: Services, name: str, as_json: bool) -> None:
    account = services.accounts.require(name)
    if as_json:
        show_json(account_json(account))
        return
    held = "、".join(sorted(_words(grant) for grant in account.grants)) or "无"
    unit = f",单位 {account.unit}" if account.unit else ""
    show_line(f"{name}:{'已停用,' if account.disabled else ''}角色 {held}{unit}")


def _show_password(name: str, password: str, as_json: bool) -> None:
    if as_json:
        show_json({"name": name, "password": password})
        return
    show_line(f"账号 {name} 的一次性口令:{password}")
    show_line("口令只显示这一次;首次登录须修改。")

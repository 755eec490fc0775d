"""The permission matrix as a page people can read; docs/permissions.md is this text."""

from __future__ import annotations

from app.security.contracts import Action, Role
from app.security.matrix import (
    BEFORE_RELEASE,
    CEILING,
    OPEN_KINDS,
    PERMITS,
    SCOPES,
    SIGNED_IN_KINDS,
)

ROLE_TITLES = {
    Role.VIEWER: "查看者",
    Role.CLERK: "数据专员",
    Role.REVIEWER: "审核员",
    Role.DUTY: "值班员",
    Role.HANDLER: "经办人",
    Role.LEADER: "领导",
    Role.AUDITOR: "审计员",
    Role.ADMIN: "系统管理员",
}
_ACTIONS = {
    Action.READ: "查看",
    Action.WRITE: "填报",
    Action.IMPORT: "导入",
    Action.PUBLISH: "发布",
    Action.REFRESH: "取数",
    Action.ADMINISTER: "管理",
    Action.AUDIT: "审计",
}
_MANY = 8  # kinds; more are not spelled out

_HEAD = """# 权限矩阵

本页由 `app/security/matrix.py` 生成,测试保证两者一致;请勿手工修改。

- 没有写明的一律拒绝。页面、接口、瓦片、推送和回调都用同一个判定函数 `may`。
- 未登录者只能查看“公开”的示例数据;`config.toml` 中 `security.anonymous = "none"` 时什么也看不到。
- 角色可以只授予一个专题,密级上限只在本专题内有效;持有任一角色者可看其他专题的“公开”内容。
- 发布时间之前的数字只有本专题的{named}可见,系统管理员也不例外。
- 首次登录须先修改一次性口令,之前不能做别的事。
- 人人可用:{open_kinds}。
- 不属于示例数据、登录后才能查看:{signed_in_kinds}。
"""


def permissions_page() -> str:
    """The page in Markdown: roles against actions, then token scopes."""
    named = "、".join(ROLE_TITLES[role] for role in Role if role in BEFORE_RELEASE)
    head = _HEAD.format(
        named=named,
        open_kinds="、".join(sorted(OPEN_KINDS)),
        signed_in_kinds="、".join(sorted(SIGNED_IN_KINDS)),
    )
    return "\n".join((head, "## 角色", "", *_roles(), "", "## 接口令牌的范围", "", *_scopes(), ""))


def _roles() -> list[str]:
    titles = ["角色", "标识", "密级上限", *_ACTIONS.values()]
    rows = [
        [
            ROLE_TITLES[role],
            f"`{role}`",
            CEILING[role].value,
            *(_kinds(PERMITS[role].get(action, frozenset())) for action in _ACTIONS),
        ]
        for role in Role
    ]
    return _table(titles, rows)


def _scopes() -> list[str]:
    titles = ["范围", *_ACTIONS.values()]
    rows = [
        [f"`{scope}`", *(_kinds(permits.get(action, frozenset())) for action in _ACTIONS)]
        for scope, permits in SCOPES.items()
    ]
    return _table(titles, rows)


def _kinds(kinds: frozenset[str]) -> str:
    if len(kinds) > _MANY:
        people = sorted(kinds & {"user", "token", "setting", "audit"})
        return "、".join(("全部业务数据", *people))
    return "、".join(sorted(kinds)) or "—"


def _table(titles: list[str], rows: list[list[str]]) -> list[str]:
    lines = [titles, ["---"] * len(titles), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]

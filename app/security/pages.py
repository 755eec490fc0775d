"""The few pages that must work without scripts: login, new password, logout, refusal."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from app.web.tokens import css, load_tokens

_STYLE = Path(__file__).with_name("page.css")


@dataclass(frozen=True, slots=True)
class Brand:
    """What stands at the head of every page."""

    title: str
    mark: str


def login_page(brand: Brand, *, name: str = "", target: str = "/", wrong: str = "") -> str:
    """The login form; `target`: where a login leads, `wrong`: why the last one failed."""
    form = (
        _wrong(wrong)
        + _hidden("next", target)
        + _field("账号", "name", value=name, complete="username", focus=not name)
        + _field("口令", "password", secret=True, complete="current-password", focus=bool(name))
        + _button("登录")
    )
    foot = '<p class="yw-foot">忘记口令请联系系统管理员重置。本系统为非涉密系统。</p>'
    return _page(brand, "登录", _form("/login", form) + foot)


def password_page(brand: Brand, *, must: bool, wrong: str = "") -> str:
    """The form for a new password; `must`: nothing else is possible before."""
    why = "首次登录,请先设置自己的口令。" if must else "修改后,其他设备上的登录会退出。"
    form = (
        _wrong(wrong)
        + _field("原口令", "old", secret=True, complete="current-password", focus=True)
        + _field("新口令", "new", secret=True, complete="new-password")
        + _field("再输一次新口令", "again", secret=True, complete="new-password")
        + _button("保存")
    )
    rules = "至少 8 个字符(管理员 12 个),大写、小写、数字、符号含三种,不含账号名。"
    foot = f'<p class="yw-foot">{rules}</p>'
    return _page(
        brand, "设置口令", f"<h1>设置口令</h1><p>{why}</p>{_form('/password', form)}{foot}"
    )


def logout_page(brand: Brand, name: str) -> str:
    """The question before leaving; leaving itself is a POST, so that no link can cause it."""
    text = f"<p>当前登录:{escape(name)}</p>"
    return _page(brand, "退出登录", text + _form("/logout", _button("退出登录")) + _home())


def refused_page(brand: Brand, title: str, why: str) -> str:
    """A refusal for a person: what was refused and who can help."""
    text = f"<h1>{escape(title)}</h1><p>{escape(why)}</p>"
    return _page(brand, title, text + _home())


@cache
def _style() -> str:
    return css(load_tokens()) + _STYLE.read_text(encoding="utf-8")


def _page(brand: Brand, title: str, content: str) -> str:
    head = (
        '<!doctype html><html lang="zh-CN" data-theme="dark"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · {escape(brand.title)}</title>"
        f'<link rel="icon" href="data:,"><style>{_style()}</style></head>'
    )
    mark = f'<div class="yw-brand"><b>{escape(brand.mark)}</b>{escape(brand.title)}</div>'
    return f'{head}<body data-ready="1"><main>{mark}{content}</main></body></html>'


def _form(action: str, content: str) -> str:
    return f'<form method="post" action="{action}">{content}</form>'


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _field(
    label: str,
    name: str,
    *,
    value: str = "",
    secret: bool = False,
    complete: str,
    focus: bool = False,
) -> str:
    kind = "password" if secret else "text"
    more = " autofocus" if focus else ""
    return (
        f'<label>{label}<input name="{name}" type="{kind}" value="{escape(value)}"'
        f' autocomplete="{complete}" maxlength="128" required{more}></label>'
    )


def _button(text: str) -> str:
    return f'<button type="submit">{text}</button>'


def _home() -> str:
    return '<p class="yw-foot"><a href="/">返回首页</a></p>'


def _wrong(text: str) -> str:
    return f'<p class="yw-wrong" role="alert">{escape(text)}</p>' if text else ""

"""The subjects that are not stored anywhere: nobody, the anonymous visitor, the operator."""

from __future__ import annotations

import getpass
import os

from app.security.contracts import Grant, Role, Subject

NOBODY = Subject(id="nobody", name="未登录", scopes=frozenset(), anonymous=True)
"""Holds no right at all: who asks where no request has said who they are."""

_VISITOR = Subject(id="anonymous", name="未登录", anonymous=True)


def anonymous(policy: str) -> Subject:
    """The visitor without login; `policy` is config.security.anonymous ("demo" or "none")."""
    return _VISITOR if policy == "demo" else NOBODY


def operator() -> Subject:
    """The person at the command line: an administrator named after the system account.

    Holds clerk and reviewer too, since whoever runs commands on the server owns its data.
    """
    grants = frozenset({Grant(Role.ADMIN), Grant(Role.REVIEWER), Grant(Role.CLERK)})
    name = _system_account()
    return Subject(id=f"cli:{name}", name=name, grants=grants)


def _system_account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a uid without a passwd entry has no name
        return str(os.getuid())

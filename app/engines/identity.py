"""Whom PostgreSQL runs as: it refuses root, and root's homes are closed to everybody else.

Started by root, the server becomes an unprivileged user that keeps one capability,
CAP_DAC_OVERRIDE, so that it reaches binaries and data below a 700 folder; no folder of the machine
has its mode changed. Numbers are those of linux/capability.h, securebits.h and prctl.h.
"""

from __future__ import annotations

import ctypes
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from app.errors import EngineFailed

_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522
_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_PR_SET_CHILD_SUBREAPER = 36
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
# Without it access(2) of a non-root user ignores the capability (fs/open.c, access_override_creds)
_SECBIT_NO_SETUID_FIXUP = 4
_SYSTEM_USERS = ("tonglan", "nobody")

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """A system user that a server started by root becomes."""

    uid: int
    gid: int
    name: str


def choose_identity(data: Path, run_as: str = "") -> Identity | None:
    """The user to become for the cluster at `data`; None: stay who we are. Raises EngineFailed."""
    if os.geteuid() != 0:
        _require_name(os.geteuid())
        return None
    names = (run_as,) if run_as else _SYSTEM_USERS
    if not run_as and data.exists() and (owner := data.stat().st_uid) != 0:
        names = (_require_name(owner),)
    for name in names:
        if (found := _find(name)) is not None:
            return found
    raise EngineFailed(
        f"没有可用于内置 PostgreSQL 的系统用户({'、'.join(names)});"
        "请建立一个(useradd --system tonglan)并写进 config.toml 的 engines.run_as"
    )


def die_with_parent(signal_number: int, parent: int) -> None:
    """Ask the kernel to send us `signal_number` when `parent` ends; exit if it already has."""
    _prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies (child subreaper)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def become(identity: Identity) -> None:
    """Turn this process (root) into `identity`, keeping CAP_DAC_OVERRIDE also across exec."""
    only = 1 << _CAP_DAC_OVERRIDE
    _prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(identity.gid, identity.gid, identity.gid)
    os.setresuid(identity.uid, identity.uid, identity.uid)
    _set_capabilities(only)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE)


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Data(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def _set_capabilities(mask: int) -> None:
    header = _Header(_CAPABILITY_VERSION_3, 0)
    data = (_Data * 2)(_Data(mask, mask, mask), _Data(0, 0, 0))
    if _libc.capset(ctypes.byref(header), ctypes.byref(data)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _prctl(option: int, *values: int) -> None:
    padded = (*values, 0, 0, 0, 0)[:4]
    if _libc.prctl(option, *(ctypes.c_ulong(value) for value in padded)) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def _find(name: str) -> Identity | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Identity(entry.pw_uid, entry.pw_gid, name) if entry.pw_uid != 0 else None


def _require_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise EngineFailed(
            f"当前用户(uid {uid})在 /etc/passwd 里没有条目,内置 PostgreSQL 无法初始化;"
            "请为它补一个条目,或在 config.toml 的 engines.postgres_url 填写外部数据库地址"
        ) from None

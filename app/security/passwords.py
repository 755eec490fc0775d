"""Passwords: argon2id hashes, the rules for a new one, and one-time passwords."""

from __future__ import annotations

import secrets
import string
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import BadRequest

_HASHER = PasswordHasher()  # argon2id, RFC 9106 low-memory profile: 64 MiB, 3 passes, 4 lanes

_MINIMUM = 8
_ADMIN_MINIMUM = 12  # GB/T 22239-2019 8.1.4.1 a asks for complexity; the lengths are ours
_MAXIMUM = 128
_CLASSES_NEEDED = 3

_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # without the look-alikes i l o 0 1
_GROUPS, _GROUP = 4, 4


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits the hash; an unknown account (None) takes just as long."""
    decoy = _nobodys_hash()
    try:
        return _HASHER.verify(stored or decoy, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def one_time_password() -> str:
    """A fresh password for handing over, 78 bits, without look-alike characters."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def check_password(password: str, *, account: str, admin: bool) -> None:
    """Raise BadRequest, naming every rule that a new password breaks."""
    minimum = _ADMIN_MINIMUM if admin else _MINIMUM
    broken = []
    if not minimum <= len(password) <= _MAXIMUM:
        broken.append(f"长度应为 {minimum}–{_MAXIMUM} 个字符")
    if _classes(password) < _CLASSES_NEEDED:
        broken.append("大写字母、小写字母、数字、符号至少含三种")
    if account and account.lower() in password.lower():
        broken.append("不能包含账号名")
    if len(set(password)) < len(password) / 3:
        broken.append("重复字符太多")
    if broken:
        raise BadRequest("新口令不符合要求:" + ";".join(broken))


def _classes(password: str) -> int:
    kinds = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
    named = sum(any(letter in kind for letter in password) for kind in kinds)
    other = any(letter not in string.ascii_letters + string.digits for letter in password)
    return named + other


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_hex(16))

from __future__ import annotations

import argon2
import pytest

from app.errors import BadRequest
from app.security.passwords import (
    check_password,
    hash_password,
    one_time_password,
    outdated,
    verify_password,
)


@pytest.mark.parametrize(
    "password", ["Abcdef12", "abc-def-12", "ABC-DEF-12", "密码Abc123", "a1-" * 3]
)
def test_a_password_of_three_kinds_is_taken(password: str) -> None:
    check_password(password, account="zhangsan", admin=False)


@pytest.mark.parametrize(("password", "rule"), [
    ("Abcde12", "长度"), ("A1-" + "bcdefgh" * 18, "长度"), ("abcdefgh1", "三种"),
    ("Zhangsan-2026", "账号名"), ("Aa1aaaaaaaaa", "重复")])  # fmt: skip
def test_a_weak_password_is_refused_with_the_rule(password: str, rule: str) -> None:
    with pytest.raises(BadRequest, match=rule):
        check_password(password, account="zhangsan", admin=False)


def test_an_admins_password_is_longer() -> None:
    with pytest.raises(BadRequest, match="12"):
        check_password("Abcdef1234-", account="admin", admin=True)
    check_password("Abcdef12345-", account="admin", admin=True)


def test_every_broken_rule_is_named_at_once() -> None:
    with pytest.raises(BadRequest, match=r"长度.*三种.*账号名"):
        check_password("bob", account="bob", admin=False)


def test_the_right_password_fits_and_another_does_not() -> None:
    stored = hash_password("Abcdef12")
    assert verify_password(stored, "Abcdef12")
    assert not verify_password(stored, "Abcdef13")
    assert not outdated(stored)


def test_nobodys_password_never_fits_even_an_unreadable_hash() -> None:
    assert not verify_password(None, "")
    assert not verify_password("not a hash", "x")


def test_an_unknown_account_takes_as_long_as_a_wrong_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both compute one hash with the same parameters, which is what takes the time."""
    computed: list[argon2.Parameters] = []
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, stored: str, password: str) -> bool:
        computed.append(argon2.extract_parameters(stored))
        return verify(self, stored, password)

    stored = hash_password("Abcdef12")
    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    for one in (stored, None):
        assert not verify_password(one, "wrong")
    assert len(computed) == 2
    assert computed[0] == computed[1]


def test_one_time_passwords_differ_and_avoid_look_alikes() -> None:
    many = {one_time_password() for _ in range(100)}
    assert len(many) == 100
    assert not set("".join(many)) & set("ilo01")

from __future__ import annotations

import threading

import pytest

from app.errors import BadCredentials, BadRequest, UnknownAccount
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.security.passwords import verify_password
from app.stores.postgres import PostgresAccounts, PostgresAudit

ADMIN = Grant(Role.ADMIN)


def test_the_first_start_creates_an_admin_and_shows_the_password_once(people: People) -> None:
    password = people.ensure_admin()
    account = people.accounts.require("admin")
    assert password is not None
    assert verify_password(people.accounts.password_hash(account.id), password)
    assert account.must_change
    assert ADMIN in account.grants
    assert people.ensure_admin() is None


def test_of_processes_starting_together_one_gets_the_password(people: People) -> None:
    found: list[str | None] = []
    starts = [threading.Thread(target=lambda: found.append(people.ensure_admin()))
              for _ in range(4)]  # fmt: skip
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert sum(one is not None for one in found) == 1


def test_no_default_password_is_used(people: People) -> None:
    one, other = people.add("a1", by="t"), people.add("a2", by="t")
    assert one != other
    assert len(one) >= 16


def test_the_stored_hash_is_argon2id(people: People, clerk: str) -> None:
    account = people.accounts.require("zhangsan")
    stored = people.accounts.password_hash(account.id)
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert clerk not in stored


@pytest.mark.parametrize("name", ["", "a", "a b", "a/b", "x" * 65, "<b>", "a\n"])
def test_an_unusable_name_is_refused(people: People, name: str) -> None:
    with pytest.raises(BadRequest, match="账号名"):
        people.add(name, by="t")


def test_a_chinese_name_may_sign_in(people: People) -> None:
    people.add("张三", by="t")
    assert people.accounts.require("张三").display_name == "张三"


def test_a_taken_name_is_refused(people: People, clerk: str) -> None:
    with pytest.raises(BadRequest, match="已存在"):
        people.add("zhangsan", by="t")


def test_an_unknown_account_is_named(people: People) -> None:
    with pytest.raises(UnknownAccount, match="lisi"):
        people.grant("lisi", ADMIN, by="t")


def test_a_name_that_no_database_can_hold_is_nobodys(accounts: PostgresAccounts) -> None:
    assert accounts.find("a\x00b") is None


def test_granting_and_revoking_come_back(people: People, clerk: str) -> None:
    reviewer = Grant(Role.REVIEWER, "water")
    people.grant("zhangsan", reviewer, by="t")
    people.grant("zhangsan", reviewer, by="t")
    assert reviewer in people.accounts.require("zhangsan").grants
    people.revoke("zhangsan", reviewer, by="t")
    assert people.accounts.require("zhangsan").grants == {Grant(Role.CLERK, "water")}


def test_revoking_what_is_not_held_is_said(people: People, clerk: str) -> None:
    with pytest.raises(BadRequest, match="没有这个角色"):
        people.revoke("zhangsan", Grant(Role.CLERK, "grid"), by="t")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_admin_and_auditor_are_not_held_for_a_topic(people: People, clerk: str, role: Role) -> None:
    with pytest.raises(BadRequest, match="不分专题"):
        people.grant("zhangsan", Grant(role, "water"), by="t")


def test_the_last_admin_stays(people: People) -> None:
    people.ensure_admin()
    with pytest.raises(BadRequest, match="最后一个"):
        people.set_disabled("admin", disabled=True, by="t")
    with pytest.raises(BadRequest, match="最后一个"):
        people.revoke("admin", ADMIN, by="t")


def test_a_disabled_second_admin_does_not_count(people: People) -> None:
    people.ensure_admin()
    people.add("second", grants=[ADMIN], by="t")
    people.set_disabled("second", disabled=True, by="t")
    with pytest.raises(BadRequest, match="最后一个"):
        people.set_disabled("admin", disabled=True, by="t")


def test_a_new_password_needs_the_old_one(people: People, clerk: str) -> None:
    account = people.accounts.require("zhangsan")
    with pytest.raises(BadCredentials, match="原口令"):
        people.change_password(account, old="wrong", new="Str0ng-enough")


def test_the_one_time_password_cannot_be_kept(people: People, clerk: str) -> None:
    account = people.accounts.require("zhangsan")
    with pytest.raises(BadRequest, match="相同"):
        people.change_password(account, old=clerk, new=clerk)


def test_a_new_password_ends_older_sessions(people: People, clerk: str) -> None:
    account = people.accounts.require("zhangsan")
    people.change_password(account, old=clerk, new="Str0ng-enough")
    changed = people.accounts.require("zhangsan")
    assert changed.epoch == account.epoch + 1
    assert not changed.must_change


def test_every_change_of_people_is_in_the_trail(
    people: People, clerk: str, audit: PostgresAudit
) -> None:
    people.grant("zhangsan", Grant(Role.DUTY), by="cli:op")
    people.reset_password("zhangsan", by="cli:op")
    people.set_disabled("zhangsan", disabled=True, by="cli:op")
    actions = [one.action for one in reversed(audit.list())]
    assert actions == ["user.add", "user.grant", "user.password", "user.disable"]
    assert {one.actor for one in audit.list(action="user.grant")} == {"cli:op"}


def test_no_password_reaches_the_trail(people: People, audit: PostgresAudit, clerk: str) -> None:
    fresh = people.reset_password("zhangsan", by="t")
    written = "".join(one.detail for one in audit.list())
    assert clerk not in written
    assert fresh not in written


def test_accounts_come_by_name(people: People, accounts: PostgresAccounts) -> None:
    for name in ("b2", "a1"):
        people.add(name, by="t")
    assert [one.name for one in accounts.all()] == ["a1", "b2"]

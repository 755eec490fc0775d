from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.errors import Forbidden, NotSignedIn
from app.security.contracts import Action, Grant, Resource, Role, Subject
from app.security.may import could, may, require
from app.security.subjects import NOBODY, anonymous, operator
from layers.contracts import Classification

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
VISITOR = anonymous("demo")
PUBLIC, INTERNAL = Classification.PUBLIC, Classification.INTERNAL
SENSITIVE, HIGHLY = Classification.SENSITIVE, Classification.HIGHLY_SENSITIVE


def person(*grants: Grant, scopes: frozenset[str] | None = None) -> Subject:
    return Subject("u1", "张三", frozenset(grants), scopes)


def layer(classification: Classification = PUBLIC, **more: object) -> Resource:
    return Resource("layer", "x", classification=classification, **more)  # type: ignore[arg-type]


def test_a_visitor_reads_public_demo_data() -> None:
    assert may(VISITOR, Action.READ, layer(demo=True))


@pytest.mark.parametrize("classification", [INTERNAL, SENSITIVE, HIGHLY])
def test_a_visitor_reads_no_demo_data_above_public(classification: Classification) -> None:
    assert not may(VISITOR, Action.READ, layer(classification, demo=True))


def test_a_visitor_reads_no_public_data_that_is_not_demo() -> None:
    assert not may(VISITOR, Action.READ, layer(demo=False))


def test_a_visitor_never_sees_what_the_program_did() -> None:
    event = Resource("event", classification=PUBLIC, demo=True)
    assert not may(VISITOR, Action.READ, event)
    assert not could(VISITOR, Action.READ, "event")
    assert may(person(Grant(Role.VIEWER)), Action.READ, Resource("event"))


def test_with_the_policy_none_a_visitor_reads_nothing() -> None:
    assert not may(anonymous("none"), Action.READ, layer(demo=True))
    assert not could(anonymous("none"), Action.READ, "page")


def test_an_unknown_policy_shows_nothing() -> None:
    assert anonymous("Demo") is NOBODY


@pytest.mark.parametrize("action", [one for one in Action if one is not Action.READ])
@pytest.mark.parametrize("kind", ["layer", "observation", "indicator", "user", "audit", "password"])
def test_a_visitor_changes_nothing(action: Action, kind: str) -> None:
    resource = Resource(kind, classification=PUBLIC, demo=True)
    assert not may(VISITOR, action, resource)
    assert not could(VISITOR, action, kind)


def test_a_kind_nobody_declared_is_refused_to_the_admin() -> None:
    admin = person(Grant(Role.ADMIN))
    assert not any(may(admin, action, Resource("spaceship")) for action in Action)


def test_an_account_without_a_role_sees_no_more_than_a_visitor() -> None:
    assert not may(person(), Action.READ, layer())
    assert may(person(), Action.READ, layer(demo=True))


def test_whoever_holds_any_role_reads_what_is_public_of_every_topic() -> None:
    clerk = person(Grant(Role.CLERK, "water"))
    assert may(clerk, Action.READ, layer(PUBLIC, topic="economy"))
    assert not may(clerk, Action.READ, layer(INTERNAL, topic="economy"))


@pytest.mark.parametrize(
    ("role", "highest"),
    [
        (Role.VIEWER, INTERNAL),
        (Role.CLERK, SENSITIVE),
        (Role.REVIEWER, HIGHLY),
        (Role.DUTY, SENSITIVE),
        (Role.LEADER, SENSITIVE),
        (Role.AUDITOR, INTERNAL),
        (Role.ADMIN, HIGHLY),
    ],
)
def test_each_role_reads_up_to_its_ceiling(role: Role, highest: Classification) -> None:
    readable = [c for c in Classification if may(person(Grant(role)), Action.READ, layer(c))]
    assert readable == list(Classification)[: list(Classification).index(highest) + 1]


def test_a_clerk_writes_in_the_own_topic_only() -> None:
    clerk = person(Grant(Role.CLERK, "water"))
    water = Resource("observation", topic="water")
    assert may(clerk, Action.WRITE, water)
    assert not may(clerk, Action.WRITE, Resource("observation", topic="economy"))
    assert not may(clerk, Action.WRITE, Resource("observation"))


def test_a_clerk_imports_but_does_not_publish() -> None:
    clerk = person(Grant(Role.CLERK))
    assert may(clerk, Action.IMPORT, layer())
    assert not may(clerk, Action.PUBLISH, layer())
    assert may(person(Grant(Role.REVIEWER)), Action.PUBLISH, layer())


def test_a_clerk_writes_nothing_above_the_ceiling() -> None:
    assert not may(person(Grant(Role.CLERK)), Action.IMPORT, layer(HIGHLY))


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.ADMIN, Role.AUDITOR)])
def test_the_trail_is_for_auditors(role: Role) -> None:
    assert not may(person(Grant(role)), Action.AUDIT, Resource("audit"))
    assert not may(person(Grant(role)), Action.READ, Resource("audit"))


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMIN])
def test_only_the_admin_administers(role: Role) -> None:
    assert not may(person(Grant(role)), Action.ADMINISTER, Resource("user"))
    assert may(person(Grant(Role.ADMIN)), Action.ADMINISTER, Resource("user"))


class TestRelease:
    number = Resource("observation", topic="economy", classification=PUBLIC, demo=True,
                      release_at=NOW)  # fmt: skip
    before = NOW - timedelta(microseconds=1)

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.LEADER, Role.DUTY, Role.ADMIN])
    def test_before_its_release_a_number_is_hidden_even_from(self, role: Role) -> None:
        assert not may(person(Grant(role)), Action.READ, self.number, now=self.before)

    @pytest.mark.parametrize("role", [Role.CLERK, Role.REVIEWER])
    def test_those_who_made_it_see_it_before(self, role: Role) -> None:
        mine, other = person(Grant(role, "economy")), person(Grant(role, "water"))
        assert may(mine, Action.READ, self.number, now=self.before)
        assert not may(other, Action.READ, self.number, now=self.before)

    def test_a_visitor_sees_it_from_the_very_moment_on(self) -> None:
        assert not may(VISITOR, Action.READ, self.number, now=self.before)
        assert may(VISITOR, Action.READ, self.number, now=NOW)

    def test_without_a_given_moment_the_clock_decides(self) -> None:
        long_ago = Resource("indicator", demo=True, classification=PUBLIC,
                            release_at=datetime(2020, 1, 1, tzinfo=UTC))  # fmt: skip
        far = Resource("indicator", demo=True, classification=PUBLIC,
                       release_at=datetime(2999, 1, 1, tzinfo=UTC))  # fmt: skip
        assert may(VISITOR, Action.READ, long_ago)
        assert not may(VISITOR, Action.READ, far)


class TestTokens:
    service = person(Grant(Role.CLERK), scopes=frozenset({"observations:write"}))

    def test_a_write_scope_writes_its_kind_and_reads_it_back(self) -> None:
        assert may(self.service, Action.WRITE, Resource("observation"))
        assert may(self.service, Action.READ, Resource("observation"))

    def test_a_scope_opens_nothing_else(self) -> None:
        assert not may(self.service, Action.WRITE, Resource("case"))
        assert not may(self.service, Action.IMPORT, Resource("layer"))
        assert not may(self.service, Action.READ, Resource("layer"))
        assert not may(self.service, Action.WRITE, Resource("password"))

    def test_a_scope_gives_nothing_that_the_owner_lacks(self) -> None:
        viewer = person(Grant(Role.VIEWER), scopes=frozenset({"observations:write"}))
        assert not may(viewer, Action.WRITE, Resource("observation"))
        assert not could(viewer, Action.WRITE, "observation")

    def test_an_unknown_scope_opens_nothing_but_the_demo(self) -> None:
        odd = person(Grant(Role.ADMIN), scopes=frozenset({"everything"}))
        assert not may(odd, Action.READ, Resource("layer", classification=PUBLIC))
        assert not may(odd, Action.ADMINISTER, Resource("user"))

    def test_an_admins_token_administers_nothing(self) -> None:
        admin = person(Grant(Role.ADMIN), scopes=frozenset({"read", "layers:write"}))
        assert not may(admin, Action.ADMINISTER, Resource("user"))
        assert not may(admin, Action.READ, Resource("user"))


def test_whoever_must_change_the_password_can_do_only_that() -> None:
    fresh = person(Grant(Role.ADMIN), scopes=frozenset({"password"}))
    assert may(fresh, Action.WRITE, Resource("password"))
    assert not may(fresh, Action.READ, layer(demo=True))
    assert not may(fresh, Action.ADMINISTER, Resource("user"))


def test_a_refusal_tells_the_visitor_to_sign_in() -> None:
    with pytest.raises(NotSignedIn, match="登录"):
        require(VISITOR, Action.READ, layer())


def test_a_refusal_tells_a_known_person_whom_to_ask() -> None:
    with pytest.raises(Forbidden, match="管理员"):
        require(person(Grant(Role.VIEWER)), Action.PUBLISH, layer())


def test_the_operator_may_do_everything_a_command_does() -> None:
    for action, kind in [(Action.IMPORT, "layer"), (Action.PUBLISH, "layer"),
                         (Action.WRITE, "observation"), (Action.REFRESH, "refresher"),
                         (Action.ADMINISTER, "user"), (Action.AUDIT, "audit")]:  # fmt: skip
        assert may(operator(), action, Resource(kind, topic="water", classification=HIGHLY))

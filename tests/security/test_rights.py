from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.security.contracts import Action, Grant, Resource, Role, Subject
from app.security.matrix import AUDIT_KINDS, DATA_KINDS, OPEN_KINDS, PEOPLE_KINDS, SCOPES
from app.security.may import could, may
from app.security.rights import rights_class
from app.security.subjects import anonymous
from layers.contracts import Classification

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TOPICS = ["water", "economy", 'a","b', "*", ""]
KINDS = sorted(DATA_KINDS | PEOPLE_KINDS | AUDIT_KINDS | OPEN_KINDS | {"spaceship"})

grants = st.builds(Grant, st.sampled_from(Role), st.none() | st.sampled_from(TOPICS[:3]))
scopes = st.none() | st.frozensets(st.sampled_from([*SCOPES, "password", "odd"]), max_size=3)
people = st.builds(
    Subject, st.text(max_size=3), st.just("x"), st.frozensets(grants, max_size=3), scopes
)
subjects = people | st.sampled_from([anonymous("demo"), anonymous("none")])
resources = st.builds(
    Resource,
    kind=st.sampled_from(KINDS),
    topic=st.none() | st.sampled_from(TOPICS),
    classification=st.sampled_from(Classification),
    demo=st.booleans(),
    release_at=st.none() | st.sampled_from([NOW, NOW + timedelta(seconds=1)]),
)

EVERY_RESOURCE = [
    Resource(kind, "", topic, classification, demo, release)
    for kind in KINDS
    for topic in (None, *TOPICS)
    for classification in Classification
    for demo in (False, True)
    for release in (None, NOW + timedelta(seconds=1))
]


def answers(subject: Subject) -> list[bool]:
    return [bool(may(subject, Action.READ, one, now=NOW)) for one in EVERY_RESOURCE]


@settings(max_examples=150, deadline=None)
@given(subjects, subjects)
def test_equal_classes_give_equal_answers_and_different_classes_differ_somewhere(
    one: Subject, other: Subject
) -> None:
    same_class = rights_class(one) == rights_class(other)
    assert same_class == (answers(one) == answers(other))


@settings(max_examples=300)
@given(subjects, st.sampled_from(Action), resources)
def test_a_door_never_stops_what_the_decision_would_allow(
    subject: Subject, action: Action, resource: Resource
) -> None:
    if may(subject, action, resource, now=NOW):
        assert could(subject, action, resource.kind)


@settings(max_examples=300)
@given(people, st.sampled_from(Action), resources)
def test_a_token_never_exceeds_its_owner(
    subject: Subject, action: Action, resource: Resource
) -> None:
    owner = Subject("o", "x", subject.grants)
    token = Subject("o", "x", subject.grants, subject.scopes or frozenset({"read"}))
    if may(token, action, resource, now=NOW):
        assert may(owner, action, resource, now=NOW)


def test_the_class_does_not_depend_on_who_it_is() -> None:
    grant = frozenset({Grant(Role.VIEWER)})
    assert rights_class(Subject("a", "甲", grant)) == rights_class(Subject("b", "乙", grant))


def test_a_topic_role_that_adds_nothing_leaves_the_class_alone() -> None:
    plain = Subject("a", "甲", frozenset({Grant(Role.VIEWER)}))
    more = Subject("a", "甲", frozenset({Grant(Role.VIEWER), Grant(Role.VIEWER, "water")}))
    assert rights_class(plain) == rights_class(more)


@settings(max_examples=150, deadline=None)
@given(people, grants)
def test_one_more_role_changes_the_class_exactly_when_it_changes_an_answer(
    person: Subject, grant: Grant
) -> None:
    more = Subject(person.id, person.name, person.grants | {grant}, person.scopes)
    assert (rights_class(person) == rights_class(more)) == (answers(person) == answers(more))

"""The permission matrix as data: which role may do what with which kinds, and how far it may see.

docs/permissions.md is written from these tables; a test fails when it is out of date.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.security.contracts import Action, Role
from layers.contracts import Classification

Kinds = frozenset[str]

OPEN_KINDS: Kinds = frozenset({"static", "health", "metrics", "login"})
"""Open to everybody: files of the program, health, counters, the login form."""

REFERENCE_KINDS: Kinds = frozenset({"page", "topic", "region", "organisation"})
DATA_KINDS: Kinds = REFERENCE_KINDS | {
    "layer",
    "tile",
    "feature",
    "indicator",
    "observation",
    "refresher",
    "case",
    "alert",
    "event",
    "submission",
    "directive",
    "duty",
    "rule",
    "warning",
}
"""What classification, topic and release date decide about."""

SIGNED_IN_KINDS: Kinds = frozenset({"event", "submission", "directive", "duty", "rule"})
"""Data that is never demo data: what the program did, what people upload, what a leader asked and
who is on duty; one must sign in."""

PEOPLE_KINDS: Kinds = frozenset({"user", "token", "setting"})
AUDIT_KINDS: Kinds = frozenset({"audit"})
PASSWORD = "password"
"""The kind of one's own password, and the scope of a session that must change it first."""

_WRITES: Kinds = frozenset(
    {"observation", "layer", "submission", "case", "indicator", "rule", "warning"}
)
_SHIFT: Kinds = frozenset({"case", "alert", "duty", "reply", "warning"})
"""What the shift writes: 确认 belongs to it alone; "warning" is a 法定预警
entered by hand; "reply" is a unit's answer to a 督办, "directive" the leader's word."""
_IMPORTS: Kinds = frozenset({"layer"})
_PUBLISHES: Kinds = frozenset({"layer", "observation", "indicator", "rule", "case"})
"""Of cases: what 考核 says of a month."""
_REFRESHES: Kinds = frozenset({"refresher", "indicator", "topic"})

CEILING: Mapping[Role, Classification] = {
    Role.VIEWER: Classification.INTERNAL,
    Role.CLERK: Classification.SENSITIVE,
    Role.REVIEWER: Classification.HIGHLY_SENSITIVE,
    Role.DUTY: Classification.SENSITIVE,
    Role.HANDLER: Classification.SENSITIVE,
    Role.LEADER: Classification.SENSITIVE,
    Role.AUDITOR: Classification.INTERNAL,
    Role.ADMIN: Classification.HIGHLY_SENSITIVE,
}
"""The highest class a role reads or writes, within the topic of its grant."""

PERMITS: Mapping[Role, Mapping[Action, Kinds]] = {
    Role.VIEWER: {Action.READ: DATA_KINDS},
    Role.CLERK: {
        Action.READ: DATA_KINDS,
        Action.WRITE: _WRITES,
        Action.IMPORT: _IMPORTS,
        Action.REFRESH: _REFRESHES,
    },
    Role.REVIEWER: {
        Action.READ: DATA_KINDS,
        Action.WRITE: _WRITES,
        Action.IMPORT: _IMPORTS,
        Action.PUBLISH: _PUBLISHES,
        Action.REFRESH: _REFRESHES,
    },
    Role.DUTY: {
        Action.READ: DATA_KINDS,
        Action.WRITE: _SHIFT,
        Action.REFRESH: _REFRESHES,
    },
    Role.HANDLER: {Action.READ: DATA_KINDS, Action.WRITE: frozenset({"case", "reply"})},
    Role.LEADER: {Action.READ: DATA_KINDS, Action.WRITE: frozenset({"directive"})},
    Role.AUDITOR: {Action.READ: DATA_KINDS | AUDIT_KINDS, Action.AUDIT: AUDIT_KINDS},
    Role.ADMIN: {
        Action.READ: DATA_KINDS | PEOPLE_KINDS | AUDIT_KINDS,
        Action.WRITE: _WRITES | _SHIFT | {"directive"},
        Action.IMPORT: _IMPORTS,
        Action.PUBLISH: _PUBLISHES,
        Action.REFRESH: _REFRESHES,
        Action.ADMINISTER: PEOPLE_KINDS | {"topic", "layer", "region", "organisation"},
        Action.AUDIT: AUDIT_KINDS,
    },
}
"""What each role may do, and with which kinds. What is not here is refused."""

BEFORE_RELEASE: frozenset[Role] = frozenset({Role.CLERK, Role.REVIEWER})
"""Who sees a number before its release: those who made it, in their topic. Not the admin."""

SCOPES: Mapping[str, Mapping[Action, Kinds]] = {
    "read": {Action.READ: DATA_KINDS},
    "observations:write": {
        Action.READ: REFERENCE_KINDS | {"indicator", "observation"},
        Action.WRITE: frozenset({"observation"}),
    },
    "layers:write": {
        Action.READ: REFERENCE_KINDS | {"layer", "tile", "feature", "submission"},
        Action.WRITE: frozenset({"layer", "submission"}),
        Action.IMPORT: _IMPORTS,
    },
    "layers:publish": {
        Action.READ: REFERENCE_KINDS | {"layer", "tile", "feature", "submission"},
        Action.WRITE: frozenset({"submission"}),
        Action.PUBLISH: frozenset({"layer"}),
    },
    "cases:write": {
        Action.READ: REFERENCE_KINDS | {"case"},
        Action.WRITE: frozenset({"case"}),
    },
    "warnings:write": {
        Action.READ: REFERENCE_KINDS | {"warning"},
        Action.WRITE: frozenset({"warning"}),
    },
    "refresh": {Action.READ: REFERENCE_KINDS | {"indicator"}, Action.REFRESH: _REFRESHES},
}
"""What a token with the scope may do at most; a write scope reads back what it writes."""

SERVICE_ROLES: Mapping[str, Role] = {
    "read": Role.VIEWER,
    "observations:write": Role.CLERK,
    "layers:write": Role.CLERK,
    "layers:publish": Role.REVIEWER,
    "cases:write": Role.CLERK,
    "warnings:write": Role.CLERK,
    "refresh": Role.CLERK,
}
"""The role a token without an owner holds for each of its scopes."""


def scoped_kinds(scopes: frozenset[str] | None, action: Action) -> Kinds | None:
    """The kinds that the scopes leave for the action; None when nothing is narrowed."""
    if scopes is None:
        return None
    return frozenset[str]().union(*(SCOPES.get(one, {}).get(action, frozenset()) for one in scopes))

"""The one permission decision. Deny by default; the same function on every path."""

from __future__ import annotations

from datetime import UTC, datetime

from app.errors import Forbidden, NotSignedIn
from app.security.contracts import Action, Decision, Grant, Resource, Subject
from app.security.matrix import OPEN_KINDS, PASSWORD, PERMITS, scoped_kinds
from app.security.rights import ceiling_covers, read_rights

_YES = Decision(True)

_NAMES = {
    Action.READ: "查看",
    Action.WRITE: "填报",
    Action.IMPORT: "导入",
    Action.PUBLISH: "发布",
    Action.REFRESH: "取数",
    Action.ADMINISTER: "管理",
    Action.AUDIT: "审计",
}


def may(
    subject: Subject, action: Action, resource: Resource, *, now: datetime | None = None
) -> Decision:
    """Whether the subject may do this with the resource at `now` (default: this moment).

    Nothing is looked up; the clock is asked only for things with a release date.
    """
    if _open(action, resource.kind):
        return _YES
    if action is Action.READ:
        moment = now or (datetime.now(UTC) if resource.release_at else None)
        allowed = read_rights(subject).allows(resource, moment)
    elif resource.kind == PASSWORD:
        allowed = _own_password(subject, action)
    else:
        allowed = _scoped(subject, action, resource.kind) and any(
            _grants(grant, action, resource) for grant in subject.grants
        )
    return _YES if allowed else _refusal(subject, action)


def could(subject: Subject, action: Action, kind: str) -> Decision:
    """Whether there is any resource of the kind for which `may` could say yes.

    The coarse question of a door, answered before the request's body is read.
    """
    if _open(action, kind):
        return _YES
    if action is Action.READ:
        allowed = read_rights(subject).any_of(kind)
    elif kind == PASSWORD:
        allowed = _own_password(subject, action)
    else:
        allowed = _scoped(subject, action, kind) and any(
            kind in PERMITS[grant.role].get(action, ()) for grant in subject.grants
        )
    return _YES if allowed else _refusal(subject, action)


def require(
    subject: Subject, action: Action, resource: Resource, *, now: datetime | None = None
) -> None:
    """Return when `may` says yes; else raise NotSignedIn (nobody is known) or Forbidden."""
    enforce(subject, may(subject, action, resource, now=now))


def enforce(subject: Subject, decision: Decision) -> None:
    """Raise what a refusal means for this subject; return when the decision is yes."""
    if decision:
        return
    raise (NotSignedIn if subject.anonymous else Forbidden)(decision.reason)


def _open(action: Action, kind: str) -> bool:
    return (action is Action.READ and kind in OPEN_KINDS) or (
        action is Action.WRITE and kind == "login"
    )


def _own_password(subject: Subject, action: Action) -> bool:
    session = subject.scopes is None or subject.scopes == {PASSWORD}
    return action is Action.WRITE and session and not subject.anonymous


def _scoped(subject: Subject, action: Action, kind: str) -> bool:
    scopes = None if subject.scopes is None else frozenset(subject.scopes)
    left = scoped_kinds(scopes, action)
    return left is None or kind in left


def _grants(grant: Grant, action: Action, resource: Resource) -> bool:
    return (
        resource.kind in PERMITS[grant.role].get(action, ())
        and grant.topic in (None, resource.topic)
        and ceiling_covers(grant.role, resource.classification)
    )


def _refusal(subject: Subject, action: Action) -> Decision:
    if subject.anonymous:
        return Decision(False, f"{_NAMES[action]}需要先登录,或在请求中带上接口令牌")
    if subject.scopes == {PASSWORD}:
        return Decision(False, "首次登录须先修改口令,请打开 /password")
    if subject.scopes is not None:
        return Decision(
            False, f"令牌没有{_NAMES[action]}权限;请管理员用 tonglan tokens add 另发一个"
        )
    return Decision(False, f"您没有{_NAMES[action]}权限;请向系统管理员申请相应角色")

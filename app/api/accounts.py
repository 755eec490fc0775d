"""Who I am, and who else there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from app.security.context import current_subject
from app.security.contracts import Action, Grant, Resource, Subject
from app.security.doors import door
from app.security.may import require
from app.security.people import Account
from app.services import Services

Asking = Annotated[Subject, Depends(current_subject)]


def router(services: Services) -> APIRouter:
    """GET /api/v1/me and GET /api/v1/users."""
    routes = APIRouter(prefix="/api/v1", tags=["账号"])

    @routes.get("/me", summary="当前是谁,有哪些角色")
    @door(Action.READ, "login")
    async def me(subject: Asking) -> dict[str, Any]:
        return {
            "id": subject.id,
            "name": subject.name,
            "anonymous": subject.anonymous,
            "roles": grants_json(subject.grants),
            "unit": subject.unit,
            "scopes": None if subject.scopes is None else sorted(subject.scopes),
        }

    @routes.get("/users", summary="全部账号(系统管理员)")
    @door(Action.READ, "user")
    def users(subject: Asking) -> dict[str, Any]:
        require(subject, Action.READ, Resource("user"))
        return {"items": [account_json(one) for one in services.accounts.all()], "next": None}

    return routes


def account_json(account: Account) -> dict[str, Any]:
    """An account as scripts see it."""
    last = account.last_login_at
    return {
        "id": account.id,
        "name": account.name,
        "display_name": account.display_name,
        "roles": grants_json(account.grants),
        "unit": account.unit,
        "disabled": account.disabled,
        "must_change": account.must_change,
        "last_login_at": None if last is None else last.isoformat(),
    }


def grants_json(grants: Iterable[Grant]) -> list[dict[str, str | None]]:
    """Grants in a stable order."""
    held = sorted(grants, key=lambda grant: (grant.role.value, grant.topic or ""))
    return [{"role": grant.role.value, "topic": grant.topic} for grant in held]

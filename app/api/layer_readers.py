"""Who may see a layer, in words: the roles of the permission matrix that reach its class."""

from __future__ import annotations

from app.security.contracts import Action, Role
from app.security.matrix import PERMITS
from app.security.matrix_text import ROLE_TITLES
from app.security.rights import ceiling_covers
from layers.contracts import Classification, Layer


def readers(layer: Layer, *, visitors: bool) -> list[str]:
    """The roles in words; `visitors`: whether those who are not signed in may look too."""
    if visitors:
        return ["所有人(无需登录)"]
    if layer.classification is Classification.PUBLIC:
        return ["所有登录的人"]
    where = "(全市或本专题)" if layer.topic else "(全市)"
    return [
        ROLE_TITLES[role] + where
        for role in Role
        if "layer" in PERMITS[role].get(Action.READ, ())
        and ceiling_covers(role, layer.classification)
    ]

"""How words of people are kept in the audit: whole only where every auditor may read them."""

from __future__ import annotations

from app.security.contracts import Role
from app.security.rights import ceiling_covers
from layers.contracts import Classification

KEPT_ELSEWHERE = "(内容按级别不入审计,见原件)"


def audited(text: str, classification: Classification | None) -> str:
    """The words, or where they are found: who audits reads of everything, up to 内部.

    What nobody knows the class of counts as 敏感.
    """
    open_to_all = classification is not None and ceiling_covers(Role.AUDITOR, classification)
    return text if open_to_all or not text else KEPT_ELSEWHERE

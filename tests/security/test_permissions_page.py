from __future__ import annotations

from pathlib import Path

from app.security.contracts import Role
from app.security.matrix import CEILING, DATA_KINDS, PERMITS, SCOPES, SERVICE_ROLES
from app.security.matrix_text import permissions_page

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_the_page_is_what_the_code_says() -> None:
    # To renew: write permissions_page() to the file.
    assert PAGE.read_text(encoding="utf-8") == permissions_page()


def test_every_role_has_a_row_and_a_ceiling() -> None:
    assert set(PERMITS) == set(CEILING) == set(Role)
    assert all(f"`{role}`" in permissions_page() for role in Role)


def test_every_scope_gives_its_service_a_role_that_can_use_it() -> None:
    assert set(SERVICE_ROLES) == set(SCOPES)
    for scope, permits in SCOPES.items():
        role = PERMITS[SERVICE_ROLES[scope]]
        assert all(kinds <= role[action] for action, kinds in permits.items())


def test_every_role_reads_data() -> None:
    assert all(
        DATA_KINDS <= kinds
        for role in Role
        for action, kinds in PERMITS[role].items()
        if action == "read"
    )

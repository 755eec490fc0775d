from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.cases.units import Units
from app.main import REFERENCE
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.security.identify import account_subject
from app.security.people import Token
from app.security.tokens import token_subject
from app.stores.postgres import PostgresAccounts, PostgresAudit
from layers.stores.postgres_engine import connect
from topics.kit.errors import BadCase
from topics.kit.organisations import Organisations
from topics.kit.regions import RegionTree

UNITS = Units(
    Organisations.load(REFERENCE / "organisations.csv"),
    RegionTree.load(REFERENCE / "regions.csv"),
)


@pytest.fixture
def engine(database_url: str) -> sa.Engine:
    return connect(database_url)


def test_an_account_works_for_its_unit_through_session_and_token(engine: sa.Engine) -> None:
    accounts = PostgresAccounts(engine)
    people = People(accounts, PostgresAudit(engine))
    people.add("wang", grants=[Grant(Role.HANDLER)], unit="cgj", by="t")
    account = accounts.require("wang")
    assert account_subject(account).unit == "cgj"
    token = Token("1", "t", account.id, {"cases:write"}, None, datetime.now(UTC), "t")
    assert token_subject(token, account).unit == "cgj"
    assert token_subject(token, None).unit is None
    people.set_unit("wang", "region:440205", by="t")
    assert accounts.require("wang").unit == "region:440205"
    people.set_unit("wang", None, by="t")
    assert accounts.require("wang").unit is None
    engine.dispose()


def test_a_unit_is_an_organisation_or_a_place() -> None:
    assert UNITS.require("cgj") == "cgj"
    assert UNITS.name(UNITS.require("region:440205")) == "曲江区(属地)"
    assert UNITS.name("gone") == "gone"
    assert UNITS.name(None) == ""
    for wrong in ("nobody", "region:999999", "440205"):
        with pytest.raises(BadCase, match=re.escape("写单位编号,如 swzfw(市委政法委)")):
            UNITS.require(wrong)

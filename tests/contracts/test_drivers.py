"""Only a store file named after a driver imports that driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_imports import ROOT, imports_of, within

DRIVERS = {
    "sqlalchemy": "postgres",
    "psycopg": "postgres",
    "alembic": "postgres",
    "redis": "valkey",
    "valkey": "valkey",
}


def may_import(file: str, store: str) -> bool:
    path = Path(file)
    if store == "postgres" and path.is_relative_to("app/migrations"):
        return True
    return path.parent.name == "stores" and path.name.startswith(store)


@pytest.mark.parametrize(("driver", "store"), DRIVERS.items())
def test_a_driver_is_imported_in_its_store_files_only(driver: str, store: str) -> None:
    wrong = {
        file
        for package in ("app", "layers", "topics")
        for file, name in imports_of(ROOT / package)
        if within(name, driver) and not may_import(file, store)
    }
    assert wrong == set()

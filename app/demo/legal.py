"""The demo city holds one 法定预警, as its issuer would have sent it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.services import Services
from topics.kit.warnings.check import Checker

_REFERENCE = "示例-森林火险-1"


def seed_legal(services: Services, now: datetime) -> None:
    """Write it where it is not there yet; it holds until its issuer ends it."""
    checker = Checker(services.warning_tables, services.regions)
    issued = checker.read(
        {
            "issuer": "韶关市气象台",
            "kind": "森林火险",
            "level": "黄",
            "area": [services.config.city.code],
            "valid_from": (now - timedelta(hours=20)).replace(minute=0, second=0).isoformat(),
            "text": "(示例)天气干燥,森林火险等级较高,请加强林区火源管理。",
            "reference": _REFERENCE,
        },
        now,
    )
    held = services.legal_warnings.newest(limit=500)
    if not any(one.issued.reference == _REFERENCE for one in held):
        services.legal_warnings.add(issued, now=now, by="demo:legal")

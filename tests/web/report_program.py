"""The whole web program on real engines with three months of reports, and people signed in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from app.config import Config, LogConfig
from app.demo.filings import seed_filings
from app.demo.history import history
from app.engines.contracts import EngineUrls
from app.main import compose
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.security.requests import cookie_name
from app.services import Services
from app.stores.valkey import Session
from app.web_program import create_web

PASSWORD = "Beijiang-2026-Danxia"
NAMES = {
    "wangfang": ("王芳", Grant(Role.CLERK, "economy")),
    "liwen": ("李文", Grant(Role.CLERK, "economy")),
    "zhoumin": ("周敏", Grant(Role.REVIEWER, "economy")),
    "boss": ("系统管理员", Grant(Role.ADMIN)),
}


def services_of(home: Path, urls: EngineUrls, *, whole: bool = True) -> Services:
    """Its services; not `whole`: the numbers of the economy alone, and nobody has reported yet."""
    services = compose(replace(Config(), home_path=home, log=LogConfig("ERROR")), urls)
    now = datetime.now(UTC)
    for spec in services.reports.forms.specs():
        if not whole and spec.id != "economy.monthly_report":
            continue
        for column in services.reports.forms.columns(spec):
            services.observations.append(history(column, now), now=now, live=False)
    if whole:
        seed_filings(services, now)
    people = People(services.accounts, services.audit)
    for name, (shown, grant) in NAMES.items():
        once = people.add(name, display_name=shown, grants=[grant], by="system")
        people.change_password(services.accounts.require(name), old=once, new=PASSWORD)
    return services


def cookie(services: Services, name: str) -> tuple[str, str]:
    """Name and value of the cookie of somebody who has signed in."""
    account = services.accounts.require(name)
    secret = services.sessions.open(Session(account.id, account.epoch))
    return cookie_name(secure=False), secret


@contextmanager
def program(services: Services, urls: EngineUrls, port: int = 0) -> Iterator[str]:
    """The address at which the program is served."""
    web = create_web(services, urls)
    listener = socket.create_server(("127.0.0.1", port))
    options: Any = {"log_level": "error", "ws": "none", "timeout_graceful_shutdown": 1}
    running = uvicorn.Server(uvicorn.Config(web.server, **options))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        running.should_exit = True
        thread.join(15)
        listener.close()

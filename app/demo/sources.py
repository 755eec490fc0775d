"""The demo's source systems as one child process: web services, drop folders and tables.

Every value is a function of the clock, so a restart continues where the last run ended. The
addresses go to HOME/demo/sources.json ({name: url}); refreshers only know the names.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import uvicorn

from app.demo import drops, readings
from app.demo.service import create_service, service_names
from app.demo.stores.postgres_sources import PostgresSources
from layers.errors import StoreUnavailable
from layers.stores.postgres_engine import connect
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.manifest_indicators import IndicatorSpec

HOST = "127.0.0.1"
SQL_SOURCES = ("grid_platform", "market_registry", "water_supply")
_TABLES_EVERY = timedelta(seconds=5)
_REPORTS_EVERY = timedelta(minutes=5)
_TABLES_PATIENCE_S = 10.0
_log = structlog.get_logger("demo.sources")


def run(home: Path, postgres_url: str) -> None:
    """Serve all sources until the process is asked to stop."""
    folder = home / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    listening = _listen(_former_port(folder / "sources.json"))
    tables = PostgresSources(connect(postgres_url))
    stop, written = threading.Event(), threading.Event()
    writer = threading.Thread(
        target=_keep_writing, args=(tables, folder, stop, written), name="demo-writer", daemon=True
    )
    writer.start()
    written.wait(_TABLES_PATIENCE_S)  # who reads the addresses finds tables behind them
    register(folder, listening.getsockname()[1], postgres_url)
    config = uvicorn.Config(
        create_service(), log_level="warning", access_log=False, timeout_graceful_shutdown=2
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        stop.set()
        writer.join(timeout=3)


def register(folder: Path, port: int, postgres_url: str) -> None:
    """Write every source's address to sources.json, whole or not at all."""
    reports = drops.drop_reports(folder, _specs(), datetime.now(UTC))
    addresses = {name: f"http://{HOST}:{port}/{name}" for name in service_names()}
    addresses |= dict.fromkeys(SQL_SOURCES, postgres_url)
    addresses |= {name: str(path) for name, path in reports.items()}
    unfinished = folder / "sources.json.part"
    unfinished.touch(mode=0o600)  # the database address may carry a password
    unfinished.write_text(json.dumps(addresses, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(unfinished, folder / "sources.json")


def write_tables(tables: PostgresSources, now: datetime) -> None:
    """Bring the bureaus' tables to their state at `now`."""
    tables.replace({
        name: [_stored(row) for row in answer(now)] for name, answer in readings.TABLES.items()
    })  # fmt: skip


def _stored(row: readings.Row) -> dict[str, object]:
    cells = dict(row)
    if "date" in cells:
        cells["day"] = datetime.fromisoformat(str(cells.pop("date"))).date()
    if "time" in cells:
        cells["time"] = datetime.fromisoformat(str(cells["time"]))
    return cells


def _keep_writing(
    tables: PostgresSources, folder: Path, stop: threading.Event, written: threading.Event
) -> None:
    """Write tables and reports until told to stop; a lost database is waited for."""
    prepared, reports_due, lost = False, datetime.now(UTC) + _REPORTS_EVERY, False
    while not stop.is_set():
        now = datetime.now(UTC)
        try:
            if not prepared:
                tables.prepare()
            prepared = True
            write_tables(tables, now)
            written.set()
            if lost:
                _log.info("示例数据源:数据库已恢复")
            lost = False
        except StoreUnavailable as wrong:
            if not lost:
                _log.warning("示例数据源:数据库暂不可用,稍后再试", reason=str(wrong))
            lost = True
        if now >= reports_due:
            drops.drop_reports(folder, _specs(), now)
            reports_due = now + _REPORTS_EVERY
        stop.wait(_TABLES_EVERY.total_seconds())


def _specs() -> dict[str, IndicatorSpec]:
    return {spec.id: spec for spec in Catalogue.load([SHIPPED], ()).indicators()}


def _former_port(addresses: Path) -> int:
    """The port of the last run, so that addresses survive a restart; 0 when there is none."""
    try:
        known = json.loads(addresses.read_text(encoding="utf-8"))
        return urlsplit(str(known[service_names()[0]])).port or 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _listen(port: int) -> socket.socket:
    """A listening socket on the wished port, or on a free one when it is taken."""
    try:
        return _bound(port)
    except OSError:
        return _bound(0)


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise
    listening.listen(128)
    return listening

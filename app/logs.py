"""Structured logs: one event a line, JSON for machines, plain text for a terminal, UTC."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from app.config import LogConfig


def configure_logs(settings: LogConfig, *, role: str) -> None:
    """Send our logs and the libraries' to stderr in one form; every line names the role."""
    level = logging.getLevelNamesMapping().get(settings.level.upper(), logging.INFO)
    as_json = settings.format == "json" or (settings.format == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _of(role),
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "httpx", "alembic"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    # It warns of every tick that finds the last run still at work, which is as it should be.
    logging.getLogger("apscheduler").setLevel(max(level, logging.ERROR))
    for adopted in ("uvicorn", "uvicorn.error"):
        logging.getLogger(adopted).handlers.clear()
        logging.getLogger(adopted).propagate = True


def _of(role: str) -> Any:
    """A processor that names the role; a context variable would not reach the other threads."""

    def name(_: Any, __: str, event: Any) -> Any:
        event.setdefault("role", role)
        return event

    return name

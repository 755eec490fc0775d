"""Who asks, everywhere below one request: a context variable set by the gate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from app.security.contracts import Subject
from app.security.subjects import NOBODY

_SUBJECT: ContextVar[Subject] = ContextVar("tonglan_subject", default=NOBODY)


def current() -> Subject:
    """The subject of the running request or callback; nobody (without any right) outside one."""
    return _SUBJECT.get()


async def current_subject() -> Subject:
    """FastAPI dependency: `subject: Annotated[Subject, Depends(current_subject)]`."""
    return current()


@contextmanager
def acting_as(subject: Subject) -> Iterator[None]:
    """Everything inside the block is asked by `subject`."""
    token = _SUBJECT.set(subject)
    try:
        yield
    finally:
        _SUBJECT.reset(token)

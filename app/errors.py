"""What can go wrong in the program around layers and topics.

AppError
├── BadConfig            config.toml has an unknown key or a wrong value
├── EngineFailed         a private engine (Valkey, PostgreSQL) cannot be started or was lost
├── HomeInUse            the home belongs to another running program
├── PortUnavailable      the address of the pages cannot be listened on
├── NotSignedIn          the door needs a known person
├── Forbidden            the person is known, the answer is no
├── BadCredentials       name or password is wrong, or tried too often
├── UnknownAccount       no such user or token
├── AuditBroken          the audit chain does not hold
├── TooManyStreams       one address holds too many live connections
├── UnknownJob           no such job, or not this person's
├── JobEnded             a job that has ended cannot be cancelled
├── NoPicture            what is asked for has no small picture
├── KeyReused            an Idempotency-Key that already stands for another request
└── BadRequest           a request that cannot be read
    └── BadUploadRequest headers of a resumable upload that cannot be read
"""

from __future__ import annotations


class AppError(Exception):
    """Base of every error of the program; its text is Chinese and says what to do."""


class BadConfig(AppError):
    """config.toml has an unknown key or a wrong value; the text names the full path of the key."""


class EngineFailed(AppError):
    """A private engine (Valkey, PostgreSQL) cannot be started or was lost."""


class HomeInUse(AppError):
    """The home belongs to another running program that does not hand over."""


class PortUnavailable(AppError):
    """The address of the pages cannot be listened on; the text says who has it and what to do."""


class NotSignedIn(AppError):
    """The door needs a known person."""


class Forbidden(AppError):
    """The person is known and the answer is no; the text says who can grant it."""


class NoPicture(AppError):
    """What is asked for has no small picture; the text says what has one."""


class BadCredentials(AppError):
    """Name or password is wrong, or was tried too often."""


class UnknownAccount(AppError):
    """No such user or token."""


class AuditBroken(AppError):
    """The audit chain does not hold: a row was changed, removed or put in."""


class TooManyStreams(AppError):
    """One address holds too many live connections; the text names the setting."""


class UnknownJob(AppError):
    """No such job, or it belongs to somebody else."""


class JobEnded(AppError):
    """The job has ended and cannot be cancelled any more."""


class KeyReused(AppError):
    """An Idempotency-Key already stands for another request."""


class BadRequest(AppError):
    """A request cannot be read; the text says which part and how it should look."""

    def __init__(self, text: str, *, item: str = "") -> None:
        """Say what is wrong; `item` is the field that it is about, where a form shows it."""
        super().__init__(text)
        self.problem = {"errors": [{"item": item, "problem": text}]} if item else {}


class BadUploadRequest(BadRequest):
    """The headers of a resumable upload cannot be read."""

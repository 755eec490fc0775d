"""Checks of what a file holds, one a file, and the one-click fixes of what they find.

`check` says what is wrong; `apply_fixes` does what was chosen; `check` again on the result says
what is left; `quarantine` names the rows that stay out of the version because of it, and `kept`
gives the others. `check` wants the features placed but whole: what has no place is among its
findings, and with `CheckRules.original` it finds swapped pairs of metres too.
"""

from layers.checks.check import (
    apply_fixes,
    bad_numbers,
    check,
    kept,
    numbers_again,
    quarantine,
)
from layers.checks.codes import CodedRegion, CodeTable
from layers.checks.contracts import CheckReport, CheckRules, Fixed, Issue, Original
from layers.checks.schema import Schema, SchemaChange, schema_change, schema_of

__all__ = [
    "CheckReport",
    "CheckRules",
    "CodeTable",
    "CodedRegion",
    "Fixed",
    "Issue",
    "Original",
    "Schema",
    "SchemaChange",
    "apply_fixes",
    "bad_numbers",
    "check",
    "kept",
    "numbers_again",
    "quarantine",
    "schema_change",
    "schema_of",
]

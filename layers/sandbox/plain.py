"""Values as JSON and back, without ever naming a class to be made: for what a child hands over."""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

Plain = Any
_SIMPLE = (str, bool, int, type(None))


def encode(value: Any) -> Plain:
    """What JSON can hold of the value; a thing of no known kind becomes its text."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NA or value is pd.NaT:
        return {"$na": ""}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if type(value) in _SIMPLE:
        return value
    if isinstance(value, Mapping):
        return {"$map": [[encode(key), encode(one)] for key, one in value.items()]}
    if isinstance(value, list):
        return [encode(one) for one in value]
    if isinstance(value, (tuple, np.ndarray)):
        return {"$tuple": [encode(one) for one in value]}
    for tag, (kind, write, _) in _TAGGED.items():
        if isinstance(value, kind):
            return {tag: write(value)}
    return str(value)


def decode(plain: Plain) -> Any:
    """The value that `encode` was given; raises ValueError for what it never writes."""
    if isinstance(plain, list):
        return [decode(one) for one in plain]
    if not isinstance(plain, dict):
        return plain
    if len(plain) != 1:
        raise ValueError("not a tagged value")
    ((tag, content),) = plain.items()
    if tag == "$na":
        return pd.NA
    if tag == "$float":
        return float(content)
    if tag == "$tuple":
        return tuple(decode(one) for one in content)
    if tag == "$map":
        return {decode(key): decode(one) for key, one in content}
    if tag not in _TAGGED:
        raise ValueError(f"unknown tag {tag!r}")
    return _TAGGED[tag][2](content)


_TAGGED: Mapping[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    # a datetime is a date too: it must be asked for first
    "$datetime": (dt.datetime, lambda one: one.isoformat(), dt.datetime.fromisoformat),
    "$date": (dt.date, lambda one: one.isoformat(), dt.date.fromisoformat),
    "$time": (dt.time, lambda one: one.isoformat(), dt.time.fromisoformat),
    "$decimal": (Decimal, str, Decimal),
    "$bytes": (bytes, lambda one: base64.b64encode(one).decode("ascii"), base64.b64decode),
}

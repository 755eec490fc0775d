"""What was found in an upload, as the JSON that is kept with its submission and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.contracts import CrsDecision, Question
from layers.intake.examine import Asked, Examined
from layers.readers import RasterInfo, Reading
from layers.review.contracts import Submission
from layers.review.issues import issues_json

_MOST_FIELDS = 300
_SAMPLE = 60


def report_json(examined: Examined) -> dict[str, Any]:
    """Everything that reading and checking found out."""
    reading, level = examined.reading, examined.found.classification
    return _of_reading(reading) | {
        "geometry": examined.kind,
        "features": int((~examined.held).sum()),
        "fields": fields_json(examined.frame),
        "crs": crs_json(examined.crs),
        "key": _key(examined),
        "checks": issues_json(examined),
        "problems": [asdict(one) for one in examined.problems],
        "classification": None if level is None else level.value,
        "masks": dict(examined.left.masks),
        "schema": None if examined.left.schema is None else examined.left.schema.to_json(),
    }


def _key(examined: Examined) -> dict[str, Any]:
    """The key that is used, or the column that could be one with how far it tells apart."""
    suggested = examined.suggested_key
    return {
        "column": examined.key,
        "suggested": None if suggested is None else asdict(suggested),
    }


def asked_json(asked: Asked) -> dict[str, Any] | None:
    """What is known of a file that leaves a question; None when it could not be read yet."""
    if asked.reading is None:
        return None
    frame = asked.reading.frame
    return _of_reading(asked.reading) | {
        "features": len(frame),
        "fields": fields_json(frame),
        "crs": crs_json(asked.crs) if asked.crs is not None else None,
    }


def usable(submission: Submission) -> bool:
    """Whether at least one feature would go into the version."""
    checks = (submission.report or {}).get("checks") or {}
    return int(checks.get("total", 0)) > int(checks.get("quarantined", 0))


def question_json(question: Question) -> dict[str, Any]:
    """A question with its options."""
    return {
        "kind": question.kind,
        "text": question.text,
        "options": [asdict(one) for one in question.options],
    }


def file_json(file: Mapping[str, Any], reading: Reading | None) -> dict[str, Any]:
    """What is known of the file, with the layers or sheets that reading found inside."""
    if reading is None:
        return dict(file)
    return {**file, "parts": [asdict(one) for one in reading.parts]}


def crs_json(decision: CrsDecision) -> dict[str, Any]:
    """The decision about coordinates with its evidence."""
    return {
        "decided": decision.decided,
        "declared": decision.declared,
        "confidence": decision.confidence,
        "evidence": list(decision.evidence),
        "candidates": [_plain(one) for one in decision.candidates],
    }


def fields_json(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Each attribute with its type, a sample and how often it is empty."""
    names = [one for one in frame.columns if one != frame.geometry.name]
    return [_field(str(name), frame[name]) for name in names[:_MOST_FIELDS]]


def _of_reading(reading: Reading) -> dict[str, Any]:
    return {
        "format": reading.format,
        "format_evidence": _format_evidence(reading),
        "geometry": None,
        "features": None,
        "fields": [],
        "encoding": _encoding(reading),
        "crs": None,
        "checks": None,
        "classification": None,
        "schema": None,
        "raster": None if reading.raster is None else _raster(reading.raster),
        "notes": _plain(reading.notes),
    }


def _format_evidence(reading: Reading) -> str:
    """What was found of the format; what was found of the encoding stands on its own line."""
    found = reading.encoding_found
    said = ";".join(found.evidence) if found else ""
    format_ = [str(reading.notes["format"])] if "format" in reading.notes else []
    return ";".join([*format_, *(one for one in reading.evidence if one != said)])


def _encoding(reading: Reading) -> dict[str, Any] | None:
    known = reading.encoding_found
    if known is not None:
        return {
            "shown": known.shown,
            "confidence": known.confidence,
            "evidence": list(known.evidence),
            "candidates": [
                {"shown": shown, "failures": failures, "sample": sample}
                for shown, failures, sample in known.candidates
            ],
        }
    if reading.encoding is None:
        return None
    return {"shown": reading.encoding, "confidence": None, "evidence": [], "candidates": []}


def _raster(raster: RasterInfo) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(raster).items() if name != "quicklook"}
    return shown | {"quicklook": raster.quicklook is not None}


def _field(name: str, column: pd.Series) -> dict[str, Any]:
    known = column.dropna()
    sample = "" if known.empty else str(known.iloc[0])[:_SAMPLE]
    return {
        "name": name,
        "type": _type(column, known),
        "sample": sample,
        "empty": int(len(column) - len(known)),
    }


def _type(column: pd.Series, known: pd.Series) -> str:
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind):
        return "是否"
    if pd.api.types.is_integer_dtype(kind):
        return "整数"
    if pd.api.types.is_float_dtype(kind):
        return "小数"
    if pd.api.types.is_datetime64_any_dtype(kind):
        return "日期"
    if not known.empty and isinstance(known.iloc[0], date):
        return "日期"
    return "文字"


def _plain(value: Any) -> Any:
    """The value with numpy's scalars and tuples made JSON."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value

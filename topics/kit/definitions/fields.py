"""A definition as plain fields: what changed from one to the next, and put back together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from topics.kit.errors import BadDefinition
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.manifest_messages import explain_fields

Fields = dict[str, Any]
"""Field → plain value; in a change None takes the field back to its default."""

IDENTITY = frozenset({"id", "revision"})
"""What no change touches: the id, and the manifest's own words about its last revision."""

COMPARED = frozenset({"definition", "unit", "period_kind"})
"""Changes of these break the comparison with earlier periods unless somebody says otherwise."""

EDITABLE = tuple(one for one in IndicatorSpec.model_fields if one not in IDENTITY)


def plain(spec: IndicatorSpec) -> Fields:
    """The fields that differ from their default, as JSON knows them."""
    found: Fields = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {name: value for name, value in found.items() if name != "revision"}


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Fields:
    """The fields that lead from `old` to `new`."""
    names = dict.fromkeys([*old, *new])
    return {name: new.get(name) for name in names if old.get(name) != new.get(name)}


def applied(fields: Mapping[str, Any], change: Mapping[str, Any]) -> Fields:
    """`fields` with the change in it."""
    return {k: v for k, v in {**fields, **change}.items() if v is not None}


def spec_of(fields: Mapping[str, Any]) -> IndicatorSpec:
    """The checked definition; BadDefinition says field by field what is wrong and the fix."""
    try:
        return IndicatorSpec.model_validate(dict(fields))
    except ValidationError as wrong:
        problems = explain_fields(wrong, IndicatorSpec)
        said = ";".join(f"{item}:{text}" if item else text for item, text in problems)
        raise BadDefinition(said, problems=problems) from wrong


def breaks_by_itself(change: Mapping[str, Any]) -> bool:
    """Whether a change of these fields ends comparability unless its author says it does not."""
    return not COMPARED.isdisjoint(change)

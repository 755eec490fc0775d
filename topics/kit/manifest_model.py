"""The rule every table of topic.toml keeps: frozen, no unknown key, texts trimmed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ID_PATTERN = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"
FUNCTION_PATTERN = r"^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$"


class Table(BaseModel):
    """One table of topic.toml; an unknown key is an error."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
        populate_by_name=True,
    )


def told(default: Any, help_text: str, *examples: Any, **limits: Any) -> Any:
    """A key of a table: its default (... = must be given), one Chinese line of help, examples."""
    return Field(default, description=help_text, examples=list(examples) or None, **limits)


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("不能为空")
    return text


Text = Annotated[str, AfterValidator(_not_empty)]
Id = Annotated[str, Field(pattern=ID_PATTERN)]
FunctionName = Annotated[str, Field(pattern=FUNCTION_PATTERN)]

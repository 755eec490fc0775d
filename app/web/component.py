"""The base of our hand-written Dash components: named properties, no generated metadata."""

from __future__ import annotations

from typing import Any, ClassVar

from dash.development.base_component import Component


class PlainComponent(Component):
    """A component drawn by `window.tonglan.<class name>`; it takes exactly `properties`."""

    properties: ClassVar[tuple[str, ...]] = ("id",)

    _namespace = "tonglan"
    _type = "PlainComponent"

    def __init__(self, **given: Any) -> None:
        """Take any of `properties`; another name is a TypeError from Dash."""
        self._prop_names = list(self.properties)
        self._valid_wildcard_attributes = []
        self.available_properties = self._prop_names
        self.available_wildcard_properties: list[str] = []
        super().__init__(**given)  # type: ignore[no-untyped-call]

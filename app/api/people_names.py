"""Ids of people, tokens and the program as names to show."""

from __future__ import annotations

import time
from typing import Any

from app.services import Services

_KEEP_S = 30.0
_MOST = 2000
_SYSTEM = "系统"
_OPERATOR = "cli:"
_TOKEN = "token:"
_DEMO = {
    "demo:clerk": "示例填报人",
    "demo:reviewer": "示例审核人",
    "demo:leader": "示例领导",
    "demo:unit": "示例经办人",
    "demo:duty": "示例值班员",
    "demo:leaving": "示例交班人",
    "demo:intake": "示例受理员",
    "demo:chief": "示例值班长",
    "demo:checker": "示例监督员",
}
_DEMO_UNIT, _DEMO_OTHER = "demo:unit:", "demo:"


class PeopleNames:
    """Resolves ids; a name is believed for half a minute."""

    def __init__(self, services: Services) -> None:
        """Ask the accounts and tokens of `services`."""
        self._services = services
        self._known: dict[str, tuple[float, str]] = {}

    def shown(self, person: str | None) -> dict[str, Any] | None:
        """{id, name} of whoever the id stands for; None for nobody."""
        return None if not person else {"id": person, "name": self.name(person)}

    def name(self, person: str) -> str:
        """The name; the id itself when nobody is known by it any more."""
        now = time.monotonic()
        kept = self._known.get(person)
        if kept is None or kept[0] < now:
            if len(self._known) >= _MOST:
                self._known.clear()
            kept = self._known[person] = (now + _KEEP_S, self._find(person))
        return kept[1]

    def _find(self, person: str) -> str:
        if person == "system":
            return _SYSTEM
        if person in _DEMO:
            return _DEMO[person]
        if person.startswith(_DEMO_OTHER):
            return "示例经办人" if person.startswith(_DEMO_UNIT) else "示例上报人"
        if person.startswith(_OPERATOR):
            return f"命令行 {person.removeprefix(_OPERATOR)}"
        if person.startswith(_TOKEN):
            tokens = self._services.tokens.all()
            wanted = person.removeprefix(_TOKEN)
            return next((f"令牌 {one.name}" for one in tokens if one.id == wanted), person)
        account = self._services.accounts.by_id(person)
        return person if account is None else account.display_name

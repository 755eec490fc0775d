"""Categories as tables name them: a full key, a code, or a name that only one category has."""

from __future__ import annotations

from datetime import date, datetime

from topics.kit.cases.categories import CaseCategories
from topics.kit.cases.contracts import CategoryKey
from topics.kit.errors import UnknownCategory
from topics.kit.periods import ZONE

_SHOWN = 4


class Unclear(Exception):
    """No category, or more than one; `remedy` says what to write."""

    def __init__(self, problem: str, remedy: str) -> None:
        """Say the problem and the remedy."""
        super().__init__(problem)
        self.remedy = remedy


class CategoryNames:
    """Finds the one category that a row means."""

    def __init__(self, categories: CaseCategories) -> None:
        """Look in `categories`."""
        self._categories = categories
        self._days: dict[date, dict[str, list[CategoryKey]]] = {}

    def find(
        self, at: datetime, *, name: str = "", code: str = "", scheme: str = "", kind: str = ""
    ) -> CategoryKey:
        """The category in force at that moment; Unclear where none or several fit."""
        for text in (name, code):
            if text.count("/") == 2:
                key = CategoryKey(*(part.strip() for part in text.split("/")))
                try:
                    self._categories.require(key, at)
                except UnknownCategory as wrong:
                    raise Unclear(str(wrong), "按当日有效的分类表改写") from wrong
                return key
        wanted = code or (name if name.isdecimal() else "")
        if not wanted and not name:
            raise Unclear("没有写类别", "写小类名称或代码,如 城市管理/事项/02003")
        if wanted.isdecimal() and len(wanted) in (1, 4):
            wanted = "0" + wanted  # spreadsheets drop the leading zero of 02003
        fitting = [
            key
            for key in self._on(at).get(wanted or name, ())
            if scheme in ("", key.scheme) and kind in ("", key.kind)
        ]
        if len(fitting) == 1:
            return fitting[0]
        said = f"“{(code or name)[:40]}”"
        if not fitting:
            day = f"{at.astimezone(ZONE):%Y-%m-%d}"
            raise Unclear(f"{day} 有效的分类里没有 {said}", "按分类表写小类名称或完整代码")
        some = "、".join(map(str, fitting[:_SHOWN])) + ("…" if len(fitting) > _SHOWN else "")
        raise Unclear(f"{said} 可以是 {some}", "写完整代码,或加“种类”“方案”列说明是哪一种")

    def _on(self, at: datetime) -> dict[str, list[CategoryKey]]:
        """The categories of that day by code and by name."""
        day = at.astimezone(ZONE).date()
        if day not in self._days:
            words: dict[str, list[CategoryKey]] = {}
            for named, one in self._categories.on(day):
                key = CategoryKey(named.name, one.kind, one.code)
                for word in {one.code, one.name}:
                    words.setdefault(word, []).append(key)
            self._days[day] = words
        return self._days[day]

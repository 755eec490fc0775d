"""From page to page of a web service, until there is no further one."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import httpx

from topics.kit.errors import SourceRefused
from topics.kit.manifest_refreshers import Paging
from topics.kit.refresh.tables import at_path

_NEXT_LINK = re.compile(r'<([^<>]*)>[^,<]*;\s*rel="?next"?', re.IGNORECASE)  # RFC 8288


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer held; `document` is its JSON, `link` its Link header."""

    body: bytes
    rows: int
    document: Any = None
    link: str = ""


class Pages:
    """Knows the address of the page to ask for; `following` is None after the last one."""

    def __init__(self, paging: Paging, first: httpx.URL, name: str) -> None:
        """Begin at `first`; `name` is what errors call the source."""
        self._paging = paging
        self._base = first
        self._name = name
        self._taken = 0
        self._rows = 0
        self._last = ""
        self.following: httpx.URL | None = self._begin()

    def took(self, page: Page) -> None:
        """Move on after a page; SourceRefused when the source leads round in circles."""
        self._taken += 1
        self._rows += page.rows
        here, mark = self.following, hashlib.sha256(page.body).hexdigest()
        self.following = self._after(page)
        if self.following is None:
            return
        if page.rows and mark == self._last:
            raise SourceRefused(
                f"{self._name}:第 {self._taken} 页与上一页完全相同,翻页参数不起作用;"
                "请核对 topic.toml 的 paging"
            )
        if self.following == here:
            raise SourceRefused(f"{self._name}:下一页又指回本页,已停止;请联系来源单位")
        if self._taken >= self._paging.most:
            raise SourceRefused(
                f"{self._name}:超过 {self._paging.most} 页仍没有取完;"
                "请在来源筛选,或调大 paging.most"
            )
        self._last = mark

    def _begin(self) -> httpx.URL:
        kind = self._paging.kind
        if kind == "page":
            return self._with(str(self._paging.start))
        if kind == "offset":
            return self._with("0")
        return self._sized(self._base)

    def _after(self, page: Page) -> httpx.URL | None:
        kind = self._paging.kind
        if kind in ("page", "offset"):
            if not page.rows or (self._paging.size and page.rows < self._paging.size):
                return None
            at = self._paging.start + self._taken if kind == "page" else self._rows
            return self._with(str(at))
        said = self._said(page)
        if not said:
            return None
        return self._with(said) if kind == "cursor" else self._joined(said)

    def _said(self, page: Page) -> str:
        """Return the cursor or address of the next page; empty: this was the last."""
        if self._paging.next:
            found = at_path(page.document, self._paging.next)
            return "" if found is None or found is False else str(found).strip()
        link = _NEXT_LINK.search(page.link)
        return link[1] if link else ""

    def _joined(self, said: str) -> httpx.URL:
        try:
            return (self.following or self._base).join(said)
        except httpx.InvalidURL as wrong:
            raise SourceRefused(
                f"{self._name}:下一页的地址“{said}”读不懂;请核对 paging.next"
            ) from wrong

    def _with(self, value: str) -> httpx.URL:
        return self._sized(self._base.copy_merge_params({self._paging.parameter: value}))

    def _sized(self, url: httpx.URL) -> httpx.URL:
        if not (self._paging.size and self._paging.size_parameter):
            return url
        return url.copy_merge_params({self._paging.size_parameter: str(self._paging.size)})

"""Rows from a web service: bounded in time and size, never led to another host."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import httpx

from topics.kit.errors import SourceRefused, SourceTimeout
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import Part, Reading, Received, Row, SourceSettings
from topics.kit.refresh.excel_table import excel_rows
from topics.kit.refresh.hosts import HostGuard
from topics.kit.refresh.mapping import columns_of
from topics.kit.refresh.memory import Forgetful, Memory, noted, recalled
from topics.kit.refresh.network import Deadline, GuardedTransport
from topics.kit.refresh.paging import Page, Pages
from topics.kit.refresh.secrets import signed, without_secret
from topics.kit.refresh.tables import csv_rows, json_document, refuse_page, rows_at

_MOST_REDIRECTS = 3
_VALIDATORS = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class HttpReader:
    """Reads JSON, CSV or Excel by GET; asks again only for what changed (ETag, Last-Modified)."""

    def __init__(self, guard: HostGuard | None = None, memory: Memory | None = None) -> None:
        """Connect only where `guard` allows it; keep what sources said of changes in `memory`."""
        self._guard = guard or HostGuard()
        self._memory = memory or Forgetful()

    def read(self, spec: RefresherSpec, source: SourceSettings) -> Reading:
        """Rows of the answer; nothing when it did not change since the last stored one."""
        name = f"来源 {spec.source}"
        patience = spec.timeout.total_seconds()
        guard = HostGuard(self._guard.allowed, source.local, self._guard.lookup)
        deadline = Deadline(
            patience, f"{name}:{patience:g} 秒内没有传完;请检查来源是否过慢,或调大 timeout"
        )
        transport = GuardedTransport(guard, deadline, name, trust=_trust(source, name))
        try:
            # The site's proxy variables do not apply to sources inside its network.
            with httpx.Client(transport=transport, timeout=patience, trust_env=False) as client:
                exchange = _Exchange(client, spec, source, name, deadline)
                if spec.paging is None:
                    return self._single(exchange)
                rows, got = _all_pages(exchange)
                return Reading((Part(rows),), got=got)
        except httpx.TimeoutException as wrong:
            raise SourceTimeout(
                f"{name}:{patience:g} 秒内没有回答;请检查来源是否在线,或调大 timeout"
            ) from wrong
        except httpx.RemoteProtocolError as wrong:
            raise SourceRefused(
                f"{name}:回答传到一半断了({wrong});整批未入库,将自动再试"
            ) from wrong
        except httpx.HTTPError as wrong:
            said = without_secret(str(wrong), source, name)
            host = httpx.URL(source.url).host
            raise SourceRefused(f"{name}:连不上 {host}({said});请检查网络、地址和证书") from wrong

    def _single(self, exchange: _Exchange) -> Reading:
        spec, source = exchange.spec, exchange.source
        known = recalled(self._memory, spec, source)
        ask = {header: known[said] for header, said in _VALIDATORS if said in known}
        answer = exchange.get(exchange.first, ask)
        got = Received(len(answer.body), answer.status)
        if answer.status == httpx.codes.NOT_MODIFIED:
            return Reading(got=got)
        _refuse_pages(answer, exchange.name)
        rows = exchange.rows(answer.body)
        words = {said: answer.headers[said] for _, said in _VALIDATORS if said in answer.headers}
        return Reading((Part(rows),), partial(noted, self._memory, spec, source, words), got)


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One run's talk with one source."""

    client: httpx.Client
    spec: RefresherSpec
    source: SourceSettings
    name: str
    deadline: Deadline

    @property
    def first(self) -> httpx.URL:
        """The source's address with the manifest's path, which never chooses the host."""
        return _address(self.source, self.spec, self.name)

    def get(self, url: httpx.URL, more: Mapping[str, str] | None = None) -> _Answer:
        """Ask for one address of this host, led at most to other addresses of it."""
        home = _origin(self.first)
        for _ in range(_MOST_REDIRECTS + 1):
            if _origin(url) != home:
                raise SourceRefused(
                    f"{self.name}:被转到另一台主机 {url.host},已拒绝;请在 config.toml 写最终地址"
                )
            asked, mark = signed(url, self.source, self.name)
            headers = {"Accept": "application/json, text/csv, */*;q=0.5", **(more or {}), **mark}
            with self.client.stream("GET", asked, headers=headers) as response:
                if not response.has_redirect_location:
                    body = self._body(response)
                    return _Answer(response.status_code, response.headers, body)
                url = url.join(response.headers["location"])
        raise SourceRefused(
            f"{self.name}:转来转去超过 {_MOST_REDIRECTS} 次;请在 config.toml 写最终地址"
        )

    def _body(self, response: httpx.Response) -> bytes:
        most = self.source.most_mb << 20
        said = f"{self.name}:返回内容超过 {self.source.most_mb} MB,已中断;请在来源分页或筛选"
        length = response.headers.get("content-length", "")
        if length.isdigit() and int(length) > most:
            raise SourceRefused(said)
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > most:
                raise SourceRefused(said)
            self.deadline.left()
            parts.append(part)
        return b"".join(parts)

    def rows(self, body: bytes) -> Sequence[Row]:
        """The rows of one answer, in the format of the manifest."""
        if self.spec.format == "csv":
            return csv_rows(body, self.spec.encoding, self.name)
        if self.spec.format == "excel":
            return excel_rows(body, columns_of(self.spec.map), self.name)
        return rows_at(json_document(body, self.name), self.spec.items, self.name)


def _all_pages(exchange: _Exchange) -> tuple[list[Row], Received]:
    """Return the rows of all pages; a batch is whole or it is not."""
    spec, rows, size = exchange.spec, list[Row](), 0
    assert spec.paging is not None
    pages = Pages(spec.paging, exchange.first, exchange.name)
    while (url := pages.following) is not None:
        answer = exchange.get(url)
        _refuse_pages(answer, exchange.name)
        size += len(answer.body)
        if size > exchange.source.most_mb << 20:
            raise SourceRefused(
                f"{exchange.name}:各页合计超过 {exchange.source.most_mb} MB;请在来源筛选"
            )
        found = exchange.rows(answer.body)
        document = json_document(answer.body, exchange.name) if spec.format == "json" else None
        pages.took(Page(answer.body, len(found), document, answer.headers.get("link", "")))
        rows.extend(found)
    return rows, Received(size, httpx.codes.OK)


def _address(source: SourceSettings, spec: RefresherSpec, name: str) -> httpx.URL:
    """The source's address with the manifest's path, which never chooses who gets the token."""
    try:
        given = httpx.URL(source.url)
        url = httpx.URL(source.url.rstrip("/") + spec.path)
    except httpx.InvalidURL as wrong:
        raise SourceRefused(f"{name}:地址读不懂({wrong});写成 https://主机/路径") from wrong
    if _origin(url) != _origin(given):
        raise SourceRefused(f"{name}:path {spec.path} 会改变主机,已拒绝;path 要以 / 开头")
    return url


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


@lru_cache(maxsize=1)
def _unused_trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _trust(source: SourceSettings, name: str) -> ssl.SSLContext:
    if source.url.startswith("http://") and not (source.ca_file or source.cert_file):
        # Never asked for, since no redirect leaves the scheme; reading all the system's
        # certificates for it took longer than the whole exchange.
        return _unused_trust()
    try:
        trust = ssl.create_default_context(cafile=source.ca_file or None)
    except OSError as wrong:
        raise SourceRefused(f"{name}:CA 文件 {source.ca_file} 读不了;请检查路径和格式") from wrong
    if source.cert_file:
        try:
            trust.load_cert_chain(source.cert_file, source.key_file or None)
        except OSError as wrong:
            raise SourceRefused(
                f"{name}:客户端证书 {source.cert_file} 读不了;请检查证书、私钥的路径和格式"
            ) from wrong
    return trust


def _refuse_pages(answer: _Answer, name: str) -> None:
    if answer.status in (401, 403):
        raise SourceRefused(f"{name}:拒绝访问(HTTP {answer.status});请更新口令文件里的令牌")
    if answer.status >= 300:
        raise SourceRefused(f"{name}:返回 HTTP {answer.status};请核对地址,或联系来源单位")
    kind = answer.headers.get("content-type", "").lower()
    if "html" in kind or answer.body.lstrip()[:1] == b"<":
        raise SourceRefused(f"{name}:返回的是网页而不是数据(可能要登录);请核对地址和令牌")
    refuse_page(answer.body, name)

"""Rows from a web service: bounded in time and size, never led to another host."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import httpx

from topics.kit.errors import SourceRefused, SourceTimeout
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.contracts import Part, Reading, SourceSettings
from topics.kit.refresh.tables import csv_rows, json_rows

_MOST_BYTES = 64 * 1024 * 1024
_MOST_REDIRECTS = 3


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class HttpReader:
    """Reads JSON or CSV by GET; asks again only for what changed (ETag, Last-Modified)."""

    def __init__(self) -> None:
        """Begin without any memory of earlier answers."""
        self._validators: dict[str, Mapping[str, str]] = {}

    def read(self, spec: RefresherSpec, source: SourceSettings) -> Reading:
        """Rows of the answer; nothing when it did not change since the last stored one."""
        name = f"来源 {spec.source}"
        answer = self._get(spec, source, name)
        if answer.status == httpx.codes.NOT_MODIFIED:
            return Reading()
        _refuse_pages(answer, name)
        if spec.format == "csv":
            rows = csv_rows(answer.body, spec.encoding, name)
        else:
            rows = json_rows(answer.body, spec.items, name)
        return Reading((Part(rows),), done=lambda: self._remember(spec.id, answer.headers))

    def _remember(self, refresher: str, headers: httpx.Headers) -> None:
        pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
        self._validators[refresher] = {ask: headers[said] for ask, said in pairs if said in headers}

    def _get(self, spec: RefresherSpec, source: SourceSettings, name: str) -> _Answer:
        url = _address(source, spec, name)
        headers = {"Accept": "application/json, text/csv", **self._validators.get(spec.id, {})}
        if source.secret_file:
            headers["Authorization"] = f"Bearer {read_secret(source.secret_file, name)}"
        patience = spec.timeout.total_seconds()
        try:
            # The site's proxy variables do not apply to sources inside its network.
            with httpx.Client(
                timeout=patience, verify=_trust(source, name), trust_env=False
            ) as client:
                return _follow(client, url, headers, patience, name)
        except httpx.TimeoutException as wrong:
            raise _too_slow(name, patience) from wrong
        except httpx.HTTPError as wrong:
            raise SourceRefused(f"{name}:连不上 {url.host}({wrong});请检查网络和地址") from wrong


def read_secret(path: str, name: str) -> str:
    """The first line of a secret's file; SourceRefused names the file, never the secret."""
    try:
        lines = Path(path).read_text(encoding="utf-8").split()
    except OSError as wrong:
        raise SourceRefused(f"{name}:读不到口令文件 {path}({wrong.strerror});请检查权限") from wrong
    if not lines:
        raise SourceRefused(f"{name}:口令文件 {path} 是空的;请写入一行口令或令牌")
    return lines[0]


def _address(source: SourceSettings, spec: RefresherSpec, name: str) -> httpx.URL:
    """The source's address with the manifest's path, which never chooses who gets the token."""
    try:
        given = httpx.URL(source.url)
        url = httpx.URL(source.url.rstrip("/") + spec.path)
    except httpx.InvalidURL as wrong:
        raise SourceRefused(f"{name}:地址读不懂({wrong});写成 https://主机/路径") from wrong
    if (url.scheme, url.host, url.port) != (given.scheme, given.host, given.port):
        raise SourceRefused(f"{name}:path {spec.path} 会改变主机,已拒绝;path 要以 / 开头")
    return url


def _trust(source: SourceSettings, name: str) -> ssl.SSLContext | bool:
    if not source.ca_file:
        return True
    try:
        return ssl.create_default_context(cafile=source.ca_file)
    except OSError as wrong:
        raise SourceRefused(f"{name}:CA 文件 {source.ca_file} 读不了;请检查路径和格式") from wrong


def _follow(
    client: httpx.Client, url: httpx.URL, headers: Mapping[str, str], patience: float, name: str
) -> _Answer:
    deadline = monotonic() + patience
    first = url
    for _ in range(_MOST_REDIRECTS + 1):
        with client.stream("GET", url, headers=dict(headers)) as response:
            if not response.has_redirect_location:
                return _Answer(
                    response.status_code, response.headers, _body(response, deadline, name)
                )
            url = url.join(response.headers["location"])
        if (url.scheme, url.host, url.port) != (first.scheme, first.host, first.port):
            raise SourceRefused(
                f"{name}:被转到另一台主机 {url.host},已拒绝;请在 config.toml 写最终地址"
            )
    raise SourceRefused(f"{name}:转来转去超过 {_MOST_REDIRECTS} 次;请在 config.toml 写最终地址")


def _body(response: httpx.Response, deadline: float, name: str) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > _MOST_BYTES:
            raise SourceRefused(f"{name}:返回内容超过 {_MOST_BYTES >> 20} MB;请在来源分页或筛选")
        if monotonic() > deadline:
            raise SourceTimeout(f"{name}:没有在规定时间内传完;请检查来源或调大 timeout")
        parts.append(part)
    return b"".join(parts)


def _refuse_pages(answer: _Answer, name: str) -> None:
    if answer.status in (401, 403):
        raise SourceRefused(f"{name}:拒绝访问(HTTP {answer.status});请更新口令文件里的令牌")
    if answer.status >= 300:
        raise SourceRefused(f"{name}:返回 HTTP {answer.status};请核对地址,或联系来源单位")
    kind = answer.headers.get("content-type", "").lower()
    if "html" in kind or answer.body.lstrip()[:1] == b"<":
        raise SourceRefused(f"{name}:返回的是网页而不是数据(可能要登录);请核对地址和令牌")


def _too_slow(name: str, patience: float) -> SourceTimeout:
    return SourceTimeout(f"{name}:{patience:g} 秒内没有回答;请检查来源是否在线,或调大 timeout")

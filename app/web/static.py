"""Static files, packed once: /static/<version>/… from memory, and Dash's own component files."""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOREVER = "public, max-age=31536000, immutable"
SUITES = "/_dash-component-suites/"
WORTH_IT = 1024  # bytes below which gzip saves nothing
# text/event-stream is absent on purpose: a compressor would hold back the events
COMPRESSIBLE = (
    "text/html",
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/geo+json",
    "application/problem+json",
    "image/svg+xml",
)

mimetypes.add_type("text/javascript", ".mjs")


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file in both forms."""

    body: bytes
    packed: bytes
    media_type: str

    @classmethod
    def of(cls, body: bytes, name: str, packed: bytes | None = None) -> Asset:
        """The asset called `name`; `packed` is its gzip form where somebody made it already."""
        media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return cls(body, packed if packed is not None else gzip.compress(body, 9, mtime=0), media)


def folder_assets(folder: Path) -> dict[str, Asset]:
    """Every file of a built folder as `<folder name>/<file name>`; gzip twins are used as is."""
    assets = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".gz" or path.name == "complete":
            continue
        twin = path.with_name(path.name + ".gz")
        packed = twin.read_bytes() if twin.exists() else None
        assets[f"{folder.name}/{path.name}"] = Asset.of(path.read_bytes(), path.name, packed)
    return assets


class StaticApp:
    """ASGI app of a fixed set of assets; their paths hold the version: browsers keep them."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        """Serve `assets`, keyed by path below the mount point."""
        self._assets = dict(assets)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        asset = self._assets.get(path)
        if asset is None:
            return Response("没有这个文件", 404, media_type="text/plain")
        if scope["method"] not in ("GET", "HEAD"):
            return Response(status_code=405, headers={"Allow": "GET, HEAD"})
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if accepts_gzip(Headers(scope=scope)):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.packed, headers=headers, media_type=asset.media_type)
        return Response(asset.body, headers=headers, media_type=asset.media_type)


def accepts_gzip(headers: Headers) -> bool:
    """Whether the browser takes gzip; `gzip;q=0` means no."""
    for part in headers.get("accept-encoding", "").lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0")
    return False


class Compressed:
    """ASGI middleware: gzip for text answers; Dash's component files are packed once and kept."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app
        self._kept: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, packing its answer where that is worth it."""
        if scope["type"] != "http" or not accepts_gzip(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Packer(send, scope, self._kept))


class _Packer:
    """Holds a compressible answer until it is complete, then sends it packed."""

    def __init__(self, send: Send, scope: Scope, kept: dict[str, bytes]) -> None:
        self._send = send
        self._scope = scope
        self._kept = kept
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if _compressible(message):
                self._start = message
            else:
                await self._send(message)
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = bytes(self._body)
        if len(body) >= WORTH_IT:
            body = self._packed(body, immutable=start["status"] == 200)
            headers = MutableHeaders(raw=start["headers"])
            headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(body))
            headers.add_vary_header("Accept-Encoding")
            start["headers"] = headers.raw
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _packed(self, body: bytes, *, immutable: bool) -> bytes:
        path: str = self._scope["path"]
        if not (immutable and path.startswith(SUITES)):
            return gzip.compress(body, 5, mtime=0)
        key = path + "?" + self._scope["query_string"].decode("latin-1")
        if key not in self._kept:
            self._kept[key] = gzip.compress(body, 9, mtime=0)
        return self._kept[key]


def _compressible(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    media = headers.get("content-type", "").partition(";")[0].strip()
    return (
        start["status"] not in (204, 304)
        and "content-encoding" not in headers
        and media in COMPRESSIBLE
    )

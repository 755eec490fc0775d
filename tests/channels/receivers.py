"""Receivers as they are met: one that works, one that hangs, one that answers nonsense."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, str, bytes]
JSON = "application/json"
OK: Answer = (200, JSON, b'{"errcode": 0, "code": 0}')
ERROR_PAGE: Answer = (200, "text/html", "<html><body>系统繁忙</body></html>".encode())


@dataclass
class Got:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came in, and what is answered next; `answer` may be changed at any time."""

    url: str
    answer: Callable[[Got], Answer] = lambda _: OK
    got: list[Got] = field(default_factory=list)

    @property
    def tokens(self) -> list[str]:
        """The idempotency keys that came in, in order."""
        return [one.headers["idempotency-key"] for one in self.got]


@contextmanager
def receiver(answer: Callable[[Got], Answer] = lambda _: OK, port: int = 0) -> Iterator[Receiver]:
    """An HTTP receiver on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            got = Got(self.path, headers, self.rfile.read(length))
            made.got.append(got)
            status, kind, body = made.answer(got)
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # who asked has gone

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    made = Receiver(f"http://127.0.0.1:{server.server_port}/in", answer)
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hangs(seconds: float) -> Callable[[Got], Answer]:
    """An answer that takes so long."""

    def answer(_: Got) -> Answer:
        time.sleep(seconds)
        return OK

    return answer


@dataclass
class Letters:
    """A mail server's memory."""

    url: str
    letters: list[str] = field(default_factory=list)
    secured: bool = False


class _MailHandler(socketserver.StreamRequestHandler):
    """A talk with a mail server; what it is like is said by `mail_server`."""

    made: Letters
    refuse = False
    drip = False
    trust: ssl.SSLContext | None = None

    def handle(self) -> None:
        with suppress(OSError):
            for _ in range(100 if self.drip else 0):
                self.wfile.write(b"2")
                time.sleep(0.1)
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper().strip()
                {b"DATA": self._take, b"STAR": self._secure}.get(word, lambda: None)()
                if word not in (b"DATA", b"STAR"):
                    self.wfile.write(self._answer(word))
                if word == b"QUIT":
                    return

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()  # a connection of its own once it is encrypted

    def _answer(self, word: bytes) -> bytes:
        if word == b"EHLO" and self.trust is not None and not self.made.secured:
            return b"250-here\r\n250 STARTTLS\r\n"
        if word == b"QUIT":
            return b"221 bye\r\n"
        return b"550 no such person\r\n" if word == b"RCPT" and self.refuse else b"250 fine\r\n"

    def _secure(self) -> None:
        assert self.trust is not None
        self.wfile.write(b"220 go ahead\r\n")
        self.connection = self.trust.wrap_socket(self.connection, server_side=True)
        self.made.secured = True
        self.rfile.close()
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)  # type: ignore[assignment]

    def _take(self) -> None:
        self.wfile.write(b"354 go on\r\n")
        letter = bytearray()
        while (part := self.rfile.readline()) not in (b".\r\n", b""):
            letter += part
        self.made.letters.append(letter.decode())
        self.wfile.write(b"250 taken\r\n")


@contextmanager
def mail_server(
    *,
    refuse: bool = False,
    drip: bool = False,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Letters]:
    """A mail server of this machine; it may refuse each address, or drip its greeting.

    With `starttls` it can be asked to encrypt, with `tls` it does so from the first byte on.
    """

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    made = Letters("")
    told = {"made": made, "refuse": refuse, "drip": drip, "trust": starttls}
    handler = type("Handler", (_MailHandler,), told)
    server = Server(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        made.secured = True
    made.url = f"{'smtp' if tls is None else 'smtps'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

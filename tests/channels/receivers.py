"""Receivers as they are met: one that works, one that hangs, one that answers nonsense."""

from __future__ import annotations

import socketserver
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


def _mail_handler(
    made: Letters, *, refuse: bool, drip: bool
) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self._talk()

        def _talk(self) -> None:
            for _ in range(100 if drip else 0):
                self.wfile.write(b"2")
                time.sleep(0.1)
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper().strip()
                if word == b"DATA":
                    self._take()
                elif word == b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                refused = word == b"RCPT" and refuse
                self.wfile.write(b"550 no such person\r\n" if refused else b"250 fine\r\n")

        def _take(self) -> None:
            self.wfile.write(b"354 go on\r\n")
            letter = bytearray()
            while (part := self.rfile.readline()) not in (b".\r\n", b""):
                letter += part
            made.letters.append(letter.decode())

    return Handler


@contextmanager
def mail_server(*, refuse: bool = False, drip: bool = False) -> Iterator[Letters]:
    """A mail server of this machine; it may refuse each address, or drip its greeting."""

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    made = Letters("")
    server = Server(("127.0.0.1", 0), _mail_handler(made, refuse=refuse, drip=drip))
    made.url = f"smtp://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

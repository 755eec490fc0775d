"""A receiver of its own, for tests that kill it: PORT FILE. It keeps each key once, durably.

A key is written and flushed to the disk first, the answer comes a little later: killed in between
it has accepted a message whose sender never hears so. Every request is counted in FILE.asked.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_LOCK = threading.Lock()


def _note(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def main() -> None:
    """Receive until killed."""
    port, kept = int(sys.argv[1]), Path(sys.argv[2])
    known = set(kept.read_text("utf-8").split()) if kept.exists() else set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            key = self.headers["Idempotency-Key"]
            with _LOCK:
                _note(kept.with_suffix(".asked"), key)
                if key not in known:
                    known.add(key)
                    _note(kept, key)
            time.sleep(0.03)
            body = b'{"errcode": 0, "code": 0}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    ThreadingHTTPServer.allow_reuse_address = True
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever(0.05)


if __name__ == "__main__":
    main()

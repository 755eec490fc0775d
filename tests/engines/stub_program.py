"""Plays the roles of `tonglan run` with next to nothing inside; run as a module by the tests."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import time

from app.engines.identity import die_with_parent
from app.roles.orders import Orders

# a worker's helper that does not notice its worker's death, but the supervisor's
_HELPER = """
import os, sys, time
while os.path.exists("/proc/" + sys.argv[1]):
    time.sleep(0.2)
"""


class _Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Read the orders, then play the role named last but the parent."""
    die_with_parent(signal.SIGKILL, int(sys.argv[-1]))
    name = sys.argv[-3]
    line = sys.stdin.readline()
    if not line or name == "first-start":
        return
    if name == "web":
        server = http.server.HTTPServer(("", 0), _Answer, bind_and_activate=False)
        server.socket.close()
        server.socket = socket.socket(fileno=Orders.read(line).fds[0])
        server.serve_forever()
    subprocess.Popen([sys.executable, "-c", _HELPER, sys.argv[-1]])
    time.sleep(600)


if __name__ == "__main__":
    main()

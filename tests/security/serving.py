"""A server in a thread on a free port, asked over a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(server: FastAPI) -> Iterator[httpx.Client]:
    """A client of the running server, under the host name "city"."""
    listener = socket.create_server(("127.0.0.1", 0))
    runner = uvicorn.Server(uvicorn.Config(server, log_level="error", ws="none"))
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with httpx.Client(base_url=address, headers={"Host": "city"}, timeout=120) as client:
            yield client
    finally:
        runner.should_exit = True
        thread.join(30)
        listener.close()

"""Whether the pages can be opened."""

from __future__ import annotations

import http.client

from app.roles.sockets import reachable_host

_SECONDS = 0.5


def is_ready(port: int, host: str) -> bool:
    """Ask /readyz of the web process on this machine; False while it does not answer with 200."""
    connection = http.client.HTTPConnection(reachable_host(host), port, timeout=_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

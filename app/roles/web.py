"""The web role: serves pages, API, tiles and streams on sockets its supervisor opened."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import uvicorn

from app.config import Config
from app.engines.contracts import EngineUrls
from app.logs import configure_logs
from app.main import compose
from app.push.server import LiveServer
from app.web_program import create_web

_GRACE_S = 2


def serve(config: Config, urls: EngineUrls, fds: Sequence[int]) -> None:
    """Serve until SIGTERM or SIGINT; streams are ended at once, requests get two seconds."""
    configure_logs(config.log, role="web")
    program = create_web(compose(config, urls), urls)
    settings = uvicorn.Config(
        program.server,
        log_config=None,
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=75,
        proxy_headers=True,
        server_header=False,
    )
    server = LiveServer(settings, program.push.close)
    server.run(sockets=[socket.socket(fileno=fd) for fd in fds])

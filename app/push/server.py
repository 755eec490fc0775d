"""uvicorn that ends its streams when it is asked to stop, instead of waiting for them for ever."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType

import uvicorn


class LiveServer(uvicorn.Server):
    """A server whose `on_exit` is called at the first SIGTERM or SIGINT, before it waits."""

    def __init__(self, config: uvicorn.Config, on_exit: Callable[[], None]) -> None:
        """Serve `config`; give it a `timeout_graceful_shutdown` of 2 s for requests that hang."""
        super().__init__(config)
        self._on_exit = on_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the streams, then stop as uvicorn does."""
        self._on_exit()
        super().handle_exit(sig, frame)

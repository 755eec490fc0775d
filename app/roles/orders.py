"""What a role is told by whoever starts it: one JSON line on standard input.

So nothing secret stands in the process list.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from app.config import Config, load_config
from app.engines.contracts import EngineUrls


@dataclass(frozen=True, slots=True)
class Orders:
    """The home, the configuration and the engines a role works with."""

    home: str
    config: str | None
    host: str
    port: int
    valkey: str
    postgres: str
    fds: tuple[int, ...] = ()
    seed: bool = False  # the first start makes the demo city

    def urls(self) -> EngineUrls:
        """Where the engines answer."""
        return EngineUrls(self.valkey, self.postgres)

    def settings(self) -> Config:
        """The configuration as the starter sees it, its command line included."""
        path = Path(self.config) if self.config is not None else None
        return with_address(load_config(path, home=Path(self.home)), self.host, self.port)

    def written(self) -> bytes:
        """These orders as the line that `read` understands."""
        return json.dumps(dataclasses.asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes | str) -> Orders:
        """The orders of a line made by `written`."""
        said = json.loads(line)
        return cls(**{**said, "fds": tuple(said["fds"])})


def with_address(config: Config, host: str | None, port: int | None) -> Config:
    """`config` with the pages served where the command line says; None leaves the file's value."""
    web = dataclasses.replace(
        config.web,
        host=config.web.host if host is None else host,
        port=config.web.port if port is None else port,
    )
    return dataclasses.replace(config, web=web)

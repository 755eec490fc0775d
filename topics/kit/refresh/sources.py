"""Which sources there are: those of config.toml over those of the demo city, read at each run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import orjson

from topics.kit.errors import SourceRefused
from topics.kit.refresh.contracts import SourceSettings


@dataclass(frozen=True, slots=True)
class Source:
    """Where a source is and how it is asked; SourceSettings says what each part means."""

    url: str
    secret_file: str = ""
    ca_file: str = ""
    auth: str = "bearer"
    auth_name: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)
    cert_file: str = ""
    key_file: str = ""
    most_mb: int = 64
    local: bool = False


def source_book(
    configured: Mapping[str, SourceSettings],
    demo_file: Path | None,
    incoming: Mapping[str, SourceSettings] = MappingProxyType({}),
) -> Callable[[], Mapping[str, SourceSettings]]:
    """A function that gives all sources as of now: simulators get new addresses at each start.

    `incoming` are the drop folders that installed topics have without anybody naming them.
    """

    def read() -> Mapping[str, SourceSettings]:
        return {**incoming, **_demo(demo_file), **configured}

    return read


def _demo(file: Path | None) -> dict[str, SourceSettings]:
    if file is None:
        return {}
    try:
        found = orjson.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, orjson.JSONDecodeError) as wrong:
        raise SourceRefused(
            f"示例来源清单 {file.name} 读不了({wrong});重启 tonglan run 会重写它"
        ) from wrong
    return {str(name): Source(str(url), local=True) for name, url in found.items()}

"""Whether both engines start or answer, and are new enough."""

from __future__ import annotations

from collections.abc import Iterator

from app.cli.checks.finding import Check
from app.config import Config
from app.engines import attach
from app.errors import EngineFailed
from app.stores.postgres_version import postgres_version
from app.stores.valkey_version import valkey_version
from layers.errors import StoreUnavailable

_OLDEST = 15
_ADDRESS = "请核对 config.toml 的 engines.{key},并确认网络可达、账号有权限"


def check_engines(config: Config) -> Iterator[Check]:
    """Findings on Valkey and PostgreSQL: private ones are really started."""
    try:
        with attach(config.home_path, config.engines, notice=lambda text: None) as urls:
            yield check_postgres(urls.postgres, private=not config.engines.postgres_url)
            yield check_valkey(urls.valkey, private=not config.engines.valkey_url)
    except EngineFailed as wrong:
        found, _, fix = str(wrong).partition(";")
        yield Check("内置引擎", "bad", found, fix)


def check_postgres(url: str, *, private: bool) -> Check:
    """Whether PostgreSQL answers at `url` and is new enough."""
    name = "内置 PostgreSQL" if private else "PostgreSQL"
    try:
        found = postgres_version(url)
    except StoreUnavailable:
        return Check(name, "bad", "连不上", _ADDRESS.format(key="postgres_url"))
    if found[0] < _OLDEST:
        return Check(name, "bad", f"版本 {found[0]}", f"请升级到 PostgreSQL {_OLDEST} 或更高")
    return Check(name, "ok", "版本 " + ".".join(map(str, found)))


def check_valkey(url: str, *, private: bool) -> Check:
    """Whether Valkey or Redis answers at `url`."""
    name = "内置 Valkey" if private else "Valkey/Redis"
    try:
        return Check(name, "ok", f"版本 {valkey_version(url)}")
    except StoreUnavailable:
        return Check(name, "bad", "连不上", _ADDRESS.format(key="valkey_url"))

"""The channels and receivers of config.toml, checked once; secrets are read when they are used."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.config import ChannelConfig, Config, ReceiverConfig
from app.errors import BadConfig
from layers.contracts import Classification
from topics.kit.errors import SourceRefused
from topics.kit.notify.contracts import Channel
from topics.kit.refresh.secrets import read_secret

_SCHEMES = {Channel.MAIL: ("smtp", "smtps")}
_LONGEST_S = 20
TEMPLATED = (Channel.SMS, Channel.VOICE)


@dataclass(frozen=True, slots=True)
class Way:
    """One channel as one receiver uses it. `name` is what people call it, without any secret."""

    name: str
    kind: Channel
    url: str
    config: ChannelConfig
    address: str = ""
    secret_file: str = ""
    token_file: str = ""

    def carries(self, classification: Classification) -> bool:
        """Whether the text of something that secret may leave the house this way."""
        order = list(Classification)
        return order.index(classification) <= order.index(Classification(self.config.highest))

    def secret(self, environment: Mapping[str, str] = os.environ) -> str:
        """The signing key or password; "" when none is set up. Raises SourceRefused."""
        return _read(self.name, self.secret_file, self.config.secret_env, environment)

    def token(self, environment: Mapping[str, str] = os.environ) -> str:
        """The robot's key or access token; "" when none is set up. Raises SourceRefused."""
        return _read(self.name, self.token_file, self.config.token_env, environment)


def ways_of(config: Config) -> dict[str, Way]:
    """Every channel by its name; raises BadConfig with the full path of what is wrong."""
    return {name: _way(name, one) for name, one in config.channels.items()}


def receivers_of(config: Config) -> dict[str, tuple[ReceiverConfig, Way]]:
    """Every named receiver and the way to it; raises BadConfig with the full path."""
    ways = ways_of(config)
    return {name: (one, _to(name, one, ways)) for name, one in config.receivers.items()}


def _way(name: str, one: ChannelConfig) -> Way:
    where = f"channels.{name}"
    known = "、".join(kind.value for kind in Channel)
    try:
        kind = Channel(one.kind)
    except ValueError as wrong:
        raise BadConfig(f"{where}.kind = {one.kind!r} 不认识;可写 {known}") from wrong
    _check_url(f"{where}.url", one.url, kind)
    if not 1 <= one.timeout_s <= _LONGEST_S:
        raise BadConfig(f"{where}.timeout_s = {one.timeout_s} 不合适;请写 1–{_LONGEST_S}")
    if kind in TEMPLATED and "{phone}" not in one.body:
        raise BadConfig(f"{where}.body 里没有 {{phone}};请按网关的接口写模板")
    if kind is Channel.MAIL and "@" not in one.sender:
        raise BadConfig(f"{where}.sender 要写发件地址,如 duty@example.gov.cn")
    if one.highest not in list(Classification):
        classes = "、".join(Classification)
        raise BadConfig(f"{where}.highest = {one.highest!r} 不认识;可写 {classes}")
    return Way(name, kind, one.url, one, "", one.secret_file, one.token_file)


def _to(name: str, one: ReceiverConfig, ways: Mapping[str, Way]) -> Way:
    where = f"receivers.{name}"
    way = ways.get(one.channel)
    if way is None:
        known = "、".join(ways) or "(还没有)"
        raise BadConfig(f"{where}.channel = {one.channel!r} 没有登记;现有通道:{known}")
    if one.url:
        _check_url(f"{where}.url", one.url, way.kind)
    if way.kind in (*TEMPLATED, Channel.MAIL) and not one.address:
        raise BadConfig(f"{where}.address 没有写;请写手机号或邮箱")
    if unknown := [level for level in one.levels if level not in ("红", "橙", "黄", "蓝")]:
        raise BadConfig(f"{where}.levels 里的 {unknown[0]!r} 不认识;可写 红、橙、黄、蓝")
    return Way(
        f"{one.title or name}({way.name})",
        way.kind,
        one.url or way.url,
        way.config,
        one.address,
        one.secret_file or way.secret_file,
        one.token_file or way.token_file,
    )


def _check_url(where: str, url: str, kind: Channel) -> None:
    schemes = _SCHEMES.get(kind, ("http", "https"))
    try:
        parts = urlsplit(url)
        good = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise BadConfig(f"{where} = {url!r} 不是地址;请写 {schemes[0]}://主机…")
    if parts.password or parts.username:
        raise BadConfig(f"{where} 里不要写口令;请放进 secret_file 指的文件")


def _read(name: str, path: str, variable: str, environment: Mapping[str, str]) -> str:
    if variable:
        if value := environment.get(variable, "").strip():
            return value
        raise SourceRefused(f"{name}:环境变量 {variable} 没有设置;请在服务的环境里设置")
    return read_secret(path, name) if path else ""

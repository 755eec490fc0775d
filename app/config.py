"""config.toml, read once into frozen dataclasses; an unknown key is refused with its full path.

Every setting stands in its section (`sections`, `sections_outside`) with its default and one line
of help. A missing section means the embedded default; naming a URL selects the big engine.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from app.errors import BadConfig
from app.sections import (
    AlertsConfig,
    CasesConfig,
    CityConfig,
    DemoConfig,
    DisplayConfig,
    EngineConfig,
    ForecastsConfig,
    LayersConfig,
    LiveConfig,
    LogConfig,
    ReviewConfig,
    SandboxConfig,
    SecurityConfig,
    TopicsConfig,
    UploadsConfig,
    ValuesConfig,
    WebConfig,
    WorkerConfig,
    setting,
)
from app.sections_outside import (
    ChannelConfig,
    ConnectorsConfig,
    NoticesConfig,
    ReceiverConfig,
    SourceConfig,
)

__all__ = [
    "AlertsConfig",
    "CasesConfig",
    "ChannelConfig",
    "CityConfig",
    "Config",
    "ConnectorsConfig",
    "DemoConfig",
    "DisplayConfig",
    "EngineConfig",
    "ForecastsConfig",
    "LayersConfig",
    "LiveConfig",
    "LogConfig",
    "NoticesConfig",
    "ReceiverConfig",
    "ReviewConfig",
    "SandboxConfig",
    "SecurityConfig",
    "SourceConfig",
    "TopicsConfig",
    "UploadsConfig",
    "ValuesConfig",
    "WebConfig",
    "WorkerConfig",
    "load_config",
]


@dataclass(frozen=True)
class Config:
    """Everything config.toml may say."""

    home: str = setting("var", "运行数据目录(相对路径以 config.toml 所在目录为准)")
    city: CityConfig = field(default_factory=CityConfig)
    web: WebConfig = field(default_factory=WebConfig)
    engines: EngineConfig = field(default_factory=EngineConfig)
    demo: DemoConfig = field(default_factory=DemoConfig)
    review: ReviewConfig = field(default_factory=ReviewConfig)
    security: SecurityConfig = field(default_factory=SecurityConfig)
    live: LiveConfig = field(default_factory=LiveConfig)
    layers: LayersConfig = field(default_factory=LayersConfig)
    uploads: UploadsConfig = field(default_factory=UploadsConfig)
    sandbox: SandboxConfig = field(default_factory=SandboxConfig)
    worker: WorkerConfig = field(default_factory=WorkerConfig)
    values: ValuesConfig = field(default_factory=ValuesConfig)
    forecasts: ForecastsConfig = field(default_factory=ForecastsConfig)
    cases: CasesConfig = field(default_factory=CasesConfig)
    log: LogConfig = field(default_factory=LogConfig)
    topics: TopicsConfig = field(default_factory=TopicsConfig)
    connectors: ConnectorsConfig = field(default_factory=ConnectorsConfig)
    notices: NoticesConfig = field(default_factory=NoticesConfig)
    alerts: AlertsConfig = field(default_factory=AlertsConfig)
    sources: dict[str, SourceConfig] = field(default_factory=dict)
    channels: dict[str, ChannelConfig] = field(default_factory=dict)
    receivers: dict[str, ReceiverConfig] = field(default_factory=dict)
    displays: dict[str, DisplayConfig] = field(default_factory=dict)
    home_path: Path = field(default=Path("var"), metadata={"internal": True})


def load_config(path: Path | None, *, home: Path | None = None) -> Config:
    """Read `path` (None: all defaults), with `home` overriding its home; raises BadConfig."""
    raw: Mapping[str, Any] = {}
    base = Path.cwd()
    if path is not None:
        raw, base = _parse(path), path.resolve().parent
    config = _build(Config, raw, "", str(path or "config.toml"))
    assert isinstance(config, Config)
    chosen = home.expanduser() if home is not None else base / Path(config.home).expanduser()
    return dataclasses.replace(config, home_path=chosen.resolve())


def _parse(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as wrong:
        raise BadConfig(f"{path}:读不到配置文件({wrong.strerror});请检查路径和权限") from wrong
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BadConfig(f"{path}:不是有效的 TOML:{wrong};请按行号修改后重试") from wrong


def _build(kind: type[Any], raw: Mapping[str, Any], prefix: str, where: str) -> Any:
    known = {f.name: f for f in dataclasses.fields(kind) if not f.metadata.get("internal")}
    hints = get_type_hints(kind)
    for key in raw:
        if key not in known:
            raise BadConfig(
                f"{where}:不认识的配置项 {prefix}{key};这里可用的有:{'、'.join(sorted(known))}"
            )
    values = {key: _value(hints[key], value, f"{prefix}{key}", where) for key, value in raw.items()}
    return kind(**values)


def _value(hint: Any, value: Any, path: str, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        _expect(isinstance(value, dict), f"{where}:{path} 应是一个小节,写成 [{path}]")
        assert isinstance(hint, type)
        return _build(hint, value, f"{path}.", where)
    if get_origin(hint) is dict:
        _expect(isinstance(value, dict), f"{where}:{path} 应是小节,写成 [{path}.名称]")
        item = get_args(hint)[1]
        return {name: _value(item, one, f"{path}.{name}", where) for name, one in value.items()}
    if get_origin(hint) is list:
        _expect(
            isinstance(value, list) and all(isinstance(one, str) for one in value),
            f'{where}:{path} 应是文字列表,如 {path} = ["甲", "乙"]',
        )
        return value
    return _scalar(hint, value, path, where)


def _scalar(hint: Any, value: Any, path: str, where: str) -> Any:
    if hint is float and type(value) is int:
        return float(value)
    names = {str: "文字", int: "整数", float: "数", bool: "true 或 false"}
    _expect(type(value) is hint, f"{where}:{path} 应是{names[hint]},现在是 {value!r}")
    return value


def _expect(holds: bool, text: str) -> None:
    if not holds:
        raise BadConfig(text)

"""The sections of config.toml about the program itself: each setting, its default, its help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def setting(default: Any, help_text: str) -> Any:
    """Declare one setting: its default and one line of help."""
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True)
class CityConfig:
    """Which city this is."""

    code: str = setting("440200", "行政区划代码(六位)")
    name: str = setting("韶关市", "城市名称")
    title: str = setting("韶关市一网统管", "页面左上角的平台名称")
    mark: str = setting("韶", "平台标识里的一个字")
    map_indicator: str = setting(
        "ecology.aqi_hour", "首页地图默认着色的指标编号;没有这个指标时用第一个"
    )
    map_approval: str = setting("", "底图审图号;留空时按规定标注“内部用图·不得公开”")


@dataclass(frozen=True)
class WebConfig:
    """Where the pages are served."""

    host: str = setting("127.0.0.1", "监听地址;:: 同时接受 IPv4 与 IPv6")
    port: int = setting(8050, "监听端口")
    processes: int = setting(1, "网页进程个数")
    secure_cookies: bool = setting(False, "经 HTTPS 访问时设为 true,会话 Cookie 只走加密连接")


@dataclass(frozen=True)
class EngineConfig:
    """The two engines. Empty URL: a private process under the home."""

    valkey_url: str = setting("", "Valkey/Redis 地址,如 redis://10.1.2.3:6379/0;留空用内置")
    postgres_url: str = setting(
        "", "PostgreSQL 地址,如 postgresql://user@10.1.2.3/tonglan;留空用内置"
    )
    run_as: str = setting("", "以 root 启动时内置 PostgreSQL 使用的系统用户;留空自动选择")


@dataclass(frozen=True)
class DemoConfig:
    """The demo city."""

    enabled: bool = setting(True, "首次启动时生成示例城市并运行模拟数据源")


@dataclass(frozen=True)
class ReviewConfig:
    """Whether somebody else must approve what one uploads (编制 → 审核 → 发布)."""

    required: bool = setting(True, "图层新版本须由上传人以外的审核员审核后发布")
    in_demo: bool = setting(False, "示例城市(demo.enabled)也要求审核;默认有发布权即可直接发布")


@dataclass(frozen=True)
class SecurityConfig:
    """Who may come in."""

    anonymous: str = setting("demo", "未登录者可见:demo=仅公开的示例数据,none=什么也看不到")
    session_hours: int = setting(12, "登录会话的有效小时数")
    login_attempts: int = setting(5, "同一账号连续输错多少次后暂停登录")
    login_pause_minutes: int = setting(10, "暂停登录的分钟数")


@dataclass(frozen=True)
class LiveConfig:
    """How changes reach the screens."""

    batch_ms: int = setting(200, "推送合并间隔(毫秒)")
    keepalive_s: int = setting(15, "推送保活间隔(秒)")
    keep_changes: int = setting(100_000, "变更流保留条数")
    streams_per_address: int = setting(500, "同一地址最多同时打开几个实时连接")


@dataclass(frozen=True)
class LayersConfig:
    """How long versions of layers that are not live are kept; a layer's own rule comes first."""

    keep_versions: int = setting(10, "每个图层至少保留最近几个发布版")
    keep_days: int = setting(365, "发布过的版本至少保留多少天")
    made_days: int = setting(7, "由事件、由别的图层生成的版本保留多少天")
    draft_days: int = setting(30, "没有发布的草稿保留多少天")


@dataclass(frozen=True)
class UploadsConfig:
    """Files on their way in."""

    largest_mb: int = setting(2048, "单个上传文件的上限(MB)")
    person_mb: int = setting(8192, "每人未处理完的上传合计上限(MB)")
    keep_hours: int = setting(48, "上传中断后保留多少小时,期间可以续传")
    spare_mb: int = setting(1024, "磁盘至少留出的空间(MB),不足时不再接收上传")


@dataclass(frozen=True)
class SandboxConfig:
    """What reading one uploaded file may take; it happens in a process of its own."""

    memory_mb: int = setting(12_288, "读取一个文件最多使用的地址空间(MB),约比实际内存多 1400")
    cpu_s: int = setting(900, "读取一个文件最多使用的处理器时间(秒)")
    wall_s: int = setting(1200, "读取一个文件最多等多久(秒)")


@dataclass(frozen=True)
class WorkerConfig:
    """What the worker does at a time."""

    layer_jobs: int = setting(1, "同时处理几个图层任务(读取、检查、编译);内存充足时可加大")


@dataclass(frozen=True)
class ValuesConfig:
    """How long values are kept that are rolled up to hours and days; an indicator's `keep` first.

    Whole months are dropped, each only once its roll-up is proven. Slower values stay for ever.
    """

    instant_days: int = setting(400, "时点值保留多少天,之后只留小时和日汇总;0 为永久保留")
    hour_days: int = setting(0, "小时值保留多少天,之后只留日汇总;0 为永久保留")


@dataclass(frozen=True)
class ForecastsConfig:
    """Forecasts, made by the worker behind everything else."""

    enabled: bool = setting(True, "在后台为指标做预测和异常评分")
    keep_days: int = setting(730, "以往预测保留多少天")


@dataclass(frozen=True)
class CasesConfig:
    """How cases are clocked and given to units."""

    workday: str = setting(
        "days",
        "1 工作日怎么算:days 当日不计、到下一工作日下班;hours 按一个工作日的工时数",
    )
    dispatch: bool = setting(False, "立案后按责任分工表自动派遣,职责不清的自动转协调")
    remind_minutes: int = setting(30, "到期前多少分钟提醒责任单位")
    numbers: bool = setting(
        True, "网格指标由本系统的事件计算;事件不在本系统的城市设为 false,数值由来源、报数给出"
    )
    map_minutes: int = setting(10, "地图上的网格事件最多每隔几分钟按在办事件更新一次")
    numbers_since: str = setting(
        "", "从哪一天起由事件计算,如 2026-11-01;留空为第一件事件的次日,以前的数值仍是来源给的"
    )


@dataclass(frozen=True)
class LogConfig:
    """Where and how the program logs."""

    level: str = setting("INFO", "日志级别")
    format: str = setting("auto", "json、text 或 auto(终端用 text,其余 json)")


@dataclass(frozen=True)
class TopicsConfig:
    """Installed topic packages."""

    allow_python: list[str] = field(
        default_factory=list, metadata={"help": "允许运行 Python 的已安装专题包名"}
    )


@dataclass(frozen=True)
class AlertsConfig:
    """What is kept of alerts beside their log, which is kept for ever."""

    pending_days: int = setting(365, "已过去的“等持续时间”记录保留多少天,供回放;0 为永久保留")


@dataclass(frozen=True)
class DisplayConfig:
    """One screen (SCREENS §2)."""

    k: float = setting(1.0, "字号系数 k")
    theme: str = setting("dark", "dark 或 light")

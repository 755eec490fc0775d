"""config.toml, read once into frozen dataclasses; an unknown key is refused with its full path.

Every setting stands here with its default and one line of help. A missing section means the
embedded default; naming a URL selects the big engine.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from app.errors import BadConfig


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
    map_indicator: str = setting("ecology.aqi", "首页地图默认着色的指标编号;没有这个指标时用第一个")
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
class SourceConfig:
    """One source system that refreshers name; secrets are read from a file, never written here."""

    url: str = setting("", "地址:http(s)://…、postgresql://… 或目录路径")
    secret_file: str = setting("", "口令或令牌所在文件(一行)")
    secret_env: str = setting("", "口令或令牌所在的环境变量名;与 secret_file 二选一")
    auth: str = setting("bearer", "口令怎样给出:bearer、basic、header、query 或 hmac(数据库不用写)")
    auth_name: str = setting("", "header、query:头或参数的名称;缺省 X-API-Key、key")
    user: str = setting("", "basic 的用户名,hmac 的密钥编号")
    ca_file: str = setting("", "自签证书的 CA 文件")
    cert_file: str = setting("", "来源要求客户端证书时的证书文件(PEM)")
    key_file: str = setting("", "客户端证书的私钥文件;与证书同一文件时不写")
    most_mb: int = setting(64, "一次回答的上限(MB),超过即中断")


@dataclass(frozen=True)
class ConnectorsConfig:
    """Where sources may be."""

    allow_hosts: list[str] = field(
        default_factory=list,
        metadata={"help": "允许连接的内网主机:主机名、地址、网段,可带 :端口;公网地址不用写"},
    )


@dataclass(frozen=True)
class NoticesConfig:
    """Messages to people outside the screens."""

    first_retry_s: int = setting(5, "发送失败后第一次重试等几秒,以后每次加倍,最长 15 分钟")
    give_up: int = setting(12, "试几次仍失败就停止,列入“未送达”")
    keep_days: int = setting(365, "已结束的消息保留多少天")
    base_url: str = setting("", "消息里链接的开头,如 https://ywtg.example.gov.cn;留空不带链接")


@dataclass(frozen=True)
class AlertsConfig:
    """What is kept of alerts beside their log, which is kept for ever."""

    pending_days: int = setting(365, "已过去的“等持续时间”记录保留多少天,供回放;0 为永久保留")


@dataclass(frozen=True)
class ChannelConfig:
    """One way out of the house; secrets are read from a file or the environment."""

    kind: str = setting("", "webhook、mail、wecom(企业微信)、dingtalk(钉钉)、sms 或 voice")
    url: str = setting("", "地址 http(s)://…;mail 写 smtp://主机:25、smtps://主机:465")
    body: str = setting("", "sms、voice 的内容模板,可用 {phone} {title} {text} {link} {key}")
    content_type: str = setting("application/json", "模板的类型:application/json 或表单")
    ok_field: str = setting("", "回答 JSON 里表示成败的字段,如 code;留空只看 HTTP 状态")
    ok_value: str = setting("0", "ok_field 等于它才算送达")
    secret_file: str = setting("", "签名密钥、口令或令牌所在文件(一行)")
    secret_env: str = setting("", "签名密钥、口令或令牌所在的环境变量名")
    token_file: str = setting("", "机器人地址里的 key 或 access_token 所在文件(一行)")
    token_env: str = setting("", "机器人地址里的 key 或 access_token 所在的环境变量名")
    user: str = setting("", "mail 的用户名")
    sender: str = setting("", "mail 的发件地址")
    starttls: bool = setting(False, "mail 先升级为加密连接")
    ca_file: str = setting("", "自签证书的 CA 文件")
    timeout_s: int = setting(10, "一次发送最多等几秒(1–20)")
    highest: str = setting(
        "内部", "最高可带正文的级别:公开、内部、敏感、高敏;更高的只发种类、编号和到哪里看"
    )


@dataclass(frozen=True)
class ReceiverConfig:
    """One named receiver of messages; routes of rules and units lead to it."""

    channel: str = setting("", "通道名称,见 [channels.名称]")
    title: str = setting("", "名称,如 水务局值班群")
    address: str = setting("", "手机号或邮箱;机器人与 webhook 不用写")
    url: str = setting("", "不同于通道的地址时写")
    token_file: str = setting("", "不同于通道的 key、access_token 文件")
    secret_file: str = setting("", "不同于通道的密钥文件")
    units: list[str] = field(
        default_factory=list, metadata={"help": "发给这些单位(机构编号)的消息由它收"}
    )
    duties: list[str] = field(
        default_factory=list, metadata={"help": "没有排班时替这些岗位收,如 带班领导"}
    )
    levels: list[str] = field(
        default_factory=list, metadata={"help": "只收这些级别,如 红、橙;留空都收"}
    )


@dataclass(frozen=True)
class DisplayConfig:
    """One screen (SCREENS §2)."""

    k: float = setting(1.0, "字号系数 k")
    theme: str = setting("dark", "dark 或 light")


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

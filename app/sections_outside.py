"""The sections of config.toml about what lies outside: sources, channels, receivers."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.sections import setting


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

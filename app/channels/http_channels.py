"""Messages over HTTP: webhook, robots of 企业微信 and 钉钉, SMS and voice gateways."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime

import httpx
import orjson

from app.channels.exchange import Reply, post, shortened
from app.channels.settings import Way
from topics.kit.errors import SourceRefused
from topics.kit.notify.contracts import Channel
from topics.kit.notify.delivery import Notice
from topics.kit.refresh.hosts import HostGuard

_JSON = "application/json; charset=utf-8"
_MOST_TEXT = 2000  # 企业微信 takes 2,048 bytes of markdown, 4,096 of markdown in newer versions


def send_http(way: Way, notice: Notice, link: str, guard: HostGuard, now: datetime) -> str:
    """Send the notice over the way and return what was answered; RefreshFailed when it failed."""
    url, body, headers = _MAKERS[way.kind](way, notice, link, now)
    reply = post(
        url,
        body,
        {"Idempotency-Key": notice.token, "Content-Type": _JSON, **headers},
        guard=guard,
        name=way.name,
        seconds=way.config.timeout_s,
        ca_file=way.config.ca_file,
    )
    return _JUDGES[way.kind](way, reply)


Made = tuple[httpx.URL, bytes, Mapping[str, str]]


def _webhook(way: Way, notice: Notice, link: str, now: datetime) -> Made:
    """JSON of the message; X-Signature is HMAC-SHA256 of "timestamp.body" in hexadecimal."""
    one = notice.message
    body = orjson.dumps(
        {
            "id": notice.token,
            "title": one.title,
            "text": one.text,
            "level": one.level,
            "link": link,
            "created_at": notice.created_at.isoformat(),
            "data": dict(one.data),
        }
    )
    secret, moment = way.secret(), str(int(now.timestamp()))
    headers = {"X-Timestamp": moment}
    if secret:
        signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
        headers["X-Signature"] = signed.hexdigest()
    return _url(way), body, headers


def _wecom(way: Way, notice: Notice, link: str, now: datetime) -> Made:
    """企业微信 group robot: markdown, the key in the address."""
    url, key = _url(way), way.token()
    if key:
        url = url.copy_merge_params({"key": key})
    text = _cut(_markdown(notice, link).encode(), _MOST_TEXT)
    return url, orjson.dumps({"msgtype": "markdown", "markdown": {"content": text}}), {}


def _dingtalk(way: Way, notice: Notice, link: str, now: datetime) -> Made:
    """钉钉 group robot with 加签: base64 of HMAC-SHA256(secret, "timestamp\\nsecret"), in ms."""
    url, token, secret = _url(way), way.token(), way.secret()
    if token:
        url = url.copy_merge_params({"access_token": token})
    if secret:
        moment = str(int(now.timestamp() * 1000))
        mark = hmac.new(secret.encode(), f"{moment}\n{secret}".encode(), hashlib.sha256)
        sign = base64.b64encode(mark.digest()).decode()
        url = url.copy_merge_params({"timestamp": moment, "sign": sign})
    text = _markdown(notice, link)
    markdown = {"title": notice.message.title, "text": text}
    return url, orjson.dumps({"msgtype": "markdown", "markdown": markdown}), {}


def _gateway(way: Way, notice: Notice, link: str, now: datetime) -> Made:
    """The gateway's own template filled in; values are escaped for JSON or for a form."""
    one = notice.message
    text = f"{one.title}。{one.text}" if one.text else one.title
    values = {
        "phone": way.address,
        "title": one.title,
        "text": text,
        "link": link,
        "key": notice.token,
        "level": one.level,
    }
    form = "json" not in way.config.content_type
    body = way.config.body
    for name, value in values.items():
        # Replaced one by one and not by str.format: a JSON template is full of braces.
        body = body.replace("{" + name + "}", _escaped(value, form=form))
    headers = {"Content-Type": way.config.content_type}
    if secret := way.secret():
        headers["Authorization"] = f"Bearer {secret}"
    return _url(way), body.encode(), headers


def _escaped(value: str, *, form: bool) -> str:
    # A placeholder in a value must not be filled in again by the next replacement.
    value = value.replace("{", "(").replace("}", ")")
    if form:
        return str(httpx.QueryParams({"v": value}))[2:]
    return orjson.dumps(value).decode()[1:-1]


def _markdown(notice: Notice, link: str) -> str:
    one = notice.message
    parts = [f"**{one.title}**", one.text]
    if link:
        parts.append(f"[查看]({link})")
    parts.append(f"编号 {notice.token[:8]}")
    return "\n\n".join(part for part in parts if part)


def _cut(text: bytes, most: int) -> str:
    return text[:most].decode("utf-8", "ignore")


def _url(way: Way) -> httpx.URL:
    return httpx.URL(way.url)


def _plain(way: Way, reply: Reply) -> str:
    return f"HTTP {reply.status}:{shortened(reply.body)}"


def _errcode(way: Way, reply: Reply) -> str:
    """Both robots answer 200 for a refusal: only errcode 0 is a success."""
    said = reply.document()
    if said.get("errcode") != 0:
        raise SourceRefused(f"机器人拒收:errcode {said.get('errcode')},{said.get('errmsg', '')}")
    return "errcode 0"


def _field(way: Way, reply: Reply) -> str:
    """What the gateway's setting says is a success; without one any answer of HTTP's kind."""
    if not way.config.ok_field:
        return _plain(way, reply)
    said = reply.document().get(way.config.ok_field)
    if str(said) != way.config.ok_value:
        raise SourceRefused(f"网关拒收:{way.config.ok_field} = {said},{shortened(reply.body)}")
    return f"{way.config.ok_field} = {said}"


_MAKERS: Mapping[Channel, Callable[[Way, Notice, str, datetime], Made]] = {
    Channel.WEBHOOK: _webhook,
    Channel.WECOM: _wecom,
    Channel.DINGTALK: _dingtalk,
    Channel.SMS: _gateway,
    Channel.VOICE: _gateway,
}
_JUDGES: Mapping[Channel, Callable[[Way, Reply], str]] = {
    Channel.WEBHOOK: _plain,
    Channel.WECOM: _errcode,
    Channel.DINGTALK: _errcode,
    Channel.SMS: _field,
    Channel.VOICE: _field,
}

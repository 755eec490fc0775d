"""Messages by mail: one connection a message, ended at the deadline however slowly one drips."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from app.channels.settings import Way
from topics.kit.errors import RefreshFailed, SourceRefused
from topics.kit.notify.delivery import Notice
from topics.kit.refresh.hosts import HostGuard

_PORTS = {"smtp": 25, "smtps": 465}


def send_mail(way: Way, notice: Notice, link: str, guard: HostGuard, now: datetime) -> str:
    """Send the notice and return what was answered; RefreshFailed when it failed.

    A repeated message carries the same Message-ID and Idempotency-Key.
    """
    letter = _letter(way, notice, link, now)
    try:
        with _connected(way, guard) as server:
            if way.config.starttls:
                server.starttls(context=_trust(way))
            if way.config.user:
                server.login(way.config.user, way.secret())
            # The list, so that a server's refusal of this one address is an error.
            server.send_message(letter, way.config.sender, [way.address])
    except smtplib.SMTPRecipientsRefused as wrong:
        said = "、".join(f"{code}" for code, _ in wrong.recipients.values())
        raise RefreshFailed(f"邮件服务器不收 {way.address}({said})") from wrong
    except smtplib.SMTPResponseException as wrong:
        said = _text(wrong.smtp_error)
        raise RefreshFailed(f"邮件服务器答 {wrong.smtp_code} {said}") from wrong
    except ssl.SSLCertVerificationError as wrong:
        raise RefreshFailed(
            f"邮件服务器的证书不可信({wrong.verify_message});"
            "请核对主机名,自签证书在通道的 ca_file 写 CA 文件"
        ) from wrong
    except smtplib.SMTPNotSupportedError as wrong:
        raise RefreshFailed(
            "邮件服务器不支持要求的加密或登录;请核对通道的 starttls 和 user,或改用 smtps://"
        ) from wrong
    except (smtplib.SMTPException, OSError, ValueError) as wrong:
        raise RefreshFailed(f"邮件没有发出({type(wrong).__name__});请检查邮件服务器") from wrong
    return "邮件服务器已收下"


def _letter(way: Way, notice: Notice, link: str, now: datetime) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = way.config.sender
    letter["To"] = way.address
    # A header is one line, whatever a title holds.
    letter["Subject"] = " ".join(notice.message.title.split())
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{notice.token}@tonglan.invalid>"
    letter["Idempotency-Key"] = notice.token
    letter.set_content("\n\n".join(part for part in (notice.message.text, link) if part) + "\n")
    return letter


@contextlib.contextmanager
def _connected(way: Way, guard: HostGuard) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(way.url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    address = guard.addresses(host, port, way.name)[0]
    seconds = float(way.config.timeout_s)
    server = _Direct(address, host, _trust(way) if parts.scheme == "smtps" else None, seconds)
    # smtplib only bounds each step: a server that drips is cut off here.
    watch = threading.Timer(seconds, server.cut)
    watch.daemon = True
    watch.start()
    try:
        server.connect(host, port)
        yield server
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        watch.cancel()
        server.close()


class _Direct(smtplib.SMTP):
    """Connects to the address that the guard checked; `host` is for the certificate."""

    def __init__(
        self, address: str, host: str, trust: ssl.SSLContext | None, seconds: float
    ) -> None:
        # Its own default asks the DNS for our name, which may take long.
        super().__init__(timeout=seconds, local_hostname=socket.gethostname())
        self._address = address
        self._trust = trust
        self._host = host  # what starttls checks the certificate against

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((self._address, port), timeout)
        if self._trust is None:
            return plain
        return self._trust.wrap_socket(plain, server_hostname=host)

    def cut(self) -> None:
        """End the connection from another thread."""
        found = self.sock
        if found is not None:
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)


def _trust(way: Way) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=way.config.ca_file or None)
    except OSError as wrong:
        raise SourceRefused(f"{way.name}:CA 文件 {way.config.ca_file} 读不了") from wrong


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:120]

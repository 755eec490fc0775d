"""Mail over an encrypted way, against a real server with a certificate of its own making."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.channels.receivers import mail_server
from tests.channels.test_channels import notice, sender
from topics.kit.notify.delivery import Answer

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="没有 openssl;用 root 执行 apt install openssl 后再测"
)


@dataclass(frozen=True)
class Paper:
    """A certificate that signs itself, and the server's side of it."""

    file: Path

    @property
    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.file.with_suffix(".key"))
        return context


def made(folder: Path, name: str, address: str) -> Paper:
    file = folder / f"{name}.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{address}",
            "-keyout", file.with_suffix(".key"), "-out", file,
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return Paper(file)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Paper]:
    folder = tmp_path_factory.mktemp("papers")
    here = {one: made(folder, one, "127.0.0.1") for one in ("mail", "stranger")}
    return here | {"elsewhere": made(folder, "elsewhere", "127.0.0.9")}


def send(url: str, **options: object) -> Answer:
    told = {"sender": "duty@city.example", "address": "a@b.example", "timeout_s": 5} | options
    return sender("mail", url, **told)(notice())


def test_a_letter_goes_over_starttls_to_a_server_whose_certificate_is_known(
    papers: dict[str, Paper],
) -> None:
    mail = papers["mail"]
    with mail_server(starttls=mail.server) as there:
        answer = send(there.url, starttls=True, ca_file=str(mail.file))
        assert answer.ok, answer.said
        assert there.secured
        assert "Idempotency-Key:" in there.letters[0]


def test_a_letter_goes_over_tls_from_the_first_byte(papers: dict[str, Paper]) -> None:
    mail = papers["mail"]
    with mail_server(tls=mail.server) as there:
        answer = send(there.url, ca_file=str(mail.file))
        assert answer.ok, answer.said
        assert len(there.letters) == 1


@pytest.mark.parametrize("way", ["starttls", "tls"])
@pytest.mark.parametrize("shown", ["stranger", "elsewhere"])
def test_a_wrong_certificate_is_refused_and_nothing_is_sent(
    papers: dict[str, Paper], way: str, shown: str
) -> None:
    """One that nobody vouches for, and one that is of another host."""
    trusted = papers["mail" if shown == "stranger" else "elsewhere"]
    with mail_server(**{way: papers[shown].server}) as there:
        answer = send(there.url, starttls=way == "starttls", ca_file=str(trusted.file))
    assert not answer.ok
    assert "邮件服务器的证书不可信" in answer.said
    assert "ca_file" in answer.said
    assert there.letters == []


def test_a_server_that_cannot_encrypt_gets_no_letter_in_the_clear() -> None:
    with mail_server() as there:
        answer = send(there.url, starttls=True)
    assert not answer.ok
    assert "不支持要求的加密" in answer.said
    assert there.letters == []

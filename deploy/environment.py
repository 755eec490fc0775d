"""Sets up `.venv` and the browser files of this checkout; standard library only.

Doing it again costs nothing: what is installed is known by the hash of what it was made from.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BROWSER = ROOT / "app" / "web" / "browser"
NODE_AT_LEAST = 18
_PIP: tuple[str | Path, ...] = (
    PYTHON,
    *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
)


class SetUpFailed(Exception):
    """A step of the set-up failed; the text says which and what to do."""


def require_python() -> None:
    """Stop with a plain sentence when Python is too old."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells an old Python's user
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise SetUpFailed(f"需要 Python 3.11 或更新版本,现在是 {found};请用 python3.11 重新执行")


def prepare(*, for_tests: bool) -> None:
    """Make `.venv` hold exactly the locked packages, and the browser files built."""
    require_python()
    _virtual_environment()
    lock = ROOT / ("requirements-dev.lock" if for_tests else "requirements.lock")
    _packages(lock)
    _browser_files()


def say(text: str) -> None:
    """Print one line of progress at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(step: str, remedy: str, *command: str | Path, cwd: Path = ROOT) -> None:
    """Run one command quietly; when it fails show its last lines, the step and the remedy."""
    began = time.monotonic()
    say(f"· {step} …")
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise SetUpFailed(f"{step}失败:\n{tail}\n→ {remedy}")
    say(f"  {step}完成({time.monotonic() - began:.0f} 秒)")


def _virtual_environment() -> None:
    if PYTHON.exists() and _answers(PYTHON):
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    make = (sys.executable, "-m", "venv", VENV)
    try:
        run("建立 Python 环境", "请安装 python3-venv 后重试", *make)
    except SetUpFailed:
        if not _debian_root():
            raise
        _apt("python3-venv")
        shutil.rmtree(VENV, ignore_errors=True)
        run("建立 Python 环境", "请安装 python3-venv 后重试", *make)


def _packages(lock: Path) -> None:
    # A test environment holds everything the product needs: never shrink it again.
    stamps = VENV / "tonglan"
    done = {one.name: one.read_text() for one in stamps.glob("*")} if stamps.is_dir() else {}
    wanted = _fingerprint(lock, ROOT / "pyproject.toml")
    if wanted in done.values():
        return
    if lock.name == "requirements.lock" and done.get("requirements-dev.lock") == _fingerprint(
        ROOT / "requirements-dev.lock", ROOT / "pyproject.toml"
    ):
        return
    remedy = "请检查网络或本单位的软件源设置(pip config list)后重试"
    run("安装 Python 组件", remedy, *_installer(), "--require-hashes", "-r", lock)
    run("登记 tonglan 命令", remedy, *_PIP, "--no-deps", "--no-build-isolation", "-e", ROOT)
    compiler = (PYTHON, "-m", "compileall", "-q", "app", "layers", "topics")
    run("编译程序", "请确认磁盘可写、空间充足", *compiler)
    stamps.mkdir(exist_ok=True)
    (stamps / lock.name).write_text(wanted)


def _installer() -> tuple[str | Path, ...]:
    """Answer uv, which fetches in parallel, on pip's own settings; plain pip where it cannot."""
    try:
        run("取回安装工具", "", *_PIP, "--require-hashes", "-r", ROOT / "requirements-uv.lock")
        settings = uv_options(_pip_settings())
        uv: tuple[str | Path, ...] = (VENV / "bin" / "uv", "pip", "install", "--quiet")
        # Compiled now: a start after kill -9 must not wait for it, nor a user who may not write.
        uv = (*uv, "--python", PYTHON, "--compile-bytecode", *settings)
        run("试用安装工具", "", *uv, "--dry-run", "--no-deps", "pip")
    except SetUpFailed:
        say("  改用 pip 安装,会慢一些")
        return _PIP
    return uv


def uv_options(pip: dict[str, str]) -> list[str]:
    """The options that make uv fetch from where pip's settings point."""
    names = {"index-url": "--index-url", "extra-index-url": "--extra-index-url"}
    names |= {"find-links": "--find-links", "trusted-host": "--allow-insecure-host"}
    options = [
        part
        for key, option in names.items()
        for value in pip.get(key, "").split()
        for part in (option, value)
    ]
    # pip looks at every index; so does this, the hashes decide what is taken.
    return [*options, "--index-strategy", "unsafe-best-match", "--system-certs"]


def _pip_settings() -> dict[str, str]:
    listed = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found: dict[str, str] = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        key = name.rpartition(".")[2]
        found[key] = f"{found.get(key, '')} {value.strip(chr(39))}".strip()
    return found


def _browser_files() -> None:
    wanted = _fingerprint(BROWSER / "package-lock.json", ROOT / "app" / "web" / "vendor.py")
    stamp = VENV / "tonglan-browser"
    built = ROOT / "app" / "web" / "built"
    if built.is_dir() and stamp.exists() and stamp.read_text() == wanted:
        return
    remedy = "请检查网络或本单位的 npm 源设置(npm config list)后重试"
    run(
        "取回地图组件",
        remedy,
        *_npm(),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        cwd=BROWSER,
    )
    run("压缩浏览器文件", "请确认磁盘可写、空间充足", PYTHON, "-m", "app.web.vendor")
    run("压缩图表组件", "请确认磁盘可写、空间充足", PYTHON, "-m", "app.web.chart_files")
    stamp.write_text(wanted)


def _npm() -> tuple[str | Path, ...]:
    found, node = shutil.which("npm"), shutil.which("node")
    if found and node and _node_version(node) >= NODE_AT_LEAST:
        return (found,)
    own = VENV / "bin" / "npm"
    if not own.exists():
        run(
            "安装 Node(仅用于取回地图组件)",
            "请检查软件源设置后重试",
            *(*_PIP, "--require-hashes", "-r", ROOT / "requirements-node.lock"),
        )
    return (own,)


def _node_version(node: str) -> int:
    text = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(text.lstrip("v").split(".")[0] or 0) if text.startswith("v") else 0


def _answers(python: Path) -> bool:
    probe = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    return probe.returncode == 0


def _debian_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt(*packages: str) -> None:
    run("更新系统软件目录", "请检查系统软件源", "apt-get", "update", "-qq")
    environment = ("env", "DEBIAN_FRONTEND=noninteractive")
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)
    run(f"安装系统组件 {'、'.join(packages)}", "请检查系统软件源", *environment, *install)


def install_system(*packages: str) -> bool:
    """Install Debian packages when this user may; False when not."""
    if not _debian_root():
        return False
    _apt(*packages)
    return True


def _fingerprint(*files: Path) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for one in files:
        digest.update(one.read_bytes() if one.exists() else b"-")
    return digest.hexdigest()

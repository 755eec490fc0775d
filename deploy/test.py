"""Sets up what is missing and passes the tests: `python3 deploy/test.py [options of pytest]`.

As root on Debian or Ubuntu it installs the servers, the browser and the fonts the tests use; where
it may not, those tests are skipped and the reason is printed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

from environment import PYTHON, ROOT, SetUpFailed, install_system, prepare, say

SYSTEM = {
    "chromium": lambda: bool(shutil.which("chromium")),
    "fonts-noto-cjk": lambda: _has_cjk_font(),
    "postgresql": lambda: os.path.isdir("/usr/lib/postgresql"),
    "redis-server": lambda: bool(shutil.which("redis-server")),
    "prometheus": lambda: bool(shutil.which("promtool")),  # the judge of the alert rules
}

# The tests that speak to the servers: the same once more on other servers than the private ones.
STORES = (
    *("tests/topics", "tests/push", "tests/security", "tests/layers/registry"),
    *("tests/layers/review", "tests/layers/stores", "tests/api"),
)

# Whole programs, killed processes and browsers: alone, so that nothing else takes their time. The
# browsers last: their event loop stays for the rest of the session.
ALONE = ("tests/engines", "tests/faults", "tests/e2e", "tests/web")
# So many files of them may fail by chance at once; more is a fault.
FEW = 4
# Everything else in two processes, each with servers of its own; a file stays in one of them.
TWO = ("-n", "2", "--dist", "loadfile")


def main() -> int:
    """Prepare, check style, types and imports, then run every test; the worst answer wins."""
    try:
        prepare(for_tests=True)
        _system_packages()
    except SetUpFailed as wrong:
        say(str(wrong))
        return 1
    if sys.argv[1:]:
        return _do("测试", "-m", "pytest", *sys.argv[1:])
    checks = (
        _do("代码风格", "-m", "ruff", "check", "."),
        _do("代码排版", "-m", "ruff", "format", "--check", "."),
        _do("类型", "-m", "mypy"),
    )
    return max(
        *checks,
        _test("测试", *TWO, *(f"--ignore={one}" for one in ALONE)),
        _alone(),
        _test("在 Debian 的 PostgreSQL 与 Redis 上再测一遍", *TWO, "--debian", *STORES),
    )


def _test(what: str, *options: str) -> int:
    return _do(what, "-m", "pytest", "-q", *options)


def _alone() -> int:
    """The tests of whole programs; a file that failed must pass whole a second time, and is named.

    A killed process or a browser on a busy machine may fail by chance (docs/decisions/0014);
    a fault fails twice.
    """
    answer = _test("测试整个程序与浏览器", *ALONE)
    files = _failed(*ALONE) if answer == 1 else []
    if not 0 < len(files) <= FEW:
        return answer
    say(f"! 未通过,整个文件重测一次:{'、'.join(files)}")
    answer = _test("重测", *files)
    if answer == 0:
        say(f"! 不稳定,须查明原因(第一次未通过,重测通过):{'、'.join(files)}")
    return answer


def _failed(*folders: str) -> list[str]:
    """The files of these folders with a test that failed in the last run."""
    noted = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    if not noted.is_file():
        return []
    files = {one.partition("::")[0] for one in json.loads(noted.read_text(encoding="utf-8"))}
    return sorted(one for one in files if one.startswith(tuple(f"{each}/" for each in folders)))


def _system_packages() -> None:
    missing = [name for name, present in SYSTEM.items() if not present()]
    if not missing:
        return
    try:
        installed = install_system(*missing)
    except SetUpFailed as wrong:
        say(str(wrong))
        installed = False
    if not installed:
        say(f"! 缺少 {'、'.join(missing)},相关测试将跳过;用 root 执行本命令即可自动安装")


def _has_cjk_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    found = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)
    return bool(found.stdout.strip())


def _do(what: str, *arguments: str) -> int:
    say(f"== {what}")
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

"""Python, packages, the built map component, and what only the tests need."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from app.cli.checks.finding import Check

BUILT = Path(__file__).resolve().parents[2] / "web" / "built"
_SET_UP = "请运行 python3 deploy/run.py 补齐环境"
_TESTS_ONLY = "只有测试需要;Debian/Ubuntu 上:apt-get install"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def check_program() -> Iterator[Check]:
    """Findings on the program itself."""
    yield _python()
    yield _packages()
    yield check_map(BUILT)
    yield _chromium()
    yield _fonts()


def check_map(built: Path) -> Check:
    """Whether the files of the map component were fetched and built."""
    if any(built.rglob("maplibre-gl*.mjs*")):
        return Check("地图组件", "ok", "已就绪")
    return Check("地图组件", "bad", "还没有取得 maplibre-gl", _SET_UP)


def _python() -> Check:
    # An older Python does not get as far as this line: pip refuses the program.
    return Check("Python", "ok", ".".join(map(str, sys.version_info[:3])))


def _packages() -> Check:
    missing = [name for name in _wanted() if not _installed(name)]
    if missing:
        return Check("程序包", "bad", f"缺少 {'、'.join(missing)}", _SET_UP)
    return Check("程序包", "ok", "齐全")


def _wanted() -> list[str]:
    try:
        lines = requires("tonglan") or []
    except PackageNotFoundError:
        return ["tonglan"]
    return [re.split(r"[\[<>=!~; ]", line)[0] for line in lines if "extra ==" not in line]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _chromium() -> Check:
    found = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    if found:
        return Check("Chromium", "ok", found)
    return Check("Chromium", "warn", "没有找到", f"{_TESTS_ONLY} chromium")


def _fonts() -> Check:
    lister = shutil.which("fc-list")
    if lister is not None:
        said = subprocess.run(
            [lister, ":lang=zh", "family"], capture_output=True, text=True, check=False, timeout=20
        ).stdout
        if said.strip():
            return Check("中文字体", "ok", said.splitlines()[0].strip())
    return Check("中文字体", "warn", "本机没有中文字体", f"{_TESTS_ONLY} fonts-noto-cjk")

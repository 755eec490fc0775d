"""The home, its disk, the port and the clock."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.cli.checks.finding import Check
from app.config import Config
from app.errors import PortUnavailable
from app.roles.readiness import is_ready
from app.roles.sockets import listen
from layers.sandbox.confine import network_can_be_cut

_SPACE_BAD, _SPACE_WARN = 1, 5  # GB
_RELEASED = datetime(2026, 11, 1, tzinfo=UTC)  # no honest clock shows an earlier day


def check_machine(config: Config) -> Iterator[Check]:
    """Findings on the machine."""
    yield check_home(config.home_path)
    yield check_space(shutil.disk_usage(_existing(config.home_path)).free / 1e9)
    yield check_port(config.web.host, config.web.port)
    yield check_clock(datetime.now(UTC))
    yield _time_zones()
    yield check_sandbox(cut=network_can_be_cut())


def check_home(home: Path) -> Check:
    """Whether everything below the home can be written."""
    place = _existing(home)
    if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        return Check("数据目录", "ok", str(home))
    return Check("数据目录", "bad", f"{place} 不能写入", "请换用 --home 目录,或改正它的属主和权限")


def check_space(free: float) -> Check:
    """Whether `free` gigabytes are enough."""
    found = f"剩余 {free:.1f} GB"
    if free < _SPACE_BAD:
        return Check("磁盘空间", "bad", found, "请清理磁盘,或用 --home 换到较大的磁盘")
    if free < _SPACE_WARN:
        return Check("磁盘空间", "warn", found, f"建议留出 {_SPACE_WARN} GB 以上")
    return Check("磁盘空间", "ok", found)


def check_port(host: str, port: int) -> Check:
    """Whether the pages' port is free, or ours already."""
    try:
        for listener in listen(host, port):
            listener.close()
    except PortUnavailable as wrong:
        if is_ready(port, host):
            return Check("端口", "ok", f"{port} 上已有统览在运行")
        found, _, fix = str(wrong).partition(";")
        return Check("端口", "bad", found, fix)
    return Check("端口", "ok", f"{port} 空闲")


def check_clock(now: datetime) -> Check:
    """Whether the clock can be right: numbers are filed by time."""
    shown = now.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
    if now < _RELEASED:
        return Check("时钟", "bad", f"显示 {shown}", "系统时间不对;请启用时间同步(timedatectl)")
    return Check("时钟", "ok", f"北京时间 {shown}")


def check_sandbox(*, cut: bool) -> Check:
    """Whether the process that reads uploaded files can be kept off the network by the kernel."""
    if cut:
        return Check("读文件的沙箱", "ok", "受限进程,不能联网")
    return Check(
        "读文件的沙箱",
        "warn",
        "受限进程;内核不允许单独断网,仅靠停用联网驱动",
        "请允许非特权用户命名空间(sysctl user.max_user_namespaces),或由防火墙禁止本服务外联",
    )


def _time_zones() -> Check:
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return Check("时区数据", "bad", "没有 Asia/Shanghai", "请安装 tzdata")
    return Check("时区数据", "ok", "齐全")


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path

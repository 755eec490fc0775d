"""`tonglan run`, `tonglan web`, `tonglan worker`, and the hidden commands they start."""

from __future__ import annotations

import importlib
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app.cli.options import ConfigOption, HomeOption, find_config, read_config
from app.engines.identity import die_with_parent
from app.logs import configure_logs
from app.roles.orders import Orders, with_address
from app.roles.supervisor import Supervisor

HostOption = Annotated[str | None, typer.Option("--host", help="监听地址;:: 同时接受 IPv4 与 IPv6")]
PortOption = Annotated[int | None, typer.Option("--port", help="监听端口", min=1, max=65535)]
ParentOption = Annotated[int, typer.Option("--parent", hidden=True)]
# loaded while the engines start; each module has `play(orders)`
_ROLES = {
    "web": "app.roles.web_play",
    "worker": "app.roles.worker_play",
    "first-start": "app.roles.first_start",
    "demo-sources": "app.roles.demo_play",
}


def run(
    home: HomeOption = None,
    config: ConfigOption = None,
    host: HostOption = None,
    port: PortOption = None,
) -> None:
    """启动全部:内置引擎、网页、后台任务;首次启动生成示例城市。"""
    _supervise(("web", "worker", "demo"), home, config, host, port)


def web(
    home: HomeOption = None,
    config: ConfigOption = None,
    host: HostOption = None,
    port: PortOption = None,
) -> None:
    """只启动网页服务;与同一数据目录上的其他进程共用引擎。"""
    _supervise(("web",), home, config, host, port)


def worker(home: HomeOption = None, config: ConfigOption = None) -> None:
    """只启动后台任务;可以同时运行多个,由其中一个主持定时取数。"""
    _supervise(("worker",), home, config, None, None)


def role(name: str, parent: ParentOption = 0) -> None:
    """(由 run 调用)读取标准输入上的一行指令,担任一个角色。"""
    if parent:
        die_with_parent(signal.SIGKILL, parent)
    play = importlib.import_module(_ROLES[name]).play
    line = sys.stdin.readline()
    if line:  # else whoever started us is gone
        orders = Orders.read(line)
        configure_logs(orders.settings().log, role=name)
        play(orders)


def demo_sources(parent: ParentOption = 0) -> None:
    """(由 run 调用)运行示例城市的模拟数据源。"""
    role("demo-sources", parent)


def _supervise(
    roles: tuple[str, ...],
    home: Path | None,
    config: Path | None,
    host: str | None,
    port: int | None,
) -> None:
    settings = with_address(read_config(home, config), host, port)
    wanted = tuple(one for one in roles if one != "demo" or settings.demo.enabled)
    configure_logs(settings.log, role="supervisor")
    console = Console(highlight=False)
    Supervisor(settings, find_config(config), console, wanted).run()

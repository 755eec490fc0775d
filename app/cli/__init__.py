"""The command line `tonglan`; a command's module is imported only when the command is called."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from app.errors import AppError
from layers.errors import LayerError
from topics.kit.errors import TopicError


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives and the one line that `tonglan --help` says of it."""

    place: str  # "module:name" of a function or a Typer group
    help: str
    hidden: bool = False


COMMANDS: dict[str, Entry] = {
    "run": Entry("app.cli.run:run", "启动全部(首次启动生成示例城市)"),
    "web": Entry("app.cli.run:web", "只启动网页服务"),
    "worker": Entry("app.cli.run:worker", "只启动后台任务"),
    "import": Entry("app.cli.imports:run", "导入一个图层文件"),
    "layers": Entry("app.cli.layers:group", "图层:查看、对比、回退、导出"),
    "submissions": Entry("app.cli.submissions:group", "上传单:查看、审核、退回"),
    "topics": Entry("app.cli.topics:group", "专题:查看、新建、检查、打包、安装"),
    "indicators": Entry("app.cli.indicators:group", "指标:查看、导出"),
    "rules": Entry("app.cli.rules:group", "告警规则:回测"),
    "refresh": Entry("app.cli.refresh:run", "立即执行取数"),
    "reference": Entry("app.cli.reference:group", "城市基准资料:可信界线"),
    "users": Entry("app.cli.users:group", "用户与授权"),
    "tokens": Entry("app.cli.tokens:group", "接口令牌"),
    "cases": Entry("app.cli.cases:group", "事件:导入表格"),
    "demo": Entry("app.cli.demo:group", "示例城市:真实投诉的回放"),
    "jobs": Entry("app.cli.jobs:group", "后台任务:查看、取消"),
    "warnings": Entry("app.cli.warnings:group", "法定预警:导入"),
    "receivers": Entry("app.cli.receivers:group", "消息收件人:查看、测试"),
    "notices": Entry("app.cli.notices:group", "外发消息:未送达、待发送"),
    "audit": Entry("app.cli.audit:group", "审计记录:查看、核验"),
    "doctor": Entry("app.cli.doctor:run", "检查缺少什么、怎么补"),
    "role": Entry("app.cli.run:role", "(由 run 调用)", hidden=True),
    "demo-sources": Entry("app.cli.run:demo_sources", "(由 run 调用)", hidden=True),
}


class _LazyGroup(TyperGroup):
    """A group that knows its commands' names and imports a command when it is asked for."""

    _helping = False

    def list_commands(self, ctx: Any) -> list[str]:
        """All commands, in the order of a newcomer's interest."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import and build one command; None when there is no such command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        return _stand_in(cmd_name, entry) if self._helping else _load(cmd_name, entry)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help from the table above, importing no command."""
        self._helping = True
        super().format_help(ctx, formatter)


def _stand_in(name: str, entry: Entry) -> Any:
    single = typer.Typer(add_completion=False)
    single.command(name, help=entry.help, hidden=entry.hidden)(lambda: None)
    return typer.main.get_command(single)


def _load(name: str, entry: Entry) -> Any:
    module, _, attribute = entry.place.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    if isinstance(found, typer.Typer):
        found._add_completion = False
        group = typer.main.get_command(found)
        group.name = name
        return group
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name, help=entry.help, hidden=entry.hidden)(found)
    return typer.main.get_command(single)


application = typer.Typer(
    cls=_LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    help="统览:城市运行一网统管平台",
    pretty_exceptions_enable=False,
)


@application.callback()
def _root() -> None:
    """统览:城市运行一网统管平台。"""


def main() -> None:
    """Run one command; an error of ours is one Chinese sentence on stderr and exit status 1."""
    try:
        application()
    except (AppError, LayerError, TopicError) as wrong:
        Console(stderr=True, highlight=False).print(str(wrong), markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)

"""`tonglan rules`: alert rules tried on the past."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.context import ConfigOption, HomeOption, JsonOption, opened
from app.cli.show import show_json, show_line
from app.rules.steps import RuleSteps
from app.rules.telling import RuleTexts
from app.rules.trial import TrialMode, Trials
from topics.kit.period_texts import parse_moment

group = typer.Typer(add_completion=False, no_args_is_help=True, help="告警规则")


@group.callback()
def _rules() -> None:
    """告警规则。"""


@group.command("backtest")
def backtest(
    rule: Annotated[str, typer.Argument(help="规则编号,如 water.nh3n_high")],
    start: Annotated[str, typer.Option("--from", help="从哪天起;不写为一年前")] = "",
    end: Annotated[str, typer.Option("--to", help="到哪天止;不写为现在")] = "",
    mode: Annotated[
        TrialMode,
        typer.Option("--mode", help="按哪种界限:peacetime 平时,wartime 战时,then 按当时的平战"),
    ] = "peacetime",
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """一条规则在过去会触发几次:用已存的数值推演,不保存任何东西。"""
    with opened(home, config) as services:
        found = services.rules.require(rule)
        begin, until = (parse_moment(one) if one else None for one in (start, end))
        trial = Trials(services).of(found, begin, until, datetime.now(UTC), mode)
        told = RuleTexts(services, RuleSteps(services)).trial(found, trial)
    if as_json:
        show_json(told)
        return
    show_line(told["sentence"])
    if told["note"]:
        show_line(told["note"])

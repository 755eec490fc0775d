"""`tonglan warnings`: 法定预警 from a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.alerts.legal_files import read_file
from app.cli.context import opened
from app.cli.options import ConfigOption, HomeOption, JsonOption
from app.cli.show import show_json, show_line
from app.security.people import AuditEvent
from app.security.subjects import operator
from topics.kit.errors import BadWarning
from topics.kit.warnings.check import Checker

group = typer.Typer(help="法定预警", no_args_is_help=True, rich_markup_mode=None)


@group.callback()
def _root() -> None:
    """法定预警。"""


@group.command("import", help="导入法定预警文件(JSON、CSV、Excel)")
def import_file(
    file: Annotated[Path, typer.Argument(help="文件;样例见 docs/operations.md", metavar="FILE")],
    as_json: JsonOption = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Keep every good entry and name each refused one; exit status 1 when one was refused."""
    rows = read_file(file)
    accepted, known, problems = 0, 0, list[dict[str, Any]]()
    with opened(home, config) as services:
        checker = Checker(services.warning_tables, services.regions)
        drill = services.modes.at().drill is not None
        for number, raw in rows:
            try:
                now = datetime.now(UTC)
                issued = checker.read(raw, now)
                event = AuditEvent(operator().id, "warning.receive", issued.reference)
                with services.audit.recording(event) as transaction:
                    _, new = services.legal_warnings.add(
                        issued, now=now, by=operator().id, drill=drill, connection=transaction
                    )
                accepted, known = accepted + new, known + (not new)
            except BadWarning as wrong:
                problems.append({"row": number, "problem": str(wrong)})
    said = f"收下 {accepted} 份,已有 {known} 份,拒收 {len(problems)} 份"
    if as_json:
        show_json({"accepted": accepted, "known": known, "refused": problems, "message": said})
    else:
        for one in problems:
            typer.echo(f"第 {one['row']} 份:{one['problem']}", err=True)
        show_line(said)
    if problems:
        raise typer.Exit(1)

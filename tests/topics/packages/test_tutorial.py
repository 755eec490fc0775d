"""docs/topics.md done as it stands: its tables, TOML and commands; then its values are read."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from app.api import explain, observations
from app.cli import application
from app.config import load_config
from app.engines.contracts import EngineUrls
from app.main import compose
from tests.api.layer_server import Routes, serve

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "topics.md").read_text(encoding="utf-8")
WALKED = PAGE.partition("\n---\n")[0]  # what comes after is reference
MONTH = {"from": "2026-10-01", "to": "2026-11-01"}


def table(head: str) -> list[list[str]]:
    """The cells of the first table after a text of the page."""
    found: list[list[str]] = []
    for line in WALKED.partition(head)[2].splitlines()[1:]:
        if line.startswith("|"):
            found.append([one.strip() for one in line.strip("|").split("|")])
        elif found:
            break
    return [row for row in found if not set(row[0]) <= {"-"}]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", WALKED, flags=re.DOTALL)


def number(text: str) -> object:
    return float(text) if re.fullmatch(r"\d+\.\d+", text) else text


def workbook(path: Path) -> None:
    book = Workbook()
    for name, sheet in (("指标", book.active), ("数据", book.create_sheet())):
        sheet.title = name
        for row in table(f"工作表“{name}”"):
            sheet.append([number(cell) for cell in row])
    book.save(path)


def command(line: str, config: Path) -> None:
    """One line of a block, as a shell would run it."""
    name, *arguments = shlex.split(line)
    if name == "mkdir":
        Path(arguments[-1]).mkdir(parents=True, exist_ok=True)
    elif name == "cp":
        shutil.copy(*arguments)
    else:
        assert name == "tonglan"
        done = CliRunner().invoke(application, [*arguments, "--config", str(config)])
        assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception!r}"


@pytest.fixture(scope="module")
def routes(
    tmp_path_factory: pytest.TempPathFactory, module_database_url: str, valkey_url: str
) -> Routes:
    """The program after the last step of the page."""
    place = tmp_path_factory.mktemp("tutorial")
    config = place / "config.toml"
    config.write_text(
        f'home = "var"\n[engines]\npostgres_url = "{module_database_url}"\n'
        f'valkey_url = "{valkey_url}"\n',
        encoding="utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        workbook(place / "文旅.xlsx")
        first, *others = blocks("sh")
        command(first.strip(), config)
        manifest = place / "tourism" / "topic.toml"
        (added,) = blocks("toml")
        manifest.write_text(manifest.read_text(encoding="utf-8") + "\n" + added, encoding="utf-8")
        for line in "".join(others).splitlines():
            command(line, config)
    urls = EngineUrls(valkey=valkey_url, postgres=module_database_url)
    services = compose(load_config(config), urls)
    services.recomputation.run()  # what the worker does within a second
    return serve(observations.router(services), explain.router(services))


def read(routes: Routes, indicator: str, region: str) -> list[float]:
    found = routes.get(
        "/api/v1/observations",
        params={"indicator": indicator, "region": region, **MONTH},
        headers={"x-who": "viewer"},
    )
    assert found.status_code == 200, found.text
    return [one["value"] for one in found.json()["items"]]


def test_the_values_of_the_excel_are_readable(routes: Routes) -> None:
    assert read(routes, "tourism.visitors", "440224") == [128.4]
    assert read(routes, "tourism.income", "440200") == [46.8]


def test_the_formula_of_the_page_is_computed(routes: Routes) -> None:
    assert read(routes, "tourism.load", "440224") == [pytest.approx(9.6 / 10.5 * 100)]


def test_the_number_explains_itself_with_the_words_of_the_excel(routes: Routes) -> None:
    told = routes.get(
        "/api/v1/explain",
        params={"indicator": "tourism.visitors", "region": "440224"},
        headers={"x-who": "viewer"},
    )
    assert told.status_code == 200, told.text
    assert "过夜游客与一日游客人次合计" in told.text
    assert "市文旅局" in told.text


def test_every_step_of_the_page_was_walked() -> None:
    assert [len(blocks(one)) for one in ("sh", "toml")] == [4, 1]
    assert len(table("工作表“指标”")) == 5

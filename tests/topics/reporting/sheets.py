"""A form of three columns over the city and its counties, and numbers beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from app.main import REFERENCE
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Period, PeriodKind
from topics.kit.manifest_reports import ReportSpec
from topics.kit.periods import ZONE
from topics.kit.regions import RegionTree
from topics.kit.reporting.contracts import Cell, Form, Place
from topics.kit.reporting.forms import Forms

RETAIL, GROWTH, SEWAGE = "economy.retail", "economy.retail_growth", "water.sewage_rate"
CITY = "440200"
FORMS = Forms(Catalogue.load([SHIPPED]), RegionTree.load(REFERENCE / "regions.csv"), None)  # type: ignore[arg-type]


def period(year: int, month: int, kind: str) -> Period:
    return Period(datetime(year, month, 1, tzinfo=ZONE).astimezone(UTC), PeriodKind(kind))


def economy(year: int = 2026, month: int = 10, **spec: object) -> Form:
    made = ReportSpec.model_validate(
        {
            "id": "economy.test",
            "title": "经济月报",
            "indicators": [RETAIL, GROWTH],
            "owner": "tjj",
            "due": {"day": 8},
            "sums": {"indicators": [RETAIL]},
            "negative": [GROWTH],
            **spec,
        }
    )
    return FORMS.form(made, period(year, month, "累计"))


def sewage() -> Form:
    made = ReportSpec.model_validate(
        {
            "id": "water.test",
            "title": "污水月报",
            "indicators": [SEWAGE],
            "owner": "zjj",
            "due": {"day": 31},
        }
    )
    return FORMS.form(made, period(2026, 1, "当月"))


def sheet(form: Form, texts: Mapping[tuple[str, str], str], rest: str = "") -> dict[Place, Cell]:
    """Cells with these texts; the others say `rest`."""
    cells = {place: Cell(rest) for place in form.places()} if rest else {}
    return cells | {Place(*where): Cell(text) for where, text in texts.items()}

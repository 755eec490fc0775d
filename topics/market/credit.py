"""Credit risk classes A–D of enterprises and how often each is to be inspected, as data.

That SAMR sorts enterprises into A, B, C, D and joins this with 双随机: 4_market credit_risk
(verified-secondary). The shares of credit_classes.csv are examples (unverified, configurable).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows
from topics.kit.tables_in_force import read_once, topic_table
from topics.market.inspection_draw import CLASSES, rising_shares

FOLDER = Path(__file__).parent
TABLE = "credit_classes.csv"


@dataclass(frozen=True, slots=True)
class CreditClass:
    """One class: its meaning and the share of its enterprises that a draw takes (0–1)."""

    name: str
    meaning: str
    share: float
    status: str


@read_once
def credit_classes(path: Path | None = None) -> tuple[CreditClass, ...]:
    """A to D in order; BadManifest when one is missing or a riskier one is inspected less."""
    path = path or topic_table(FOLDER, TABLE)
    rows = read_rows(path, ("class", "meaning", "share", "source", "status"))
    found = tuple(_class(path.name, number, row) for number, row in enumerate(rows, 2))
    if tuple(one.name for one in found) != CLASSES:
        raise BadManifest(f"{path.name}:要依次有 A、B、C、D 四类,每类一行")
    if not rising_shares({one.name: one.share for one in found}):
        raise BadManifest(f"{path.name}:风险高的类抽查比例不能更低(A ≤ B ≤ C ≤ D)")
    return found


def _class(file: str, number: int, row: dict[str, str]) -> CreditClass:
    try:
        share = float(row["share"])
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadManifest(f"{file} 第 {number} 行 share:{row['share']!r} 应在 0–1 之间;5% 写 0.05")
    return CreditClass(row["class"], row["meaning"], share, row["status"])

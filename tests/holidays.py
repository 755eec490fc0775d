"""The shipped reference tables with a work calendar that holds today, whatever day it is.

The notice of the State Council for a year comes out in the autumn before; the shipped table ends
with the newest one. What the program says of a year that it does not hold has tests of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "reference"
CALENDAR = "work_calendar.csv"
_OFF = {
    "01-01": "元旦",
    "02-10": "春节",
    "04-05": "清明节",
    "05-01": "劳动节",
    "06-10": "端午节",
    "09-25": "中秋节",
    "10-01": "国庆节",
    "10-02": "国庆节",
    "10-03": "国庆节",
}


def lasting_calendar() -> str:
    """The shipped calendar and each later year up to the next one, with holidays made up."""
    text = (SHIPPED / CALENDAR).read_text("utf-8")
    newest = int(text.splitlines()[-1][:4])
    for year in range(newest + 1, datetime.now(UTC).year + 2):
        text += "".join(f"{year}-{day},休,{name},测试,demo\n" for day, name in _OFF.items())
    return text


def bring_calendar(home: Path) -> None:
    """Have the home use it, as a city does that has entered the newest notice."""
    (home / "reference").mkdir(parents=True, exist_ok=True)
    (home / "reference" / CALENDAR).write_text(lasting_calendar(), "utf-8")


def lasting_tables(folder: Path) -> Path:
    """A folder with all reference tables, this one among them."""
    for one in SHIPPED.iterdir():
        if one.name != CALENDAR:
            (folder / one.name).symlink_to(one)
    (folder / CALENDAR).write_text(lasting_calendar(), "utf-8")
    return folder

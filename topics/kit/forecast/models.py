"""AutoTheta and MSTL of statsforecast. For the forecasting process: it takes seconds to load."""

from __future__ import annotations

from typing import Any

import numpy as np
from statsforecast.models import MSTL, AutoTheta

from topics.kit.forecast.backtest import LEVELS, Ahead
from topics.kit.forecast.history import Floats


class LibraryModel:
    """One model of the library, on values brought to about 1 so that squares cannot overflow."""

    name = ""

    def __init__(self, season: int) -> None:
        """Expect a season of that many periods."""
        self._season = season
        self._fitted: Any = None
        self._unit = 1.0

    def make(self) -> Any:
        """A model that knows nothing yet."""
        raise NotImplementedError

    def fit(self, values: Floats) -> None:
        """Learn the parameters."""
        self._unit = float(np.abs(values).max()) or 1.0
        self._fitted = self.make().fit(values / self._unit)

    def ahead(self, values: Floats, horizon: int) -> Ahead:
        """What follows `values`."""
        found = self._fitted.forward(values / self._unit, h=horizon, level=list(LEVELS))
        return self._read(found)

    def final(self, values: Floats, horizon: int) -> Ahead:
        """Learn from all values, and what follows."""
        self.fit(values)
        return self._read(self._fitted.predict(h=horizon, level=list(LEVELS)))

    def _read(self, found: dict[str, Any]) -> Ahead:
        def number(key: str) -> Floats:
            return np.asarray(found[key], dtype=np.float64) * self._unit

        return Ahead(
            number("mean"),
            {level: (number(f"lo-{level}"), number(f"hi-{level}")) for level in LEVELS},
        )


class Theta(LibraryModel):
    """The best of the theta models."""

    name = "AutoTheta"

    def make(self) -> Any:
        """A new one."""
        return AutoTheta(season_length=self._season)


class Decomposed(LibraryModel):
    """Trend, season and rest taken apart by Loess; the trend is continued by ETS."""

    name = "MSTL"

    def make(self) -> Any:
        """A new one."""
        return MSTL(season_length=self._season)


def models_for(season: int, first_origin: int) -> list[LibraryModel]:
    """The models worth trying; taking a season apart needs two of them."""
    found: list[LibraryModel] = [Theta(season)]
    if season > 1 and first_origin >= 2 * season:
        found.append(Decomposed(season))
    return found

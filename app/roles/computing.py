"""The worker's thread that keeps computed values equal to what they are computed from."""

from __future__ import annotations

import logging
import threading

from layers.errors import StoreUnavailable
from topics.kit.formula.recompute import Recomputation

logger = logging.getLogger(__name__)

EVERY_S = 0.25
"""A change waits at most so long before what depends on it is computed."""


class Computing:
    """Runs in every worker; the database lets one of them compute at a time."""

    def __init__(self, recomputation: Recomputation) -> None:
        """Compute through `recomputation`."""
        self._recomputation = recomputation
        self._failing = ""

    def run(self, stop: threading.Event) -> None:
        """Compute what is stale until `stop`; a trouble is logged once, and so is its end."""
        while not stop.wait(EVERY_S):
            try:
                self._recomputation.run()
            except StoreUnavailable as wrong:
                self._note(str(wrong))
                stop.wait(1.0)
            except Exception as wrong:
                if self._note(repr(wrong)):
                    logger.exception("公式计算出错,原有的数不变,稍后再试")
                stop.wait(5.0)
            else:
                self._recovered()

    def _note(self, text: str) -> bool:
        """Log a trouble that is not the one of the last time; whether it was new."""
        new, self._failing = text != self._failing, text
        if new:
            logger.warning("公式暂不能计算,变更已留待补算:%s", text)
        return new

    def _recovered(self) -> None:
        if self._failing:
            logger.info("公式计算已恢复")
        self._failing = ""

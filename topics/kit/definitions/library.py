"""The definitions and releases of one process, kept equal to the database's within seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from layers.errors import StoreUnavailable
from topics.kit.contracts import Period
from topics.kit.definitions.book import DefinitionBook
from topics.kit.definitions.contracts import DefinitionStore, DefinitionVersion, Known
from topics.kit.definitions.effective import EffectiveCatalogue
from topics.kit.definitions.manifest import manifest_versions
from topics.kit.definitions.releases import ReleaseCalendar
from topics.kit.errors import DefinitionOvertaken
from topics.kit.periods import ZONE

logger = logging.getLogger(__name__)

_POLL = timedelta(seconds=2)


class DefinitionLibrary:
    """Implements Definitions; fills the catalogue and the calendar that everybody reads.

    Reading asks no database: `refresh` and the thread of `watch` do.
    """

    def __init__(
        self,
        store: DefinitionStore,
        catalogue: EffectiveCatalogue,
        releases: ReleaseCalendar,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Keep `catalogue` and `releases` equal to what `store` holds."""
        self._store = store
        self._catalogue = catalogue
        self._releases = releases
        self._clock = clock
        self._seen: tuple[tuple[int, int], date] | None = None
        self._lock = threading.Lock()
        self._away = False
        self._synced = False
        self._told: list[Callable[[], None]] = []
        self.book = DefinitionBook(catalogue.declared())

    def history(
        self, indicator: str, *, as_of: datetime | None = None
    ) -> Sequence[DefinitionVersion]:
        """The versions known at `as_of`, oldest first."""
        return self.book.history(indicator, as_of=as_of)

    def broken_between(
        self, indicator: str, earlier: Period, later: Period, *, as_of: datetime | None = None
    ) -> DefinitionVersion | None:
        """The version that keeps two periods from being compared; None when none does."""
        return self.book.broken_between(indicator, earlier, later, as_of=as_of)

    def when_changed(self, tell: Callable[[], None]) -> None:
        """Have `tell` called after definitions or releases changed, on the thread that noticed."""
        self._told.append(tell)

    def sync(self) -> None:
        """Store what the manifests say anew as versions, then refresh. Raises StoreUnavailable."""
        known = self._store.load()
        declared = self._catalogue.declared()
        added = manifest_versions(declared, known.versions, now=self._clock())
        try:
            self._store.add(added)
        except DefinitionOvertaken:
            logger.debug("另一进程已存入专题清单的新版本")
        self.refresh()
        self._synced = True

    def refresh(self) -> bool:
        """Take in what the database holds; True when something was new. Raises StoreUnavailable."""
        with self._lock:
            today = self._clock().astimezone(ZONE).date()
            if self._seen == (self._store.mark(), today):
                return False
            known = self._store.load()
            self._take(known, today)
            self._seen = (known.mark, today)
        for tell in self._told:
            tell()
        return True

    def begin(self) -> None:
        """Try `sync` once; a database that is away is left to the thread of `watch`."""
        try:
            self.sync()
        except StoreUnavailable as wrong:
            logger.warning("指标定义暂不能更新,先用专题清单:%s", wrong)

    def watch(self, stop: threading.Event) -> threading.Thread:
        """Look for changes every two seconds on a thread, after a `sync` where none succeeded."""
        thread = threading.Thread(target=self._watch, args=[stop], name="definitions", daemon=True)
        thread.start()
        return thread

    def _watch(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if self._synced:
                    self.refresh()
                else:
                    self.sync()
            except StoreUnavailable as wrong:
                if not self._away:
                    logger.warning("指标定义暂不能更新,继续用已知的:%s", wrong)
                self._away = True
            except Exception:  # the thread's edge: it must not end
                logger.exception("更新指标定义出错,稍后再试")
            else:
                self._away = False
            stop.wait(_POLL.total_seconds())

    def _take(self, known: Known, today: date) -> None:
        declared = self._catalogue.declared()
        book = DefinitionBook(declared, known.versions)
        in_force = (book.spec(one.id, today) for one in declared)
        self.book = book
        self._catalogue.swap([one for one in in_force if one is not None])
        self._releases.swap(known.releases)

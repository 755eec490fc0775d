"""Tables of cases from files: small ones at once, large ones by the worker."""

from __future__ import annotations

import hashlib
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.errors import BadRequest
from app.intake.counties import CountyFinder
from app.services import Services
from layers.crs.names import named
from layers.crs.transform import to_lonlat
from topics.kit.cases.imports import Imported, Tell, import_cases
from topics.kit.cases.intake.rows import Ground
from topics.kit.errors import UnreadableTable
from topics.kit.jobs import Handler, Job, Progress
from topics.kit.stores.postgres_case_imports import CaseImport

IMPORT_JOB = "cases.import"
AT_ONCE = 400_000
"""Bytes of a file that one request takes in; a larger one is a job."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a table is read: its coordinate system, and whether 3/14 is the fourteenth of March."""

    crs: str = "EPSG:4326"
    month_first: bool = False


class CaseTables:
    """Takes tables of cases in and keeps a report of each."""

    def __init__(self, services: Services) -> None:
        """Use the cases, regions and layers of `services`."""
        self._services = services
        self._counties = CountyFinder(services.layers)
        self._folder = services.config.home_path / "cases" / "imports"

    def take(
        self,
        name: str,
        content: bytes,
        options: Options,
        by: str,
        *,
        tell: Tell = lambda done, of: True,
        as_id: str | None = None,
    ) -> tuple[CaseImport, Imported]:
        """Take the rows in now; what became of them is kept."""
        now = datetime.now(UTC)
        ground = self.ground(options, by, now)
        found = import_cases(self._services.cases, name, content, ground, tell)
        digest = hashlib.sha256(content).hexdigest()
        kept = CaseImport(as_id or uuid.uuid4().hex, name, digest, by, now, found.json())
        self._services.case_imports.keep(kept)
        return kept, found

    def ground(self, options: Options, by: str, now: datetime) -> Ground:
        """What the rows are read against."""
        services = self._services
        return Ground(
            services.cases.categories,
            services.regions,
            now,
            by,
            to_lonlat=None if options.crs == "EPSG:4326" else to_lonlat(options.crs),
            locate=self._counties.find if self._counties.ready() else None,
            month_first=options.month_first,
        )

    def later(self, name: str, content: bytes, options: Options, by: str) -> tuple[str, str]:
        """Keep the file and leave it to the worker; returns the import's id and the job's."""
        made = uuid.uuid4().hex
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{made}"
        draft.write_bytes(content)
        draft.replace(self._folder / made)
        payload = {
            "import": made,
            "name": name,
            "crs": options.crs,
            "month_first": options.month_first,
        }
        job = self._services.jobs.enqueue(
            IMPORT_JOB, payload, subject=f"cases:{made}", created_by=by, now=datetime.now(UTC)
        )
        return made, job

    def handler(self) -> Handler:
        """The worker's part; killed at any moment, it is simply done again."""

        def handle(job: Job, cancelled: threading.Event, progress: Progress) -> Any:
            made = str(job.payload["import"])
            file = self._folder / made
            options = Options(str(job.payload["crs"]), bool(job.payload["month_first"]))

            def tell(done: int, of: int) -> bool:
                progress("登记事件", done, of)
                return not cancelled.is_set()

            name = str(job.payload["name"])
            kept, _ = self.take(
                name, _read(file, name), options, job.created_by, tell=tell, as_id=made
            )
            file.unlink(missing_ok=True)
            return dict(kept.result) | {"rows": []}

        return handle


def read_options(crs: str, dates: str) -> Options:
    """The options as a request or a command writes them; BadRequest says what there is."""
    told = crs.strip()
    if told.lower() in ("", "auto", "wgs84", "wgs-84", "epsg:4326", "cgcs2000"):
        system = "EPSG:4326"
    else:
        system = named(told)
    if dates not in ("ymd", "mdy"):
        raise BadRequest("dates 写 ymd(2026-11-20)或 mdy(11/20/2026)")
    return Options(system, dates == "mdy")


def _read(file: Path, name: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as wrong:
        raise UnreadableTable(f"{name}:暂存的文件不在了;请重新导入") from wrong

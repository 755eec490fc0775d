"""Photos of cases: who may add one, when, and whose a step or report may name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.cases.people import CaseDoors
from app.errors import Forbidden
from app.security.contracts import Subject
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.cases.contracts import Case
from topics.kit.cases.machine import Order
from topics.kit.cases.photos import CleanPhoto
from topics.kit.errors import BadPhoto, CaseMoved, CaseStepRefused
from topics.kit.stores.postgres_case_photos import KeptPhoto

CASE = "case:"
_TRIES = 3


class CasePhotos:
    """Takes photos as steps of the machine: a case that has ended takes none."""

    def __init__(self, services: Services, doors: CaseDoors) -> None:
        """Use the stores of `services`."""
        self._services = services
        self._doors = doors

    def open_to(self, subject: Subject, name: str) -> Case:
        """The case, if the subject may add photos to it now; raises why not."""
        found = self._doors.require(subject, self._services.cases.require(name))
        if not self._doors.writes(subject, found):
            raise Forbidden("没有给这个事件加照片的权限;请向系统管理员申请值班或经办角色")
        if not found.open:
            raise CaseStepRefused(
                f"事件已{found.state.value},不能再加照片;确有必要请值班长先重开",
                problem={"allowed": [], "state": found.state.value, "version": found.version},
            )
        return found

    def keep(
        self, subject: Subject, name: str, photo: CleanPhoto, address: str
    ) -> tuple[KeptPhoto, int]:
        """The photo and the version of its case since."""
        left = _TRIES
        while True:
            try:
                return self._kept(subject, self.open_to(subject, name), photo, address)
            except CaseMoved:  # somebody took a step meanwhile: the photo goes on top of it
                left -= 1
                if not left:
                    raise

    def check_step(self, case: Case, data: Mapping[str, Any]) -> None:
        """BadPhoto unless the photos that a step names are kept with its case."""
        named = data.get("photos", ())
        if not named:
            return
        kept = {one.id for one in self._services.case_photos.of([f"{CASE}{case.id}"])}
        for one in named:
            if one not in kept:
                raise BadPhoto(
                    f"photos:{one[:40]!r} 不是这个事件的照片;"
                    f"请先用 POST /api/v1/cases/{case.id}/photos 上传,再写应答里的 id"
                )

    def check_report(self, subject: Subject, data: Mapping[str, Any]) -> None:
        """BadPhoto unless the reporter uploaded the photos that the report names."""
        for one in data.get("photos", ()):
            kept = self._services.case_photos.find(one)
            if kept is None or kept.by != subject.person:
                raise BadPhoto(
                    f"photos:{one[:40]!r} 不是您上传的照片;"
                    "请先上报,再用 POST /api/v1/cases/{id}/photos 给事件加照片"
                )

    def _kept(
        self, subject: Subject, found: Case, photo: CleanPhoto, address: str
    ) -> tuple[KeptPhoto, int]:
        """The photo, its row and the step of the case, together or not at all."""
        services, now = self._services, datetime.now(UTC)
        person = self._doors.person(subject, found)
        file = services.photo_files.keep(photo)
        audit = AuditEvent(subject.id, "case.photo", found.id, address=address)
        with services.audit.recording(audit) as transaction:
            kept = services.case_photos.add(
                f"{CASE}{found.id}",
                f"{found.state.value}/{found.reworks}/{found.reopened}",
                photo,
                file,
                by=subject.person,
                now=now,
                connection=transaction,
            )
            if kept.at != now:  # one that was there already
                return kept, found.version
            order = Order("照片", data={"photos": [kept.id]})
            after = services.cases.move(found.id, order, person, now=now, connection=transaction)
        return kept, after.version

"""Changing a definition: checked against what is in force, reviewed, made a version."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from topics.kit.catalogue import Catalogue
from topics.kit.definitions.book import DefinitionBook
from topics.kit.definitions.changes import ChangeRow, ChangeState, Step, Worker, advance
from topics.kit.definitions.contracts import StoredVersion
from topics.kit.definitions.fields import (
    EDITABLE,
    Fields,
    applied,
    breaks_by_itself,
    changed,
    plain,
    spec_of,
)
from topics.kit.definitions.library import DefinitionLibrary
from topics.kit.errors import BadDefinition, DefinitionOvertaken
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.organisations import Organisations
from topics.kit.stores.postgres_definition_changes import PostgresDefinitionChanges
from topics.kit.stores.postgres_definitions import PostgresDefinitions

_SHORTEST_REASON = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants changed: plain fields (None: back to the default), why and from when.

    `breaks` None: as the fields suggest.
    """

    indicator: str
    fields: Mapping[str, Any]
    reason: str
    valid_from: date | None = None
    breaks: bool | None = None


@dataclass(frozen=True, slots=True)
class DefinitionDesk:
    """Where definitions are changed; `review`: somebody else has to let a change through."""

    catalogue: Catalogue
    organisations: Organisations
    library: DefinitionLibrary
    versions: PostgresDefinitions
    changes: PostgresDefinitionChanges
    review: bool

    def drafted(self, wish: Wish, author: str, *, now: datetime | None = None) -> ChangeRow:
        """The change as a draft, checked and stored nowhere; BadDefinition says what is wrong."""
        moment = now or datetime.now(UTC)
        current = self.current(wish.indicator)
        fields = self.difference(wish.indicator, wish.fields)
        if not fields:
            raise BadDefinition("没有改动;请先改一项再保存")
        if len(wish.reason.strip()) < _SHORTEST_REASON:
            raise BadDefinition("要写明变更原因或依据文件", problems=[("reason", "请写明原因")])
        breaks = breaks_by_itself(fields) if wish.breaks is None else wish.breaks
        if breaks and wish.valid_from is None:
            said = "口径调整后前后不可比时,要写明从哪一天的数据起执行;仍可比时请选“前后可比”"
            raise BadDefinition(said, problems=[("valid_from", said)])
        self._checked(wish.indicator, applied(current, fields))
        return ChangeRow(
            id=secrets.token_hex(8),
            indicator=wish.indicator,
            state=ChangeState.DRAFT,
            fields=fields,
            base=self._last(wish.indicator),
            valid_from=wish.valid_from,
            breaks=breaks,
            reason=wish.reason.strip(),
            author=author,
            created_at=moment,
            updated_at=moment,
        )

    def current(self, indicator: str) -> Fields:
        """The plain fields once everything published is in force; UnknownIndicator."""
        self.catalogue.indicator(indicator)
        return self._book.fields(indicator)

    def difference(self, indicator: str, fields: Mapping[str, Any]) -> Fields:
        """Those of the fields that change something, spelt as they are stored."""
        unknown = [name for name in fields if name not in EDITABLE]
        if unknown:
            raise BadDefinition(f"不能改的项:{'、'.join(unknown)}")
        current = self.current(indicator)
        wanted = plain(self._checked(indicator, applied(current, fields)))
        return {k: v for k, v in changed(current, wanted).items() if k in fields}

    def step(
        self, held: ChangeRow, step: Step, person: Worker, note: str, *, connection: Any
    ) -> ChangeRow:
        """The change after the step, stored; when published its version too.

        Raises NotAllowedNow, NoteMissing, and DefinitionOvertaken where somebody else published a
        change of the same field meanwhile.
        """
        now = datetime.now(UTC)
        moved = advance(held, step, person, review=self.review, note=note, now=now)
        if moved.state is ChangeState.PUBLISHED:
            moved = replace(moved, version=self._publish(moved, now, connection))
        self.changes.keep(moved, connection=connection)
        return moved

    def _publish(self, change: ChangeRow, now: datetime, connection: Any) -> int:
        self.library.refresh()
        since = [one for one in self._book.stored(change.indicator) if one.number > change.base]
        taken = {name for one in since for name in one.fields} & set(change.fields)
        if taken:
            raise DefinitionOvertaken(
                f"编制之后,{'、'.join(sorted(taken))} 已被他人改动;请退回,由编制人核对后重新提交"
            )
        self._checked(change.indicator, applied(self.current(change.indicator), change.fields))
        number = self._last(change.indicator) + 1
        version = StoredVersion(
            change.indicator,
            number,
            change.fields,
            change.valid_from,
            now,
            change.author,
            change.reason,
            change.breaks,
            change=change.id,
        )
        self.versions.add([version], connection=connection)
        return number

    def _checked(self, indicator: str, fields: Mapping[str, Any]) -> IndicatorSpec:
        spec = spec_of({**fields, "id": indicator})
        problems = []
        if self.organisations.find(spec.owner) is None:
            problems.append(("owner", f"没有单位 {spec.owner!r};请用组织机构表里的编号"))
        published = spec.comparison.published if spec.comparison else None
        if published is not None:
            companion = self.catalogue.find(published)
            if companion is None or published.partition(".")[0] != indicator.partition(".")[0]:
                problems.append(("comparison", f"本专题没有增速指标 {published!r};请核对编号"))
            elif companion.classification != spec.classification:
                said = f"与增速指标 {published} 的数据级别不同;两个指标要一起改成一致"
                problems.append(("classification", said))
        if problems:
            said = ";".join(f"{item}:{text}" for item, text in problems)
            raise BadDefinition(said, problems=problems)
        return spec

    @property
    def _book(self) -> DefinitionBook:
        return self.library.book

    def _last(self, indicator: str) -> int:
        stored = self._book.stored(indicator)
        return stored[-1].number if stored else 0

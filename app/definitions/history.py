"""Who changed what: versions, dates of release, events and the audit trail as one list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.api.events import event_classes, event_resource
from app.api.people_names import PeopleNames
from app.definitions.finding import find
from app.definitions.telling import definition_resource
from app.security.contracts import Action, Resource, Subject
from app.security.may import may
from app.services import Services
from topics.kit.definitions.words import differences, sentence
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_labels import label
from topics.kit.periods import ZONE
from topics.kit.quality.contracts import KIND_WORDS

_MOST_READ = 2000
_LONGEST = 400
_NO_CHANGE = (
    "login",
    "logout",
    "layer.export",
    "indicator.export",
    "topic.export",
    "observation.push",
)
# Told better by the versions and dates themselves.
_TOLD_ELSEWHERE = frozenset(
    {
        "indicator.publish",
        "indicator.urgent",
        "indicator.release",
        "layer.describe",
        "layer.style",
        "layer.publish",
        "layer.rollback",
    }
)
_TITLES: Mapping[str, str] = {
    "indicator.draft": "编制定义变更",
    "indicator.submit": "提交定义变更",
    "indicator.return": "退回定义变更",
    "indicator.withdraw": "撤销定义变更",
    "layer.publish": "发布图层",
    "layer.rollback": "回退图层",
    "layer.rolled-back": "回退图层",
    "layer.published": "发布图层",
    "layer.described": "修改图层目录",
    "layer.styled": "修改图层样式",
    "layer.import": "导入图层",
    "layer.prune": "清理旧版本",
    "submission.receive": "收到上传",
    "submission.edit": "修改上传单",
    "submission.submit": "提交审核",
    "submission.approve": "审核通过",
    "submission.publish": "发布图层",
    "submission.return": "退回上传单",
    "submission.bypass": "紧急发布",
    "submission.withdraw": "撤销上传单",
    "user.grant": "授予角色",
    "user.add": "新增账号",
    "token.issue": "发放令牌",
    "token.revoke": "作废令牌",
    "refresher.failed": "取数失败",
    "refresher.recovered": "取数恢复",
    "refresher.asked": "手动取数",
    "user.password": "修改口令",
    "user.passwd": "重置口令",
    "user.disable": "停用账号",
    "user.enable": "启用账号",
    "user.revoke": "收回角色",
    "topic.install": "安装专题",
    "topic.remove": "卸载专题",
    "reference.outline": "设置可信界线",
    "quality.raised": "数值存疑",
    "quality.cleared": "存疑消除",
    "quality.settled": "存疑已处理",
}
_FOR_MACHINES = frozenset({"flag", "run", "change", "submission", "digest", "revision", "id"})
_WORDS: Mapping[str, str] = {
    "reason": "原因",
    "what": "内容",
    "note": "说明",
    "layer": "图层",
    "version": "版本",
    "error": "错误",
    "check": "检查",
    "name": "账号",
    "roles": "角色",
    "indicators": "指标数",
    "format": "格式",
    "rows": "行数",
    "kept": "入库",
    "ok": "成功",
    "period": "时期",
    "before": "原",
    "title": "名称",
    "owner": "责任单位",
    "source": "来源",
    "cadence": "更新频率",
    "classification": "数据级别",
    "style": "样式",
    "metadata": "目录信息",
    "after": "现",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; `before` is exclusive."""

    object: str = ""
    person: str = ""
    since: datetime | None = None
    before: datetime | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class _Told:
    at: datetime
    who: str
    kind: str
    action: str
    object: str
    title: str
    what: str
    why: str


class ChangeHistory:
    """Answers one search over everything that is recorded of changes."""

    def __init__(self, services: Services) -> None:
        """Search what `services` record."""
        self._services = services
        self._names = PeopleNames(services)

    def search(self, subject: Subject, asked: Asked) -> dict[str, Any]:
        """{items, next, audit}: the newest first, as far as the subject may see them.

        `audit` says whether the audit trail was searched too. Names are told to those signed in.
        """
        objects = self._objects(subject, asked.object)
        audited = bool(may(subject, Action.READ, Resource("audit")))
        told = [
            *self._versions(subject, objects),
            *self._releases(subject, objects),
            *self._events(subject, objects, asked),
            *(self._audit(objects, asked) if audited else ()),
        ]
        found = sorted(
            (one for one in told if self._fits(one, asked)), key=lambda one: one.at, reverse=True
        )
        page = found[: asked.limit]
        more = len(found) > asked.limit
        return {
            "items": [self._item(one, names=not subject.anonymous) for one in page],
            "next": page[-1].at.astimezone(ZONE).isoformat() if more else None,
            "audit": audited,
        }

    # -- sources -------------------------------------------------------------------------------

    def _versions(self, subject: Subject, objects: set[str] | None) -> Iterator[_Told]:
        for spec in self._specs(subject, objects):
            before: dict[str, Any] = {}
            for one in self._services.definitions.book.stored(spec.id):
                diff = differences(before, one.fields) if one.number > 1 else []
                what = sentence(diff) if diff else "首次建立"
                if one.breaks and one.valid_from:
                    what += f";{one.valid_from} 起口径调整,前后不可比"
                before = {**before, **one.fields}
                action = f"指标定义 第 {one.number} 版"
                yield _Told(
                    one.recorded_at,
                    one.author,
                    "定义",
                    action,
                    spec.id,
                    spec.title,
                    what,
                    one.reason,
                )

    def _releases(self, subject: Subject, objects: set[str] | None) -> Iterator[_Told]:
        for spec in self._specs(subject, objects):
            for one in self._services.releases.past(spec.id):
                at = one.release_at
                said = f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at else "按日程"
                what = f"{label(one.period)} 发布时刻 → {said}"
                yield _Told(
                    one.recorded_at, one.author, "发布", "调整发布日期", spec.id, spec.title, what,
                    one.reason,
                )  # fmt: skip

    def _events(self, subject: Subject, objects: set[str] | None, asked: Asked) -> Iterator[_Told]:
        found = self._services.events.read(
            as_of=asked.before,
            objects=None if objects is None else sorted(objects),
            limit=min(_MOST_READ, asked.limit * 4),
        )
        classes = event_classes(self._services)
        for one in found:
            if one.kind.startswith("leader.") or one.at is None:
                continue
            if may(subject, Action.READ, event_resource(one, classes)):
                yield _Told(
                    one.at, one.actor, "事件", _TITLES.get(one.kind, one.kind), one.object,
                    self._title(one.object), _detail(one.data), str(one.data.get("note", "")),
                )  # fmt: skip

    def _audit(self, objects: set[str] | None, asked: Asked) -> Iterator[_Told]:
        most = min(_MOST_READ, asked.limit * 4)
        for about in [None] if objects is None else sorted(objects)[:20]:
            for one in self._services.audit.list(
                limit=most, about=about, since=asked.since, before=asked.before
            ):
                if one.action.startswith(_NO_CHANGE) or one.action in _TOLD_ELSEWHERE:
                    continue
                detail = json.loads(one.detail or "{}")
                if isinstance(detail.get("changes"), list):  # ids, for machines
                    del detail["changes"]
                action = _TITLES.get(one.action, one.action)
                if one.outcome != "ok":
                    action += "(未成功)"
                why = str(detail.pop("reason", "") or detail.pop("note", ""))
                yield _Told(
                    one.at, one.actor, "审计", action, one.object, self._title(one.object),
                    _detail(detail), why,
                )  # fmt: skip

    # ------------------------------------------------------------------------------------------

    def _objects(self, subject: Subject, text: str) -> set[str] | None:
        """The ids that the text may mean; None for everything."""
        text = text.strip()
        if not text:
            return None
        services = self._services
        if services.catalogue.find(text) is not None:
            return {text}
        owners = {
            one.owner: services.organisations.name(one.owner)
            for one in services.catalogue.indicators()
        }
        seen = [one for one in services.catalogue.indicators() if self._sees(subject, one)]
        found = {one.id for one in find(seen, text, owners)[:50]}
        low = text.lower()
        found |= {
            one.id
            for one in services.layers.layers()
            if low in one.id.lower() or low in one.title.lower()
        }
        return found | {text}

    def _specs(self, subject: Subject, objects: set[str] | None) -> Iterator[IndicatorSpec]:
        for spec in self._services.catalogue.indicators():
            if (objects is None or spec.id in objects) and self._sees(subject, spec):
                yield spec

    def _sees(self, subject: Subject, spec: IndicatorSpec) -> bool:
        return bool(may(subject, Action.READ, definition_resource(self._services, spec)))

    def _title(self, name: str) -> str:
        spec = self._services.catalogue.find(name)
        if spec is not None:
            return spec.title
        if "." not in name:
            return self._names.name(name)
        layer = self._services.layers.find(name) if "、" not in name else None
        return layer.title if layer is not None else name

    def _who(self, name: str) -> str:
        return "专题清单" if name == "manifest" else self._names.name(name)

    def _fits(self, one: _Told, asked: Asked) -> bool:
        if asked.since is not None and one.at < asked.since:
            return False
        if asked.before is not None and one.at >= asked.before:
            return False
        wanted = asked.person.strip().lower()
        return not wanted or wanted in one.who.lower() or wanted in self._who(one.who).lower()

    def _item(self, one: _Told, *, names: bool) -> dict[str, Any]:
        return {
            "at": one.at.astimezone(ZONE).isoformat(),
            "who": self._who(one.who) if names or one.who in ("manifest", "system") else "—",
            "kind": one.kind,
            "action": one.action,
            "object": one.object,
            "title": one.title,
            "what": one.what,
            "why": one.why,
        }


def _detail(detail: Mapping[str, Any]) -> str:
    """What a record says besides, in one line; pairs of old and new as old → new."""
    if "what" in detail:
        return str(detail["what"])[:_LONGEST]
    changes = detail.get("changes")
    if isinstance(changes, Mapping):
        parts = [f"{_WORDS.get(name, name)} {_short(pair)}" for name, pair in changes.items()]
        return ";".join(parts)[:_LONGEST]
    if set(detail) >= {"before", "after"}:
        return f"{_short(detail['before'])} → {_short(detail['after'])}"[:_LONGEST]
    parts = [
        f"{_WORDS.get(name, name)} {_short(_said(name, value))}"
        for name, value in detail.items()
        if value not in (None, "", [], {}) and name not in _FOR_MACHINES
    ]
    return ";".join(parts)[:_LONGEST]


def _said(name: str, value: Any) -> Any:
    return KIND_WORDS.get(value, value) if name == "check" else value


def _short(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
        return f"{_short(value[0])} → {_short(value[1])}"
    if isinstance(value, list):
        return "、".join(map(_short, value))
    if isinstance(value, Mapping):
        return " ".join(_short(one) for one in value.values() if one is not None)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""/api/v1/quality: which sources are late, which values are doubtful, what is missing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.page_marks import NUMBER, mark_after, read_mark
from app.api.people_names import PeopleNames
from app.errors import BadRequest
from app.quality.doubts import flag_json
from app.quality.shares import Shares
from app.quality.sight import sees, visible
from app.quality.sources import owners_json, sources_json, standings
from app.released import newest_visible, observation_resource
from app.security.context import current_subject
from app.security.contracts import Action, Subject
from app.security.doors import door
from app.security.may import may, require
from app.security.people import AuditEvent
from app.services import Services
from topics.kit.errors import UnknownFlag
from topics.kit.eventlog import Place
from topics.kit.period_texts import parse_moment
from topics.kit.periods import ZONE
from topics.kit.quality.contracts import KIND_WORDS, Flag, Note
from topics.kit.stores.postgres_quality import Asked
from topics.kit.texts import storable

Asking = Annotated[Subject, Depends(current_subject)]
Moment = Annotated[str | None, Query(description="按哪一刻所知;日期或时间,不带时区按北京时间")]
_MOST = 5000
_LONGEST = 500


class Said(BaseModel):
    """What a person says about a flag."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: str = Field(min_length=2, max_length=_LONGEST, description="说明,如 已知:设备检修")
    until: str | None = Field(None, description="说明到何时有效;日期或时间")


def router(services: Services) -> APIRouter:
    """The routes of the page 数据质量."""
    routes = APIRouter(prefix="/api/v1/quality", tags=["数据质量"])
    names, shares = PeopleNames(services), Shares(services)

    @routes.get("", summary="来源按迟到排序,本周各单位迟报,存疑数量")
    @door(Action.READ, "observation")
    def overview(subject: Asking, response: Response, as_of: Moment = None) -> dict[str, Any]:
        """Only indicators the subject may read; in replay without what runs say now."""
        _private(response)
        moment = parse_moment(as_of) if as_of else None
        now, specs = moment or datetime.now(UTC), visible(services, subject)
        latest = services.observations.latest(indicators=[s.id for s in specs], as_of=moment)
        known = newest_visible(services, subject, latest, as_of=moment)
        found = standings(specs, known, now)
        flags = services.quality.flags
        late = flags.flags(Asked(kinds=["timely"], as_of=moment), limit=_MOST)
        standing = flags.flags(Asked(open_only=True, as_of=moment), limit=_MOST)
        seen = [one for one in standing if sees(services, subject, one)]
        counts = Counter(one.doubt.kind for one in seen)
        return {
            "now": now.astimezone(ZONE).isoformat(),
            "sources": sources_json(services, found, {} if moment else services.runs.latest(), now),
            "owners": owners_json(services, found, late, now),
            "states": dict(Counter(one.age.state.value for one in found)),
            "flags": [
                {"kind": kind, "text": text, "count": counts[kind]}
                for kind, text in KIND_WORDS.items()
                if kind != "estimated"
            ],
        }

    @routes.get("/completeness", summary="各指标近 30 期完整率")
    @door(Action.READ, "observation")
    def completeness(subject: Asking, response: Response, as_of: Moment = None) -> dict[str, Any]:
        """How much of what was due came, period by period, the least complete first."""
        _private(response)
        moment = parse_moment(as_of) if as_of else None
        return {"items": shares.rows(visible(services, subject), moment), "next": None}

    @routes.get("/flags", summary="存疑与迟报,新的在前")
    @door(Action.READ, "observation")
    def flags(
        subject: Asking,
        response: Response,
        kind: Annotated[list[str] | None, Query()] = None,
        indicator: Annotated[list[str] | None, Query()] = None,
        region: Annotated[list[str] | None, Query()] = None,
        state: Annotated[
            str, Query(pattern="^(open|all)$", description="open 只看未解除")
        ] = "open",
        as_of: Moment = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        after: Annotated[str | None, Query(alias="next", description="上一页的 next")] = None,
    ) -> dict[str, Any]:
        """What the subject may see; a page may be short, `next` says whether more follow."""
        _private(response)
        moment = parse_moment(as_of) if as_of else None
        for name in [*(kind or ()), *(indicator or ()), *(region or ())]:
            if not storable(name):
                raise BadRequest("查询条件中有空字符(NUL);请去掉后重试")
        asked = Asked(indicator, region, kind, state == "open", moment)
        place = read_mark(after, NUMBER)
        behind = None if place is None else Place(place[0], int(place[1]))
        found = services.quality.flags.flags(asked, after=behind, limit=limit + 1)
        page = found[:limit]
        seen = [one for one in page if sees(services, subject, one)]
        notes = services.quality.flags.notes([one.id for one in seen], as_of=moment)
        signed_in = not subject.anonymous
        items = [
            flag_json(services, one, notes.get(one.id, ()), names if signed_in else None)
            | {"may": _may(services, subject, one)}
            for one in seen
        ]
        more = len(found) > limit
        return {
            "items": items,
            "next": mark_after(page[-1].raised_at, page[-1].id) if more else None,
        }

    @routes.post("/flags/{number}/notes", status_code=201, summary="说明一条存疑(不改数值)")
    @door(Action.WRITE, "observation")
    def explain(number: int, said: Said, subject: Asking, request: Request) -> dict[str, Any]:
        """Keep what is known about the doubt; it stays open."""
        one = _found(services, subject, number, Action.WRITE)
        note = _note(one, said, subject)
        event = _event(subject, "quality.note", one, request, {"text": note.text})
        with services.audit.recording(event) as transaction:
            services.quality.flags.say(note, connection=transaction)
        return flag_json(services, one, _notes(services, one), names)

    @routes.post("/flags/{number}/acceptance", summary="核实数值无误,解除存疑")
    @door(Action.PUBLISH, "observation")
    def accept(number: int, said: Said, subject: Asking, request: Request) -> dict[str, Any]:
        """The value is true: it is believed again, and not doubted when it is sent again."""
        one = _found(services, subject, number, Action.PUBLISH)
        if one.doubt.value is None:
            raise BadRequest("这一条不是对某个数值的存疑,无法核实;数据到齐后自动解除")
        now, note = datetime.now(UTC), _note(one, said, subject)
        event = _event(subject, "quality.accept", one, request, {"text": note.text})
        with services.audit.recording(event) as transaction:
            if not services.quality.flags.accept(one, now=now, connection=transaction):
                raise BadRequest("这一条已经解除;请刷新后查看")
            services.quality.flags.say(note, connection=transaction)
        services.relay.relay()
        ended = services.quality.flags.flag(number) or one
        return flag_json(services, ended, _notes(services, one), names)

    return routes


def _private(response: Response) -> None:
    response.headers["Cache-Control"] = "private, no-cache"


def _may(services: Services, subject: Subject, one: Flag) -> dict[str, bool]:
    spec = services.catalogue.indicator(one.doubt.indicator)
    resource = observation_resource(services, spec, one.doubt.period)
    ended = one.cleared_at is not None
    return {
        "note": bool(may(subject, Action.WRITE, resource)),
        "accept": not ended
        and one.doubt.value is not None
        and bool(may(subject, Action.PUBLISH, resource)),
    }


def _found(services: Services, subject: Subject, number: int, action: Action) -> Flag:
    one = services.quality.flags.flag(number) if 0 < number < 2**63 else None
    if one is None or not sees(services, subject, one):
        raise UnknownFlag(f"没有编号 {number} 的存疑;请刷新列表后重试")
    spec = services.catalogue.indicator(one.doubt.indicator)
    require(subject, action, observation_resource(services, spec, one.doubt.period))
    return one


def _note(one: Flag, said: Said, subject: Subject) -> Note:
    if not storable(said.text):
        raise BadRequest("说明中有空字符(NUL);请去掉后重试")
    until = parse_moment(said.until) if said.until else None
    return Note(one.id, datetime.now(UTC), subject.person, said.text, until)


def _notes(services: Services, one: Flag) -> Any:
    return services.quality.flags.notes([one.id], as_of=None).get(one.id, ())


def _event(
    subject: Subject, action: str, one: Flag, request: Request, detail: dict[str, Any]
) -> AuditEvent:
    about = {"flag": one.id, "region": one.doubt.region, "check": one.doubt.kind}
    address = request.client.host if request.client else ""
    return AuditEvent(
        actor=subject.id,
        action=action,
        object=one.doubt.indicator,
        address=address,
        detail=about | detail,
    )

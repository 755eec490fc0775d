"""What the address of a topic's page asks for, read and made safe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from app.errors import BadRequest
from app.security.contracts import Action, Resource, Subject
from app.security.may import require
from app.services import Services
from layers.contracts import Classification
from topics.kit.contracts import Region
from topics.kit.errors import UnknownPage, UnknownRegion
from topics.kit.manifest import Manifest
from topics.kit.manifest_panels import PanelSpec, TabSpec
from topics.kit.pages.panels import panels_of
from topics.kit.period_texts import parse_moment
from topics.kit.words.clock import local

Order = Literal["", "statutory"]

_SPAN = re.compile(r"[1-9]\d{0,3}(h|d|mo|y)")


@dataclass(frozen=True, slots=True)
class Asked:
    """One view of a topic's page; `as_of` None is now.

    `region` is administrative, `site` the place selected in it. `item` is the indicator chosen in
    a panel that offers several, `order` "statutory" ranks nothing, `span` is how long the trends
    show where they offer it; `whole` lists records without
    pages.
    """

    topic: Manifest
    tab: TabSpec | None
    panels: tuple[tuple[str, PanelSpec], ...]
    region: Region
    site: Region | None
    now: datetime
    as_of: datetime | None = None
    item: str = ""
    order: Order = ""
    span: str = ""
    cursor: str = ""
    whole: bool = False

    @property
    def today(self) -> date:
        """The day of the page on the clock of the city."""
        return local(self.now).date()


def topic_for(services: Services, subject: Subject, topic: str) -> Manifest:
    """The topic, when the subject may read it; to others one that is not there looks hidden.

    Raises NotSignedIn, Forbidden, and UnknownPage only to whoever sees all.
    """
    found = services.catalogue.topic(topic)
    if found is None:
        require(subject, Action.READ, Resource("topic", topic, classification=_CLOSED))
        raise UnknownPage(f"没有专题 {topic!r};可看的专题见页头的导航")
    public = Classification.PUBLIC if found.demo else Classification.INTERNAL
    require(subject, Action.READ, Resource("topic", topic, topic, public, found.demo))
    return found


_CLOSED = Classification.HIGHLY_SENSITIVE


def read_asked(
    services: Services,
    topic: Manifest,
    *,
    region: str = "",
    tab: str = "",
    site: str = "",
    as_of: str = "",
    panel: str = "",
    item: str = "",
    order: str = "",
    span: str = "",
    cursor: str = "",
) -> Asked:
    """The question in a query string; UnknownPage, UnknownRegion or BadPeriod say what is wrong."""
    moment = parse_moment(as_of) if as_of else None
    now = moment or datetime.now(UTC)
    place, chosen = _places(services, region, site, local(now).date())
    part = _tab(topic, tab)
    if order not in ("", "statutory"):
        raise BadRequest(f"order={order} 不可用;写 statutory(法定顺序,不排名)或不写")
    if span and not _SPAN.fullmatch(span):
        raise BadRequest(f"span={span} 不可用;写多久,如 72h、30d、24mo、5y,或不写")
    return Asked(
        topic=topic,
        tab=part,
        panels=_panels(topic, part, panel),
        region=place,
        site=chosen,
        now=now,
        as_of=moment,
        item=item,
        order="statutory" if order else "",
        span=span,
        cursor=cursor,
    )


def _tab(topic: Manifest, named: str) -> TabSpec | None:
    if not named:
        return topic.tabs[0] if topic.tabs else None
    found = next((one for one in topic.tabs if one.id == named), None)
    if found is None:
        known = "、".join(one.id for one in topic.tabs) or "(本专题不分部分)"
        raise UnknownPage(f"专题{topic.title}没有 {named!r} 这一部分;可用 {known}")
    return found


def _panels(topic: Manifest, tab: TabSpec | None, named: str) -> tuple[tuple[str, PanelSpec], ...]:
    shown = panels_of(topic, tab.id if tab else "")
    if not named:
        return shown
    one = tuple(each for each in panels_of(topic, None) if each[0] == named)
    if not one:
        known = "、".join(name for name, _ in shown)
        raise UnknownPage(f"专题{topic.title}没有面板 {named!r};本部分有 {known}")
    return one


def _places(services: Services, region: str, site: str, day: date) -> tuple[Region, Region | None]:
    """The administrative region and the site; a site named as region lies in its county."""
    city = services.config.city.code
    found = _known(services, region or city, city, day)
    chosen = _known(services, site, city, day) if site else None
    if chosen is not None and chosen.level != "site":
        raise UnknownRegion(f"{site!r}({chosen.name})是行政区划,不是点位;写在 region 里")
    if found.level == "site":
        return _around(services, found, city), chosen or found
    return found, chosen


def _around(services: Services, site: Region, city: str) -> Region:
    parent = services.regions.find(site.parent or city)
    return parent or services.regions.city()


def _known(services: Services, code: str, city: str, day: date) -> Region:
    found = services.regions.find(code)
    if found is None or city not in [one.code for one in services.regions.path(code)]:
        raise UnknownRegion(
            f"没有区划或点位 {code!r};请用本市或所辖县(市、区)的代码(如 440203)或点位编号"
        )
    return services.regions.find(code, day) or found

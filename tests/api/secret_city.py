"""The whole web program with one secret in it: what it says of a 敏感 case, number and layer.

Whatever is kept beside them says it too: handovers, messages, 督办, alerts, steps, imports, events.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
from shapely import Point

from app.alerts.tending import Tending
from app.config import load_config
from app.duty.open_items import OpenItems
from app.engines.contracts import EngineUrls
from app.main import compose
from app.roles.case_work import remind
from app.security.accounts import People
from app.security.contracts import Grant, Role
from app.security.requests import cookie_name
from app.security.subjects import operator
from app.services import Services
from app.stores.valkey import Session
from layers.contracts import Classification, ImportRequest
from tests.topics.intake.exif_writer import phone_jpeg
from topics.kit.alerting.contracts import AlertEvent, AlertLevel, AlertStep
from topics.kit.cases.categories import read_key
from topics.kit.cases.contracts import Report
from topics.kit.cases.machine import Order, Person
from topics.kit.cases.transitions import Post
from topics.kit.contracts import Observation, Period, PeriodKind
from topics.kit.duty.memory import Handover, OpenItem
from topics.kit.duty.people import person_id
from topics.kit.eventlog import Event
from topics.kit.notify.contracts import Message
from topics.kit.periods import ZONE, period_at

SECRET, NUMBER = "ZZ-敏感-ZZ", 987654
SECRETS = (SECRET, str(NUMBER), f"{NUMBER:,}", "ZZ-\\u654f\\u611f-ZZ", "ZZ-%E6%95%8F")
PASSWORD = "Beijiang-2026-Danxia"
PEOPLE = {
    "shift-all": ("张值班", [Grant(Role.DUTY)], None),
    "mayor": ("何市长", [Grant(Role.LEADER)], None),
    "unit": ("政法经办", [Grant(Role.HANDLER)], "swzfw"),
    "viewer": ("甲", [Grant(Role.VIEWER)], None),
    "colleague": ("同单位查看者", [Grant(Role.VIEWER)], "swzfw"),
    "water": ("水务专员", [Grant(Role.VIEWER), Grant(Role.CLERK, "water")], None),
    "shift": ("水务值班", [Grant(Role.VIEWER), Grant(Role.DUTY, "water")], "swj"),
    "auditor": ("审计员", [Grant(Role.AUDITOR)], None),
}
BLIND = ("", "viewer", "colleague", "water", "shift", "auditor")
"""Who may not know the secret; "" has not signed in."""
SEEING = "shift-all"
CASE = {"category": "综治/综治/01001", "region": "440203", "lon": 113.5787, "lat": 24.8483}
CITY = "440200"
LONG_AGO = timedelta(days=40)
_CONFIG = """
[channels.hook]
kind = "webhook"
url = "http://127.0.0.1:9/"
[receivers.zfw]
channel = "hook"
units = ["swzfw"]
"""


class SecretCity:
    """Asks the program as somebody; `ids` are what was made, by the names of the routes."""

    def __init__(self, services: Services, address: str) -> None:
        self.services = services
        self._clients = {
            name: httpx.Client(base_url=address, cookies=cookies, timeout=300)
            for name, cookies in (("", {}), *((one, _cookie(services, one)) for one in PEOPLE))
        }
        self.ids: dict[str, str] = {}

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        return self._clients[who].request(method, path, **options)

    def close(self) -> None:
        """End the connections."""
        for one in self._clients.values():
            one.close()

    def post(self, who: str, path: str, **body: Any) -> Any:
        answer = self.ask(who, "POST", f"/api/v1/{path}", json=body)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer.json()

    def heard(self, who: str) -> bytes:
        """The first words of the stream: the snapshot and what is told to who comes new."""
        said, until = b"", datetime.now(UTC) + timedelta(seconds=30)
        with self._clients[who].stream("GET", "/live") as stream:
            if stream.status_code != 200:
                return stream.read()
            for block in stream.iter_raw():
                said += block
                whole = said.rpartition(b"\n\n")[0]
                greeted = all(one in whole for one in (b"event: alerts", b"event: snapshot"))
                if greeted or datetime.now(UTC) > until:
                    break
        return said


def services_of(home: Path, urls: EngineUrls) -> Services:
    """The services with people and a topic that is 敏感."""
    (home / "topics" / "hidden").mkdir(parents=True)
    manifest = Path(__file__).with_name("hidden.toml")
    (home / "topics" / "hidden" / "topic.toml").write_bytes(manifest.read_bytes())
    (home / "config.toml").write_text(_CONFIG, "utf-8")
    services = compose(load_config(home / "config.toml", home=home), urls)
    people = People(services.accounts, services.audit)
    for name, (shown, grants, unit) in PEOPLE.items():
        once = people.add(name, display_name=shown, grants=grants, unit=unit, by="system")
        people.change_password(services.accounts.require(name), old=once, new=PASSWORD)
    _number(services)
    _layer(services)
    services.definitions.sync()
    return services


def keep_secrets(city: SecretCity) -> None:
    """Let everything happen that tells of the secret."""
    services = city.services
    _case(city)
    _alert(city)
    _handover(city)
    services.directives.remind(datetime.now(UTC) + timedelta(days=3))
    assert remind(services, datetime.now(UTC) + LONG_AGO) > 0
    services.notices.send([Message("before:1", "unit:swzfw", SECRET, SECRET)])
    event = Event("quality.raised", "hidden.number", "hidden", CITY, {"value": SECRET})
    published = Event("layer.published", "hidden.spots", "hidden", data={"title": SECRET})
    services.events.append([event, published])
    _names(city)


def text_of(answer: httpx.Response) -> str:
    """All that the answer says, unpacked where it is a document or a workbook."""
    content = answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    return content.decode("utf-8", "replace")


def tells(text: str) -> bool:
    """Whether the text tells the secret."""
    return any(one in text for one in SECRETS)


def _case(city: SecretCity) -> None:
    long_ago = (datetime.now(UTC) - LONG_AGO).isoformat()
    told = {"text": SECRET, "place": SECRET, "contact": SECRET, "at": long_ago}
    made = city.post(SEEING, "cases", **CASE, **told)
    city.ids["case"] = made["id"]
    _overdue(city)
    step = f"cases/{made['id']}/transitions"
    city.post(SEEING, step, to="受理", note=SECRET)
    city.post(SEEING, step, to="立案", note=SECRET, confirmed=True)
    city.post(SEEING, step, to="派遣", unit="swzfw", note=SECRET)
    photo = city.ask("unit", "POST", f"/api/v1/cases/{made['id']}/photos", content=phone_jpeg())
    city.ids["photo"] = photo.json()["id"]
    city.post("unit", step, to="签收", note=SECRET)
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    asked = {"about": f"case:{made['id']}", "unit": "swzfw", "text": SECRET, "deadline": soon}
    city.ids["directive"] = city.post("mayor", "directives", **asked)["id"]
    answered = f"directives/{city.ids['directive']}/transitions"
    city.post("unit", answered, to="已签收", note=SECRET)
    city.post("unit", answered, to="已反馈", note=SECRET)
    row = f"类别,区划代码,上报时间,问题描述\n{SECRET},440203,2026-11-01 10:00,{SECRET}\n"
    taken = city.ask("shift-all", "POST", "/api/v1/case-imports?name=x.csv", content=row.encode())
    city.ids["name"] = taken.json()["id"]


def _overdue(city: SecretCity) -> None:
    """A second one, which was taken up long ago and nothing more."""
    then, cases = datetime.now(UTC) - LONG_AGO, city.services.cases
    report = Report(read_key(CASE["category"]), "440203", SECRET, then, "form", "u", place=SECRET)
    made = cases.report(report, now=then).case
    cases.move(made.id, Order("受理"), Person("u", frozenset({Post.INTAKE})), now=then)


def _alert(city: SecretCity) -> None:
    told = {"rule": "hidden.high", "region": CITY, "topic": "hidden", "indicator": "hidden.number"}
    event = AlertEvent(
        "hidden-1", AlertStep.FIRED, datetime.now(UTC) - timedelta(minutes=9),
        level=AlertLevel.RED, value=float(NUMBER),
        data={**told, "title": SECRET, "limit": 5.0, "unit": "件"},
    )  # fmt: skip
    city.services.alerts.append([event])
    city.ids["alert"] = "hidden-1"
    order = {"category": "城市管理/事项/06017", "region": "440203", "text": "请到场查看"}
    city.post(SEEING, "alerts/hidden-1/dispatch", **order)
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    asked = {"about": "alert:hidden-1", "unit": "swzfw", "text": SECRET, "deadline": soon}
    city.ids["about-alert"] = city.post("mayor", "directives", **asked)["id"]
    Tending(city.services).turn(datetime.now(UTC))


def _names(city: SecretCity) -> None:
    """What stands in addresses for the things that are asked about."""
    now = datetime.now(UTC)
    reported = (now - LONG_AGO).astimezone(ZONE)
    version = city.services.layers.require("hidden.spots").version
    city.ids |= {
        "now": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "month": f"{reported:%Y-%m}",
        "this": f"{now.astimezone(ZONE):%Y-%m}", "layer": "hidden.spots", "version": version,
        "indicator": "hidden.number", "topic": "hidden", "rule": "hidden.high",
        "incident": "none", "upload": "none", "job": "none", "submission": "none",
        "form": "economy.monthly_report", "period": f"{reported:%Y-%m}",
        "refresher": "grid.cases_day", "batch": "1",
    }  # fmt: skip


def _handover(city: SecretCity) -> None:
    now = datetime.now(UTC)
    listed = OpenItems(city.services).now(operator(), now)
    known = {one.kind for one in listed if tells(one.title)}
    assert known == {"case", "directive", "alert"}, listed
    gone = OpenItem("case", "no-such-case", SECRET, SECRET, SECRET, SECRET)
    for name in ("张伟", "钱进"):
        body = {"unit": "yjj", "name": name, "phone": "13800000001"}
        assert city.ask(SEEING, "PUT", "/api/v1/duty/contacts", json=body).status_code == 200
    leaving, taking = person_id("yjj", "张伟"), person_id("yjj", "钱进")
    one = Handover("h1", now, leaving, taking, (*listed, gone), "关注在办事项", now, "someone")
    with city.services.observations._engine.begin() as connection:
        city.services.duty.memory.leave(one, connection=connection)


def _number(services: Services) -> None:
    today = period_at(datetime.now(UTC), PeriodKind.DAY)
    rows = [
        Observation("hidden.number", CITY, _before(today, n), NUMBER + 0.0, source=SECRET)
        for n in range(30)
    ]
    services.observations.append(rows, live=False)


def _before(period: Period, days: int) -> Period:
    return Period(period.start - timedelta(days=days), period.kind)


def _layer(services: Services) -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["1", "2"], "name": [SECRET, SECRET], "amount": [NUMBER, NUMBER]},
        geometry=[Point(113.5, 24.8), Point(113.6, 24.9)],
        crs=4326,
    )
    asked = ImportRequest(
        "hidden.spots", title=SECRET, topic="hidden", key="code", publish=True,
        classification=Classification.SENSITIVE,
    )  # fmt: skip
    services.layers.import_frame(frame, asked)


def _cookie(services: Services, name: str) -> dict[str, str]:
    account = services.accounts.require(name)
    secret = services.sessions.open(Session(account.id, account.epoch))
    return {cookie_name(secure=False): secret}

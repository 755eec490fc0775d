"""The refresh runner of this program: its stores, config.toml's sources over the demo's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from app.config import Config, SourceConfig
from app.errors import BadConfig
from app.services import Services
from topics.kit.catalogue import SHIPPED
from topics.kit.eventlog import Event, EventKind
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.assembly import make_runner
from topics.kit.refresh.contracts import SourceSettings
from topics.kit.refresh.hosts import bad_entries
from topics.kit.refresh.runner import RefreshRunner
from topics.kit.refresh.secrets import AUTHS
from topics.kit.refresh.sources import Source, source_book
from topics.kit.runs import RunRecord

REFRESH_JOB = "refresh"
"""The kind of job that runs a refresher now; its payload is {"refresher": id, "by": subject}."""

BACKFILL_JOB = "refresh.backfill"
"""The kind of job that reads past days again: {"refresher", "from", "to", "by"}, days included."""


def refresh_runner(services: Services) -> RefreshRunner:
    """A runner on the program's stores."""
    return make_runner(
        catalogue=services.catalogue,
        regions=services.regions,
        observations=services.observations,
        layers=services.layers,
        runs=services.runs,
        sources=book_of(services),
        announce=services.relay.relay,
        allow_hosts=allowed_hosts(services.config),
        memory=services.refreshers,
        held=services.held,
        cases=services.case_numbers,
    )


def scheduled(services: Services) -> tuple[RefresherSpec, ...]:
    """The refreshers that run here: those that count cases only where cases give the numbers."""
    counting = services.case_numbers is not None
    return tuple(one for one in services.catalogue.refreshers() if counting or one.kind != "cases")


def book_of(services: Services) -> Callable[[], Mapping[str, SourceSettings]]:
    """All sources of the program: config.toml's, the demo city's, the installed topics' folders."""
    config = services.config
    return source_book(sources_of(config), demo_file(config), incoming(services))


def incoming(services: Services) -> dict[str, Source]:
    """HOME/incoming/ID, the drop folder of an installed topic whose source bears its own id."""
    found = {}
    for topic in services.catalogue.topics:
        shipped = topic.folder.parent == SHIPPED
        drops = [one for one in topic.refreshers if one.kind == "file" and one.source == topic.id]
        if shipped or not drops:
            continue
        folder = services.config.home_path / "incoming" / topic.id
        with contextlib.suppress(OSError):  # the refresher will say that it is not there
            folder.mkdir(parents=True, exist_ok=True)
        found[topic.id] = Source(str(folder))
    return found


def demo_file(config: Config) -> Path:
    """Where the demo city's simulators write their addresses."""
    return config.home_path / "demo" / "sources.json"


def sources_of(config: Config, environment: Mapping[str, str] = os.environ) -> dict[str, Source]:
    """The sources of config.toml, secrets named by a variable taken from the environment.

    Raises BadConfig for a way of showing the secret that does not exist.
    """
    return {name: _source(name, one, environment) for name, one in config.sources.items()}


def _source(name: str, one: SourceConfig, environment: Mapping[str, str]) -> Source:
    if one.auth not in AUTHS:
        raise BadConfig(f"sources.{name}.auth = {one.auth!r} 不认识;可写 {'、'.join(AUTHS)}")
    secret = environment.get(one.secret_env, "").strip() if one.secret_env else ""
    if one.secret_env and not secret:
        raise BadConfig(
            f"sources.{name}.secret_env:环境变量 {one.secret_env} 没有设置;请在服务的环境里设置"
        )
    return Source(
        url=one.url,
        secret_file=one.secret_file,
        ca_file=one.ca_file,
        auth=one.auth,
        auth_name=one.auth_name,
        user=one.user,
        secret=secret,
        cert_file=one.cert_file,
        key_file=one.key_file,
        most_mb=one.most_mb,
    )


def allowed_hosts(config: Config) -> tuple[str, ...]:
    """The hosts inside that sources may be on; raises BadConfig for an entry that names none."""
    wrong = bad_entries(config.connectors.allow_hosts)
    if wrong:
        raise BadConfig(
            f"connectors.allow_hosts 里的 {wrong[0]!r} 不是主机;"
            "写成 10.1.2.3、10.1.0.0/16 或 api.lan:8080"
        )
    return tuple(one.strip() for one in config.connectors.allow_hosts)


def asked_for(record: RunRecord, *, by: str) -> Event:
    """The event of a run that the subject `by` asked for, with how it went."""
    return Event(
        EventKind.REFRESHER_ASKED,
        record.refresher,
        topic=record.refresher.partition(".")[0],
        data={"run": record.id, "ok": bool(record.ok), "kept": record.kept},
        actor=by,
        at=record.finished,
    )

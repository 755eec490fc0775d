"""Fill an empty city: layers and two years of history; safe to be killed and started again.

Nothing is marked apart: a layer is done when it is published, an indicator's history when the
store knows a period of it that is older than any source could bring. Each is written whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from app.demo import models
from app.demo.alerts import alerts_seeded, seed_alerts
from app.demo.cases import cases_seeded, seed_cases
from app.demo.dispatched import seed_dispatched
from app.demo.duty import duty_seeded, seed_duty
from app.demo.event_density import style as density_style
from app.demo.filings import filings_seeded, seed_filings
from app.demo.history import brought, history, levels_brought
from app.demo.layers import DemoLayer, demo_layers
from app.demo.legal import seed_legal
from app.demo.periods import SITE_DAY_PERIODS, SITE_DAYS
from app.demo.values import model_of
from app.roles.case_layers import CaseLayers
from app.roles.derived_layers import DerivedLayers
from app.services import Services
from layers.contracts import Classification, ImportRequest
from topics.kit.contracts import Observation, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec

Progress = Callable[[str, float], None]
_OLD = timedelta(days=200)
# Older than any source could bring, and within the shorter past that sites are given.
_OLD_OF_SITES = {
    PeriodKind.INSTANT: timedelta(days=SITE_DAYS / 2),
    PeriodKind.HOUR: timedelta(days=SITE_DAYS / 2),
    PeriodKind.DAY: timedelta(days=SITE_DAY_PERIODS * 0.75),
}
_SOURCE = "示例城市(示例数据·未送审)"
_LAYERS_SHARE = 0.25  # of the time
_HISTORY_DONE = 0.98


def seed(services: Services, progress: Progress) -> None:
    """Write what is missing of the demo city; `progress` hears what is done and its share."""
    now = datetime.now(UTC)
    _seed_layers(services, progress, now)
    progress("推演近 60 天事件", _LAYERS_SHARE)
    seed_cases(services, now)
    _layers_of_cases(services)
    _seed_history(services, progress, now)
    progress("生成报数记录", 0.99)
    seed_filings(services, now)
    progress("推演近 30 天告警", 0.995)
    if seed_alerts(services, now):
        seed_dispatched(services)
    seed_duty(services, now)
    seed_legal(services, now)
    progress("示例城市已就绪", 1.0)


def is_seeded(services: Services) -> bool:
    """Whether nothing is missing, so that `seed` would write nothing."""
    now = datetime.now(UTC)
    layers_done = all(_published(services, layer) for layer in demo_layers())
    history_done = all(_known(services, spec, now) for spec in _indicators(services))
    told = all(
        seeded(services) for seeded in (filings_seeded, alerts_seeded, duty_seeded, cases_seeded)
    )
    return layers_done and history_done and told


def _seed_layers(services: Services, progress: Progress, now: datetime) -> None:
    chosen = demo_layers()
    for number, layer in enumerate(chosen):
        progress(f"生成图层 {layer.title}", _LAYERS_SHARE * number / len(chosen))
        if not _published(services, layer):
            services.layers.import_frame(layer.frame(now), _request(layer))


def _layers_of_cases(services: Services) -> None:
    """The events on the map and their density, as the worker keeps them from now on."""
    CaseLayers(services).renew()
    DerivedLayers(services, {"grid.density": density_style()}).renew()


def _seed_history(services: Services, progress: Progress, now: datetime) -> None:
    chosen = _indicators(services)
    for number, spec in enumerate(chosen):
        share = _LAYERS_SHARE + (_HISTORY_DONE - _LAYERS_SHARE) * number / len(chosen)
        progress(f"生成历史 {spec.title}", share)
        if not _known(services, spec, now):
            rows = history(spec, now, levels_brought(services.catalogue, spec))
            services.observations.append(_uncounted(services, rows), now=now, live=False)
    progress("由事件计算指标", 0.985)
    count_cases(services, now)
    progress("计算公式", 0.99)
    services.recomputation.run()


def count_cases(services: Services, now: datetime) -> None:
    """Let the cases say their numbers, as the worker will from now on."""
    if services.case_numbers is None:
        return
    for spec in services.catalogue.refreshers():
        if spec.kind == "cases":
            counted = services.case_numbers.count(spec, now)
            services.observations.append(counted.observations, now=now, live=False)
            counted.done()


def _uncounted(services: Services, rows: Iterable[Observation]) -> Iterator[Observation]:
    """What other systems said before cases spoke for themselves."""
    counted, cases = services.catalogue.counted, services.case_numbers
    for one in rows:
        if cases is None or one.indicator not in counted or not cases.covers(one.period):
            yield one


def _indicators(services: Services) -> list[IndicatorSpec]:
    """The indicators that sources bring to the shipped demo topics."""
    return [spec for spec in brought(services.catalogue) if _is_demo(services, spec)]


def _is_demo(services: Services, spec: IndicatorSpec) -> bool:
    return services.catalogue.topic_of(spec.id).demo


def _published(services: Services, layer: DemoLayer) -> bool:
    found = services.layers.find(layer.id)
    return found is not None and found.version is not None


def _known(services: Services, spec: IndicatorSpec, now: datetime) -> bool:
    levels = levels_brought(services.catalogue, spec)
    before, region = now - _OLD, services.config.city.code
    if "city" not in levels and "county" in levels:
        # Where the city is made of its counties, the first county stands for the history.
        region = services.regions.children(region)[0].code
    elif "city" not in levels:
        held = services.regions.sites(region, spec.sites)
        before = now - _OLD_OF_SITES.get(spec.period_kind, _OLD)
        if not held or model_of(spec.id) not in models.names():
            return True  # its sites have no model: there is nothing to write
        region = held[0].code
    return bool(services.observations.series(spec.id, region, end=before, as_of=None, limit=1))


def _request(layer: DemoLayer) -> ImportRequest:
    return ImportRequest(
        layer=layer.id,
        title=layer.title,
        topic=layer.topic,
        crs="EPSG:4326",
        publish=True,
        owner=layer.owner,
        source=_SOURCE,
        classification=Classification.PUBLIC,
        cadence=layer.cadence,
        style=dict(layer.classes or {"kind": layer.style}),
        key=layer.key,
        by="demo",
        demo=True,
    )

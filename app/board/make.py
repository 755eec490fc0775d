"""Plugs the board together from the running program's parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic

from app.board.model import Board, CardSpec
from app.board.readings import Readings
from app.board.rows import Facts
from app.services import Services
from layers.errors import StoreUnavailable
from topics.kit.catalogue import Catalogue
from topics.kit.contracts import Period
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.organisations import Organisations
from topics.kit.runs import RunLog, RunRecord
from topics.kit.words.clock import local

_RUNS_FOR = timedelta(seconds=5)


def make_board(services: Services, runs: RunLog) -> tuple[Board, Readings]:
    """The board of the city and its counties, and the readings behind it (still empty)."""
    city_code = services.config.city.code
    today = local(datetime.now(UTC)).date()
    city = services.regions.require(city_code, today)
    counties = services.regions.children(city_code, today)
    cards = _cards(services.catalogue, services.organisations)
    shown = _with_growth(services.catalogue, cards)
    readings = Readings(
        services.observations,
        list(shown.values()),
        [city.code, *(one.code for one in counties)],
    )
    board = Board(
        cards=cards,
        chip=_chip(services.catalogue),
        city=city,
        counties=counties,
        readings=readings,
        facts=_FactsNow(services, shown, runs),
        map_indicator=services.config.city.map_indicator,
        release_at=services.releases.at,
    )
    return board, readings


class _FactsNow:
    """What rows need besides readings; the runs are asked at most every few seconds."""

    def __init__(
        self, services: Services, specs: Mapping[str, IndicatorSpec], runs: RunLog
    ) -> None:
        self._specs = specs
        self._catalogue = services.catalogue
        self._definitions = services.definitions
        self._runs = runs
        self._owners = _owner_names(services.organisations)
        self._refreshers = {
            indicator: one.id
            for one in services.catalogue.refreshers()
            if one.kind != "cases" or services.case_numbers is not None
            for indicator in one.produces
        }
        city = services.regions.city().code
        held = (*services.regions.all(), *services.regions.sites(city))
        self._levels = {one.code: one.level for one in held}
        self._known: Mapping[str, RunRecord] = {}
        self._asked = float("-inf")

    def __call__(self) -> Facts:
        if monotonic() - self._asked > _RUNS_FOR.total_seconds():
            self._asked = monotonic()
            try:
                self._known = self._runs.latest()
            except StoreUnavailable:
                pass  # the runs known so far stay; the readings say how old they are
        specs = {name: self._catalogue.find(name) or one for name, one in self._specs.items()}
        return Facts(specs, self._owners, self._refreshers, self._known, self._levels, self._broken)

    def _broken(self, indicator: str, earlier: Period, later: Period) -> bool:
        return self._definitions.broken_between(indicator, earlier, later) is not None


def _cards(catalogue: Catalogue, organisations: Organisations) -> list[CardSpec]:
    owners = _owner_names(organisations)
    cards = []
    for manifest in catalogue.topics:
        panel = manifest.panel("overview", "kpi")
        if panel is not None:
            specs = tuple(catalogue.indicator(one) for one in panel.indicators)
            owner = owners.get(manifest.owner, manifest.owner)
            cards.append(CardSpec(manifest.id, panel.title, owner, manifest.demo, specs))
    return cards


def _with_growth(catalogue: Catalogue, cards: list[CardSpec]) -> dict[str, IndicatorSpec]:
    shown = {spec.id: spec for card in cards for spec in card.indicators}
    for spec in list(shown.values()):
        if spec.comparison is not None and spec.comparison.published is not None:
            shown[spec.comparison.published] = catalogue.indicator(spec.comparison.published)
    chip = _chip(catalogue)
    return shown if chip is None else shown | {chip.id: chip}


def _chip(catalogue: Catalogue) -> IndicatorSpec | None:
    for manifest in catalogue.topics:
        panel = manifest.panel("header", "chip")
        if panel is not None:
            return catalogue.indicator(panel.indicators[0])
    return None


def _owner_names(organisations: Organisations) -> dict[str, str]:
    return {one.id: one.short_name or one.name for one in organisations.all()}

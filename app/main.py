"""The composition root: the only file that knows every part below the web (`app.web_program`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from app.cases.make import make_cases
from app.cases.places import LayerPlaces
from app.channels.directory import Directory
from app.channels.settings import receivers_of, ways_of
from app.config import Config, SandboxConfig, UploadsConfig
from app.engines.contracts import EngineUrls
from app.evaluation.make import make_case_numbers, make_evaluations
from app.services import Services
from app.stores.postgres import PostgresAccounts, PostgresAudit, PostgresTokens
from app.stores.valkey import ValkeySessions
from layers.catalogue.service import LayerCatalogue
from layers.intake.surroundings import CityTables
from layers.network import KeptNetworks
from layers.readers import Reading
from layers.reference import OutlineReference
from layers.registry import LayerRegistry
from layers.review.machine import Rules
from layers.review.service import Submissions
from layers.sandbox.limits import Limits
from layers.sandbox.reading import SandboxReader
from layers.stores.files import LayerFiles
from layers.stores.postgres import PostgresLayers
from layers.stores.postgres_catalogue import PostgresCatalogue
from layers.stores.postgres_engine import connect
from layers.stores.postgres_outlines import PostgresOutlines
from layers.stores.postgres_submissions import PostgresSubmissions
from layers.stores.upload_contracts import MEGABYTE, UploadLimits
from layers.stores.uploads import UploadStore
from topics.kit.alerting.book import RuleBook
from topics.kit.alerting.handling_rules import HandlingRules
from topics.kit.cases.routing import TERRITORY
from topics.kit.catalogue import Catalogue
from topics.kit.definitions.effective import EffectiveCatalogue
from topics.kit.definitions.library import DefinitionLibrary
from topics.kit.directives.ladder import load_ladder
from topics.kit.directives.service import Directives
from topics.kit.duty.days import DayNames
from topics.kit.duty.incidents import load_clocks
from topics.kit.duty.plans import load_plans
from topics.kit.events import ChangeRelay
from topics.kit.forecast.kept import KeptForecasts
from topics.kit.formula.geography import Geography
from topics.kit.formula.recompute import Recomputation
from topics.kit.formula.releases import InheritedReleases
from topics.kit.formula.service import Formulas
from topics.kit.formula.surroundings import SpecsInForce, breaks_from
from topics.kit.installed import load_topics
from topics.kit.organisations import Organisations
from topics.kit.quality.tags import ValueQuality
from topics.kit.regions import RegionTree
from topics.kit.reporting.forms import Forms
from topics.kit.reporting.score import load_weights
from topics.kit.reporting.service import Reports
from topics.kit.rolled_reading import RolledReader
from topics.kit.stores.photo_files import PhotoFiles
from topics.kit.stores.postgres import PostgresObservations
from topics.kit.stores.postgres_alert_cases import PostgresAlertCases
from topics.kit.stores.postgres_alert_tallies import PostgresAlertTallies
from topics.kit.stores.postgres_alerts import PostgresAlerts
from topics.kit.stores.postgres_case_dues import PostgresCaseDues
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.stores.postgres_case_imports import PostgresCaseImports
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_case_moves import PostgresCaseMoves
from topics.kit.stores.postgres_case_photos import PostgresCasePhotos
from topics.kit.stores.postgres_case_places import PostgresCasePlaces
from topics.kit.stores.postgres_cases import PostgresCases
from topics.kit.stores.postgres_definition_changes import PostgresDefinitionChanges
from topics.kit.stores.postgres_definitions import PostgresDefinitions
from topics.kit.stores.postgres_directives import PostgresDirectives
from topics.kit.stores.postgres_duty import duty_on
from topics.kit.stores.postgres_evaluation import PostgresEvaluations
from topics.kit.stores.postgres_events import PostgresEvents
from topics.kit.stores.postgres_forecasts import PostgresForecasts
from topics.kit.stores.postgres_held import PostgresHeld
from topics.kit.stores.postgres_inbox import PostgresInbox
from topics.kit.stores.postgres_intake import PostgresIntake
from topics.kit.stores.postgres_jobs import PostgresJobs
from topics.kit.stores.postgres_modes import PostgresModes
from topics.kit.stores.postgres_notices import PostgresNotices
from topics.kit.stores.postgres_outbox import PostgresOutbox
from topics.kit.stores.postgres_presence import PostgresPresence
from topics.kit.stores.postgres_quality import PostgresQuality
from topics.kit.stores.postgres_refreshers import PostgresRefreshers
from topics.kit.stores.postgres_reports import PostgresReports
from topics.kit.stores.postgres_retention import PostgresRetention
from topics.kit.stores.postgres_rollups import PostgresRollups
from topics.kit.stores.postgres_rules import PostgresRules
from topics.kit.stores.postgres_runs import PostgresRuns
from topics.kit.stores.postgres_stale import PostgresStale
from topics.kit.stores.postgres_standings import PostgresStandings
from topics.kit.stores.postgres_statements import PostgresStatements
from topics.kit.stores.postgres_warnings import PostgresWarnings
from topics.kit.stores.valkey import LiveStore, connect_valkey
from topics.kit.tracing import SiteTracing
from topics.kit.warnings.tables import WarningTables
from topics.kit.worktime.calendar import WorkCalendar

FileReader = Callable[..., Reading]
"""Reads an upload with options; `cancelled` may end it early."""

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "reference"


def reference(home: Path) -> Callable[[str], Path]:
    """Where a reference table lies: HOME/reference for a city of its own, else the shipped one."""

    def table(name: str) -> Path:
        own = home / "reference" / name
        return own if own.is_file() else REFERENCE / name

    return table


def compose(config: Config, urls: EngineUrls, *, reader: FileReader | None = None) -> Services:
    """Everything a request or a command may use, on the given engines; opens no connection yet.

    `reader` reads uploaded files in place of the sandbox.
    """
    tables = reference(config.home_path)
    database = connect(urls.postgres)
    valkey = connect_valkey(urls.valkey)
    stream = LiveStore(valkey, keep=config.live.keep_changes)
    files = LayerFiles(config.home_path / "layers")
    read = reader or SandboxReader(files, sandbox_limits(config.sandbox))
    registry = LayerRegistry(
        store=PostgresLayers(database),
        files=files,
        reference=OutlineReference(PostgresOutlines(database), files),
        tables=CityTables(tables("regions.csv"), tables("withdrawn_regions.csv")),
        read=read,
    )
    declared, regions = load_topics(
        config.home_path / "topics",
        config.topics.allow_python,
        RegionTree.load(tables("regions.csv")),
    )
    catalogue = EffectiveCatalogue(declared)
    specs = SpecsInForce(catalogue)
    stored_definitions = PostgresDefinitions(database)
    calendar = InheritedReleases(catalogue.formulas, specs)
    definitions = DefinitionLibrary(stored_definitions, catalogue, calendar)
    breaks = breaks_from(definitions, specs)
    events = PostgresEvents(database)
    intake = PostgresIntake(catalogue.find, events, catalogue.is_computed)
    observations = PostgresObservations(database, intake)
    report_store = PostgresReports(database)
    alerts, rule_store = PostgresAlerts(database), PostgresRules(database)
    forecast_store = PostgresForecasts(database)
    organisations = Organisations.load(tables("organisations.csv"))
    cases = PostgresCases(database)
    case_lists = PostgresCaseLists(database, cases)
    duty = duty_on(
        database,
        clocks=load_clocks(tables("incident_clocks.csv")),
        plans=load_plans(tables("plans.csv")),
        days=DayNames.load(tables("work_calendar.csv")),
    )
    accounts = PostgresAccounts(database)
    directory = Directory(
        ways_of(config),
        receivers_of(config),
        roster=duty,
        person=duty.people.find,
        account=duty.people.of_account,
        signs_in=_signs_in(accounts),
    )
    notices = PostgresNotices(database, spread=directory.spread)
    case_service = make_cases(
        config,
        catalogue.topics,
        regions,
        tables,
        cases,
        case_lists,
        LayerPlaces(registry, regions),
    )
    case_facts = PostgresCaseFacts(database, cases)
    evaluations = make_evaluations(PostgresEvaluations(database), case_facts, regions, tables)
    refreshers = PostgresRefreshers(database)
    relay, rows = ChangeRelay(PostgresOutbox(database), stream), _rows(catalogue, regions)
    forecast_store, rollups = PostgresForecasts(database), PostgresRollups(database)
    return Services(
        config=config,
        regions=regions,
        organisations=organisations,
        catalogue=catalogue,
        statements=PostgresStatements(database),
        observations=observations,
        live=stream,
        layers=registry,
        layer_catalogue=LayerCatalogue(registry, PostgresCatalogue(database)),
        submissions=Submissions(
            PostgresSubmissions(database),
            registry,
            files,
            review_rules(config),
            read=read,
        ),
        uploads=UploadStore(files.uploads, upload_limits(config.uploads)),
        accounts=accounts,
        tokens=PostgresTokens(database),
        sessions=ValkeySessions(valkey, lifetime=timedelta(hours=config.security.session_hours)),
        audit=PostgresAudit(database, anchor=config.home_path / "audit.anchor"),
        relay=relay,
        runs=PostgresRuns(database),
        refreshers=refreshers,
        held=PostgresHeld(database),
        jobs=PostgresJobs(database),
        definitions=definitions,
        releases=calendar,
        definition_store=stored_definitions,
        definition_changes=PostgresDefinitionChanges(database),
        events=events,
        cases=case_service,
        case_photos=PostgresCasePhotos(database),
        case_places=PostgresCasePlaces(database),
        case_dues=PostgresCaseDues(database),
        photo_files=PhotoFiles(config.home_path / "cases" / "photos"),
        case_imports=PostgresCaseImports(database),
        evaluations=evaluations,
        case_numbers=make_case_numbers(
            config.cases,
            case_facts,
            PostgresCaseMoves(database),
            case_service,
            evaluations,
            catalogue,
            regions,
            refreshers,
        ),
        quality=ValueQuality(
            PostgresQuality(database, observations, events),
            PostgresPresence(database),
            observations,
            regions,
        ),
        reports=Reports(Forms(catalogue, regions, observations), report_store, observations),
        report_store=report_store,
        formulas=Formulas(catalogue.formulas, specs, rows, observations, breaks=breaks),
        recomputation=Recomputation(
            catalogue.formulas,
            specs,
            rows,
            PostgresStale(database),
            observations,
            breaks=breaks,
            announce=relay.relay,
        ),
        forecasts=KeptForecasts(forecast_store, observations),
        forecast_store=forecast_store,
        rollups=rollups,
        rolled=RolledReader(rollups, observations),
        retention=PostgresRetention(database),
        report_weights=load_weights(tables("governance_weights.csv")),
        tracing=SiteTracing(catalogue.topics, regions, KeptNetworks(registry)),
        legal_warnings=PostgresWarnings(database),
        alert_tallies=PostgresAlertTallies(database),
        alert_cases=PostgresAlertCases(database),
        handling=HandlingRules.load(tables("alert_handling.csv")),
        warning_tables=WarningTables.load(
            tables("legal_warnings.csv"), tables("legal_issuers.csv"), city=config.city.code
        ),
        alerts=alerts,
        modes=PostgresModes(database),
        directives=Directives(
            PostgresDirectives(database),
            organisations,
            notices,
            territories=_territories(regions),
            ladder=load_ladder(tables("directive_reminders.csv")),
        ),
        duty=duty,
        notices=notices,
        inbox=PostgresInbox(database),
        directory=directory,
        rules=RuleBook(
            lambda: catalogue.topics,
            specs,
            regions,
            rule_store,
            stamp=lambda: definitions.book,
            calendar=WorkCalendar.load(tables("work_calendar.csv")),
        ),
        rule_store=rule_store,
        standings=PostgresStandings(database, alerts),
    )


def _territories(regions: RegionTree) -> Callable[[str], bool]:
    """Which units are governments of places."""

    def known(unit: str) -> bool:
        return unit.startswith(TERRITORY) and regions.find(unit.removeprefix(TERRITORY)) is not None

    return known


def _rows(catalogue: Catalogue, regions: RegionTree) -> Geography:
    """The regions and sites that formulas are computed for; towns only when a topic has values."""
    levels = {level for spec in catalogue.indicators() for level in spec.levels}
    return Geography.of(regions, {"city", "county", *levels})


def sandbox_limits(settings: SandboxConfig) -> Limits:
    """What config.toml says about the reading of one file."""
    return Limits(memory_mb=settings.memory_mb, cpu_s=settings.cpu_s, wall_s=settings.wall_s)


def upload_limits(settings: UploadsConfig) -> UploadLimits:
    """What config.toml says about uploads."""
    return UploadLimits(
        largest=settings.largest_mb * MEGABYTE,
        person=settings.person_mb * MEGABYTE,
        margin=settings.spare_mb * MEGABYTE,
        keep=timedelta(hours=settings.keep_hours),
    )


def review_rules(config: Config) -> Rules:
    """Whether uploads are reviewed here: everywhere but in the demo, unless said otherwise."""
    asked = config.review.in_demo or not config.demo.enabled
    return Rules(review_required=config.review.required and asked)


def _signs_in(accounts: PostgresAccounts) -> Callable[[str], bool]:
    """Whether somebody can sign in with the account of that id, and so read messages here."""

    def known(account: str) -> bool:
        found = accounts.by_id(account)
        return found is not None and not found.disabled

    return known

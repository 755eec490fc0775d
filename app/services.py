"""Everything a request, a callback or a command may use; made once by `app.main.compose`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.channels.directory import Directory
    from app.config import Config
    from app.stores.postgres import PostgresAccounts, PostgresAudit, PostgresTokens
    from app.stores.valkey import ValkeySessions
    from layers.catalogue.service import LayerCatalogue
    from layers.registry import LayerRegistry
    from layers.review.service import Submissions
    from layers.stores.uploads import UploadStore
    from topics.kit.alerting.book import RuleBook
    from topics.kit.alerting.handling_rules import HandlingRules
    from topics.kit.cases.service import Cases
    from topics.kit.definitions.effective import EffectiveCatalogue
    from topics.kit.definitions.library import DefinitionLibrary
    from topics.kit.definitions.releases import ReleaseCalendar
    from topics.kit.directives.service import Directives
    from topics.kit.duty.desk import Duty
    from topics.kit.evaluation.series import CaseSeries
    from topics.kit.evaluation.service import Evaluations
    from topics.kit.events import ChangeRelay
    from topics.kit.forecast.kept import KeptForecasts
    from topics.kit.formula.recompute import Recomputation
    from topics.kit.formula.service import Formulas
    from topics.kit.organisations import Organisations
    from topics.kit.quality.tags import ValueQuality
    from topics.kit.regions import RegionTree
    from topics.kit.reporting.service import Reports
    from topics.kit.rolled_reading import RolledReader
    from topics.kit.stores.photo_files import PhotoFiles
    from topics.kit.stores.postgres import PostgresObservations
    from topics.kit.stores.postgres_alert_cases import PostgresAlertCases
    from topics.kit.stores.postgres_alert_tallies import PostgresAlertTallies
    from topics.kit.stores.postgres_alerts import PostgresAlerts
    from topics.kit.stores.postgres_case_dues import PostgresCaseDues
    from topics.kit.stores.postgres_case_imports import PostgresCaseImports
    from topics.kit.stores.postgres_case_photos import PostgresCasePhotos
    from topics.kit.stores.postgres_case_places import PostgresCasePlaces
    from topics.kit.stores.postgres_definition_changes import PostgresDefinitionChanges
    from topics.kit.stores.postgres_definitions import PostgresDefinitions
    from topics.kit.stores.postgres_events import PostgresEvents
    from topics.kit.stores.postgres_forecasts import PostgresForecasts
    from topics.kit.stores.postgres_held import PostgresHeld
    from topics.kit.stores.postgres_inbox import PostgresInbox
    from topics.kit.stores.postgres_jobs import PostgresJobs
    from topics.kit.stores.postgres_modes import PostgresModes
    from topics.kit.stores.postgres_notices import PostgresNotices
    from topics.kit.stores.postgres_refreshers import PostgresRefreshers
    from topics.kit.stores.postgres_reports import PostgresReports
    from topics.kit.stores.postgres_retention import PostgresRetention
    from topics.kit.stores.postgres_rollups import PostgresRollups
    from topics.kit.stores.postgres_rules import PostgresRules
    from topics.kit.stores.postgres_runs import PostgresRuns
    from topics.kit.stores.postgres_standings import PostgresStandings
    from topics.kit.stores.postgres_statements import PostgresStatements
    from topics.kit.stores.postgres_warnings import PostgresWarnings
    from topics.kit.stores.valkey import LiveStore
    from topics.kit.tracing import SiteTracing
    from topics.kit.warnings.tables import WarningTables


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the running program, plugged together."""

    config: Config
    regions: RegionTree
    organisations: Organisations
    catalogue: EffectiveCatalogue
    observations: PostgresObservations
    statements: PostgresStatements
    live: LiveStore
    layers: LayerRegistry
    layer_catalogue: LayerCatalogue
    uploads: UploadStore
    submissions: Submissions
    accounts: PostgresAccounts
    tokens: PostgresTokens
    sessions: ValkeySessions
    audit: PostgresAudit
    relay: ChangeRelay
    runs: PostgresRuns
    refreshers: PostgresRefreshers
    held: PostgresHeld
    jobs: PostgresJobs
    events: PostgresEvents
    cases: Cases
    case_photos: PostgresCasePhotos
    case_places: PostgresCasePlaces
    case_dues: PostgresCaseDues
    photo_files: PhotoFiles
    case_imports: PostgresCaseImports
    evaluations: Evaluations
    case_numbers: CaseSeries | None
    definitions: DefinitionLibrary
    releases: ReleaseCalendar
    definition_store: PostgresDefinitions
    definition_changes: PostgresDefinitionChanges
    quality: ValueQuality
    reports: Reports
    report_store: PostgresReports
    formulas: Formulas
    forecasts: KeptForecasts
    forecast_store: PostgresForecasts
    recomputation: Recomputation
    rollups: PostgresRollups
    rolled: RolledReader
    retention: PostgresRetention
    report_weights: Mapping[str, float]
    tracing: SiteTracing
    directives: Directives
    notices: PostgresNotices
    directory: Directory
    inbox: PostgresInbox
    legal_warnings: PostgresWarnings
    alert_tallies: PostgresAlertTallies
    alert_cases: PostgresAlertCases
    handling: HandlingRules
    warning_tables: WarningTables
    alerts: PostgresAlerts
    modes: PostgresModes
    duty: Duty
    rules: RuleBook
    rule_store: PostgresRules
    standings: PostgresStandings

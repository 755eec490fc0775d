"""Our own scripts and styles, put end to end into one file each under the hash of their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from app.web import chart_files
from app.web.static import Asset, StaticApp, folder_assets
from app.web.tokens import css, load_tokens, map_colours
from app.web.vendor import built

WEB = Path(__file__).parent

# A file may use only what stands above it. COMMON is on every page, a bundle on the pages that
# `app.web.pages` names it for.
COMMON = (
    "core/tonglan.js", "core/texts.js", "core/clock.js", "core/links.js",
    "map/library.js", "map/sources.js", "map/layers.js", "map/states.js", "map/pointer.js",
    "map/overlays.js", "map/city_map.js",
    "panels/marks.js", "work/texts.js", "work/api.js", "work/pick.js",
    "duty/banner.js", "directives/texts.js", "directives/marks.js",
    "directives/popover.js",
    "alerts/words.js", "alerts/shape.js", "alerts/feed.js", "alerts/sound.js", "alerts/counts.js",
    "notices/texts.js", "notices/count.js",
    "explain/texts.js", "explain/state.js", "explain/clicks.js", "explain/curve.js",
    "explain/sections.js", "explain/cases.js", "explain/drawer.js", "core/menu.js",
    "core/leaving.js", "core/pages.js",
)  # fmt: skip
WORK = ("work/header.js", "work/page.js", "work/paint.js")
CHARTS = ("charts/library.js", "charts/scale.js", "charts/chart.js", "charts/picture.js")
CASES = (
    "map/overview_map.js", "cases/texts.js", "cases/parts.js", "cases/address.js",
    "cases/map.js", "cases/send.js",
)  # fmt: skip
BUNDLES = {
    "overview": (
        "core/address.js", "core/board.js",
        "live/patch.js", "live/live.js",
        "map/points.js", "map/overview_map.js", "map/event_note.js",
        "alerts/marks.js", "alerts/open.js",
        "panels/header.js", "panels/alert_card.js", "panels/funnel.js", "panels/time_bar.js",
        "panels/kpi_row.js", "panels/course.js", "panels/topic_card.js", "panels/matrix.js",
        "panels/phone.js",
        "panels/map_parts.js", "panels/map_panel.js", "panels/frame.js", "panels/overview.js",
    ),
    "definitions": (
        *WORK,
        "definitions/texts.js", "definitions/list.js", "definitions/graph.js",
        "definitions/form.js", "definitions/detail.js", "definitions/files.js",
        "definitions/page.js", "definitions/releases.js", "definitions/changes.js",
    ),
    "catalogue": (
        *WORK,
        "catalogue/texts.js", "catalogue/geometry.js", "catalogue/drawing.js", "catalogue/list.js",
        "catalogue/map.js", "catalogue/tools.js", "catalogue/about.js", "catalogue/versions.js",
        "catalogue/style_tab.js", "catalogue/page.js",
    ),
    "sources": (
        *WORK,
        "sources/texts.js", "sources/parts.js", "sources/list.js", "sources/runs.js",
        "sources/dialogs.js", "sources/page.js",
    ),
    "quality": (
        *WORK,
        "quality/texts.js", "quality/sources.js", "quality/doubts.js", "quality/heat.js",
        "quality/page.js",
    ),
    "directives": (*WORK, "upload/parts.js", "directives/page.js"),
    "notices": (*WORK, "upload/parts.js", "notices/page.js"),
    "duty": (
        *WORK, "upload/parts.js",
        "duty/texts.js", "duty/parts.js", "duty/today.js", "duty/shift_form.js", "duty/roster.js",
        "duty/contacts.js",
        "duty/memory.js", "duty/incidents.js", "duty/page.js",
    ),
    "rules": (
        *WORK,
        "rules/texts.js", "rules/mode.js", "rules/list.js", "rules/fields.js", "rules/form.js",
        "rules/detail.js", "rules/page.js",
    ),
    "upload": (
        *WORK,
        "upload/texts.js", "upload/format.js", "upload/tus.js", "upload/desk.js",
        "upload/parts.js", "upload/frame.js", "upload/choose.js", "upload/file_card.js",
        "upload/candidates.js", "upload/findings.js", "upload/question.js",
        "upload/checks.js", "upload/rows.js",
        "upload/palettes.js", "upload/style_map.js", "upload/style_panel.js",
        "upload/publish.js", "upload/changes.js", "upload/review.js",
        "upload/list.js", "upload/page.js",
    ),
    "reporting": (
        *WORK, "upload/parts.js",
        "reporting/texts.js", "reporting/desk.js", "reporting/parts.js", "reporting/list.js",
        "reporting/grid.js", "reporting/side.js", "reporting/filing.js",
        "reporting/governance.js",
    ),
    "evaluation": (
        *WORK, "upload/parts.js",
        "evaluation/texts.js", "evaluation/matrix.js", "evaluation/side.js", "evaluation/ask.js",
        "evaluation/page.js", "evaluation/imports.js",
    ),
    "indicator": (
        *WORK, *CHARTS,
        "map/overview_map.js",
        "indicator/texts.js", "indicator/view.js", "indicator/follow.js",
        "indicator/head.js", "indicator/controls.js", "indicator/chart_card.js",
        "indicator/ranking.js", "indicator/map_card.js", "indicator/table.js",
        "indicator/records.js", "indicator/page.js",
    ),
    "cases": (
        *WORK, "upload/parts.js", *CASES,
        "cases/desk_state.js", "cases/filters.js", "cases/list.js", "cases/action.js",
        "cases/story.js", "cases/detail.js", "cases/keys.js", "cases/desk.js",
        "cases/case_page.js", "cases/board_page.js",
    ),
    "field": (
        *WORK, "upload/parts.js", *CASES,
        "field/texts.js", "field/store.js", "field/offline.js", "field/queue.js",
        "field/photos.js", "field/place.js", "field/parts.js", "field/tasks.js", "field/report.js",
    ),
    "alerts": (
        *CHARTS, "map/overview_map.js",
        "alerts/texts.js", "alerts/address.js", "alerts/state.js", "alerts/doing.js",
        "panels/header.js",
        "alerts/marks.js", "alerts/parts.js", "alerts/filters.js", "alerts/pending.js",
        "alerts/list.js", "alerts/hours.js", "alerts/map.js", "alerts/detail.js",
        "alerts/dialogs.js", "alerts/keys.js", "alerts/legal.js", "alerts/page.js",
    ),
    "topic": (
        "work/paint.js", *CHARTS,
        "map/overview_map.js",
        "topic/texts.js", "topic/address.js", "topic/kept.js", "topic/state.js", "topic/live.js",
        "panels/header.js",
        "topic/parts.js", "topic/rows.js", "topic/twin.js",
        "topic/kind_kpi.js", "topic/kind_bars.js", "topic/kind_classes.js", "topic/kind_table.js",
        "topic/kind_figure.js", "topic/kind_alerts.js", "topic/fit.js", "topic/panel.js",
        "map/event_note.js",
        "topic/map_drawing.js", "topic/map_marks.js", "topic/map_parts.js", "topic/map_card.js",
        "topic/head.js", "topic/keys.js", "topic/page.js",
    ),
}  # fmt: skip
WORKER = "field/worker.js"  # a script of its own, beside the pages
SCRIPTS = tuple(dict.fromkeys([*COMMON, *WORK, *sum(BUNDLES.values(), ())]))


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The addresses a page names, and the app that serves them below /static."""

    script: str
    bundles: dict[str, str]  # the further script of each kind of page
    style: str
    icon: str
    maplibre: str
    vendor: str  # folder of the npm files, e.g. for swagger-ui
    plotly: str
    colours: dict[str, dict[str, str]]
    app: StaticApp
    worker: str  # the text of the phone's worker


def page_files(mark: str) -> PageFiles:
    """Everything static, in memory; `mark` is the icon's character. Raises BrowserFilesMissing."""
    folder = built()
    tokens = load_tokens()
    own = {
        "tonglan.js": "\n".join(_texts(COMMON)).encode(),
        **{f"{name}.js": "\n".join(_texts(part)).encode() for name, part in BUNDLES.items()},
        "tonglan.css": (css(tokens) + "\n" + "\n".join(_texts(styles()))).encode(),
        "icon.svg": _icon(mark, tokens["color"]["dark"]).encode(),
    }
    version = hashlib.sha256(b"\0".join(own.values())).hexdigest()[:12]
    assets = {f"{version}/{name}": Asset.of(body, name) for name, body in own.items()}
    return PageFiles(
        script=f"/static/{version}/tonglan.js",
        bundles={name: f"/static/{version}/{name}.js" for name in BUNDLES},
        style=f"/static/{version}/tonglan.css",
        icon=f"/static/{version}/icon.svg",
        maplibre=f"/static/{folder.name}/maplibre-gl.mjs",
        vendor=f"/static/{folder.name}",
        plotly=f"/static/{chart_files.folder_name()}/{chart_files.NAME}",
        colours=map_colours(tokens),
        app=StaticApp(assets | folder_assets(folder) | chart_files.chart_assets()),
        worker=(WEB / WORKER).read_text(encoding="utf-8"),
    )


def styles() -> list[str]:
    """The style sheets in order: their names begin with their place."""
    return sorted(f"styles/{path.name}" for path in (WEB / "styles").glob("*.css"))


def as_script_data(value: object) -> str:
    """JSON that may stand inside a <script> element, whatever texts it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _texts(names: Iterable[str]) -> list[str]:
    return [(WEB / name).read_text(encoding="utf-8") for name in names]


def _icon(mark: str, colour: dict[str, str]) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="6" '
        f'fill="{colour["accent"]}"/><text x="16" y="23" font-size="20" font-weight="700" '
        f'text-anchor="middle" '
        f'fill="{colour["on-accent"]}" font-family="sans-serif">{escape(mark)}</text></svg>'
    )

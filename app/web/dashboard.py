"""The Dash application: the overview page on FastAPI, with nothing that it does not need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Any, NoReturn

from dash import Dash, dcc, html
from fastapi import FastAPI, HTTPException, Request, Response

from app.security.context import current
from app.security.contracts import Action
from app.security.doors import door
from app.security.routes import close_sockets
from app.services import Services
from app.web.assets import PageFiles, as_script_data, page_files
from app.web.boot import Asked, Boot
from app.web.contracts import MapSource, OverviewBoard
from app.web.pages import ALERTS_PAGE, TOPIC_PAGE, WORK_PAGES, PageSwitch, WorkPage

_PAGE = """<!doctype html>
<html lang="zh-CN" data-theme="{theme}" style="--k:{k:g}" data-maplibre="{maplibre}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{icon}"><link rel="modulepreload" href="{maplibre}">
{css}
</head>
<body>
{app_entry}
<script type="application/json" id="yw-boot">{boot}</script>
<footer>{config}{scripts}{renderer}</footer>
</body>
</html>
"""
_ENTRY = '<div id="react-entry-point"><div class="yw-waiting">正在载入</div></div>'


class OverviewDash(Dash):
    """Dash with our page around it: theme and size before the first paint, data inside."""

    def __init__(self, *, files: PageFiles, title: str, **options: Any) -> None:
        """A Dash application that loads `files` and nothing from `assets/`."""
        self._files = files
        super().__init__(
            __name__,
            title=title,
            assets_folder="no-assets",
            external_scripts=[files.script],
            external_stylesheets=[files.style],
            update_title="",
            **options,
        )

    def page(self, asked: Asked, boot: dict[str, Any], bundle: str, title: str) -> str:
        """The whole page for one address, with the scripts of `bundle`."""
        # Not Dash's index(): outside its own addresses that has no request to look at.
        page = self.interpolate_index(
            css=self._generate_css_dist_html(),  # type: ignore[no-untyped-call]
            config=self._generate_config_html(),
            scripts=self._generate_scripts_html(),
            renderer=self._generate_renderer(),
        )
        if bundle != "overview":  # desk work has its own smallest type size: see 7-work.css
            page = page.replace('<html lang="zh-CN"', '<html lang="zh-CN" data-work="1"', 1)
        script = f'<script src="{self._files.script}"></script>'
        more = f'<script src="{self._files.bundles[bundle]}"></script>'
        return (
            page.replace(script, script + more, 1)
            .replace(f"<title>{escape(self.title)}<", f"<title>{escape(title)}<", 1)
            .replace('data-theme="dark"', f'data-theme="{asked.theme}"', 1)
            .replace('style="--k:1"', f'style="--k:{asked.k:g}"', 1)
            .replace('id="yw-boot">{}<', f'id="yw-boot">{as_script_data(boot)}<', 1)
        )

    def index(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: Dash would answer every address that nobody knows with an empty page."""
        raise HTTPException(HTTPStatus.NOT_FOUND)

    def _config(self) -> dict[str, Any]:
        """Dash's settings for its renderer, without the socket that is closed on our server."""
        config: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]
        config.pop("websocket", None)
        return config

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # called by name
        """Our page instead of Dash's template."""
        return _PAGE.format(
            theme="dark",
            k=1.0,
            boot="{}",
            title=escape(self.title),
            icon=self._files.icon,
            maplibre=self._files.maplibre,
            css=parts["css"],
            app_entry=_ENTRY,
            config=parts["config"],
            scripts=parts["scripts"],
            renderer=parts["renderer"],
        )


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of the program: their Dash app and what the server around it has to know."""

    dash: Dash
    static_base: str  # where the npm files lie, e.g. for swagger-ui
    script_hashes: tuple[str, ...]  # of inline scripts, for the content policy


def create_dash(
    services: Services,
    board: OverviewBoard,
    server: FastAPI,
    source: MapSource,
    *,
    topics: Sequence[tuple[str, str]] | None = None,
) -> Pages:
    """Put the overview at `/` of `server`, its files under /static; call it after the API's routes.

    `source` says what the map draws; `topics` are (id, short title) for the navigation, by default
    those of the catalogue. Raises BrowserFilesMissing when set-up has not fetched the npm files.
    """
    city = services.config.city
    files = page_files(city.mark)
    if topics is None:
        topics = [(one.id, one.short) for one in services.catalogue.topics]
    named_topics = [{"id": topic, "title": title} for topic, title in topics]
    boot = Boot(city, board, source, named_topics, files.colours, files.plotly)
    title = f"{city.title} · 一屏统览"

    @server.get("/", include_in_schema=False)
    @door(Action.READ, "page")
    def overview(request: Request) -> Response:
        """The overview with its first data inside."""
        asked = Asked.read(request.query_params, city=city.code)
        return _html(dash_app.page(asked, boot.data(current(), asked), "overview", title))

    def work_page(page: WorkPage) -> None:
        @server.get(page.path, include_in_schema=False)
        @door(page.action, page.kind)
        def show(request: Request) -> Response:
            asked = Asked.read(request.query_params, city=city.code, theme=page.theme)
            data = boot.work(current(), page.name, request.path_params)
            return _html(dash_app.page(asked, data, page.bundle, f"{city.title} · {page.title}"))

    for one in WORK_PAGES:
        work_page(one)

    @server.get(TOPIC_PAGE.path, include_in_schema=False)
    @door(TOPIC_PAGE.action, TOPIC_PAGE.kind)
    def topic_page(request: Request, topic: str) -> Response:
        """The page of one topic, with the header's first data inside."""
        asked = Asked.read(request.query_params, city=city.code)
        data = boot.topic(current(), topic)
        named = next((one["title"] for one in named_topics if one["id"] == topic), "专题")
        return _html(dash_app.page(asked, data, TOPIC_PAGE.bundle, f"{city.title} · {named}"))

    @server.get("/field-worker.js", include_in_schema=False)
    @door(Action.READ, "static")
    def field_worker() -> Response:
        """The phone's worker, at the root because its pages lie there; browsers ask for it anew."""
        return Response(
            files.worker, media_type="text/javascript", headers={"Cache-Control": "no-cache"}
        )

    @server.get(ALERTS_PAGE.path, include_in_schema=False)
    @door(ALERTS_PAGE.action, ALERTS_PAGE.kind)
    def alerts_page(request: Request) -> Response:
        """The alert centre, with the header's first data inside."""
        asked = Asked.read(request.query_params, city=city.code)
        data = boot.headed(current(), ALERTS_PAGE.name, {})
        title = f"{city.title} · {ALERTS_PAGE.title}"
        return _html(dash_app.page(asked, data, ALERTS_PAGE.bundle, title))

    server.mount("/static", door(Action.READ, "static")(files.app))
    dash_app = OverviewDash(files=files, title=title, server=server)
    dash_app.layout = layout()
    close_sockets(server)
    return Pages(dash_app, files.vendor, tuple(dash_app.csp_hashes()))


def _html(page: str) -> Response:
    return Response(page, media_type="text/html", headers={"Cache-Control": "private, no-store"})


def layout() -> html.Div:
    """What Dash lays out on every page: the page that the boot data names, and its shared state."""
    return html.Div([dcc.Store(id="yw-state"), PageSwitch(id="yw-switch")])

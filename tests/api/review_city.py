"""A small program with the routes of submissions, a worker's hands, and people to use them."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from fastapi import FastAPI

from app.api import layers as layers_api
from app.api import submission_views, submissions, uploads
from app.config import Config
from app.engines.contracts import EngineUrls
from app.main import compose
from app.problems import install_problems
from app.roles.layer_work import layer_handlers
from app.security.contracts import Grant, Role, Subject
from app.services import Services
from layers.readers import Reading, ReadOptions, Upload, read
from tests.api.layer_server import Gate
from topics.kit.jobs import JobRunner

PEOPLE = {
    "clerk": Subject("clerk", "王芳", frozenset({Grant(Role.CLERK, "water")})),
    "reviewer": Subject("reviewer", "李强", frozenset({Grant(Role.REVIEWER, "water")})),
    "second": Subject("second", "赵敏", frozenset({Grant(Role.REVIEWER, "water")})),
    "grid-clerk": Subject("grid-clerk", "陈晨", frozenset({Grant(Role.CLERK, "grid")})),
    "viewer": Subject("viewer", "甲", frozenset({Grant(Role.VIEWER)})),
}
TUS = {"Tus-Resumable": "1.0.0"}
LAYER = "water.outfalls"


class ReviewCity:
    """Asks the routes as somebody, and does the worker's jobs when told to."""

    def __init__(self, services: Services, database: str, *routers: Any) -> None:
        """Serve submissions, uploads and layers over `services`."""
        self.services = services
        self.database = database
        server = FastAPI()
        install_problems(server)
        for one in (uploads, submissions, submission_views, layers_api, *routers):
            server.include_router(one.router(services))
        server.add_middleware(Gate, people=PEOPLE)
        self._transport = httpx.ASGITransport(server)
        self._runner = JobRunner(services.jobs, layer_handlers(services), worker="test")

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx.Response:
        """One request."""
        headers = {"x-who": who, **options.pop("headers", {})}

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://t") as client:
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(asked())

    def get(self, who: str, path: str) -> Any:
        """The JSON of a page that must be there."""
        answer = self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def work(self) -> int:
        """Do what the worker would; returns how many jobs there were."""
        done = 0
        while self._runner.step():
            done += 1
        return done

    def upload(self, who: str, content: bytes, name: str = "入河排污口.csv") -> str:
        """A complete upload's id."""
        named = base64.b64encode(name.encode()).decode()
        headers = TUS | {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Length": str(len(content)),
            "Upload-Metadata": f"filename {named}",
        }
        made = self.ask(who, "POST", "/api/v1/uploads", headers=headers, content=content)
        assert made.status_code == 201, made.text
        return made.headers["Location"].rsplit("/", 1)[1]

    def hand_in(
        self,
        content: bytes,
        *,
        who: str = "clerk",
        name: str = "入河排污口.csv",
        layer: str = LAYER,
        about: Mapping[str, Any] | None = None,
        answers: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """A submission of the content, read by the worker."""
        body = {
            "upload": self.upload(who, content, name),
            "about": {"title": "入河排污口", "key": "code", **(about or {})},
            "answers": {"crs": "EPSG:4490", **(answers or {})},
        }
        made = self.ask(who, "POST", f"/api/v1/layers/{layer}/versions", json=body)
        assert made.status_code == 202, made.text
        self.work()
        return self.submission(who, made.json()["id"])

    def submission(self, who: str, submission: str) -> dict[str, Any]:
        """The submission as somebody sees it."""
        return dict(self.get(who, f"/api/v1/submissions/{submission}"))

    def move(self, who: str, submission: str, action: str, **more: Any) -> httpx.Response:
        """Take a step, then let the worker work."""
        path = f"/api/v1/submissions/{submission}/transitions"
        seen = self.services.submissions.store.find(submission)
        body = {"action": action, "revision": seen.revision if seen else 0, **more}
        answer = self.ask(who, "POST", path, json=body)
        self.work()
        return answer

    def edit(self, who: str, submission: dict[str, Any], **body: Any) -> httpx.Response:
        """Change answers, then let the worker work."""
        path = f"/api/v1/submissions/{submission['id']}"
        answer = self.ask(who, "PATCH", path, json={"revision": submission["revision"], **body})
        self.work()
        return answer

    def live(self, layer: str = LAYER) -> str | None:
        """The live version's id."""
        found = self.services.layers.find(layer)
        return None if found is None else found.version


def review_city(
    home: Path,
    database: str,
    valkey: str,
    *routers: Any,
    reviewed: bool = True,
    confined: bool = False,
) -> ReviewCity:
    """A city with its own database, reviewing unless told otherwise.

    Files are read here; `confined` reads them in the sandbox, as the product does, which takes
    a second or two each.
    """
    config = Config()
    config = replace(
        config, home_path=home, review=replace(config.review, required=True, in_demo=reviewed)
    )
    urls = EngineUrls(valkey=valkey, postgres=database)
    services = compose(config, urls, reader=None if confined else _here)
    return ReviewCity(services, database, *routers)


def _here(upload: Upload, options: ReadOptions, *, cancelled: Event | None = None) -> Reading:
    return read(upload, options)


def stations(*rows: tuple[str, str, float, float], encoding: str = "utf-8") -> bytes:
    """A CSV of code, name, lon, lat."""
    chosen = rows or (("S1", "甲", 113.6, 24.8), ("S2", "乙", 113.7, 24.9))
    lines = ["code,name,lon,lat", *(",".join(map(str, row)) for row in chosen)]
    return ("\n".join(lines) + "\n").encode(encoding)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def words(answer: httpx.Response) -> str:
    """What a refusal says."""
    return str(json.loads(answer.content).get("detail", ""))

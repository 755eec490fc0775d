"""Copies what the browser loads out of node_modules into app/web/built/<version>/, gzip beside it.

Nothing of it is committed: `npm ci` in app/web/browser fetches exactly what package-lock.json
names, then `build()` copies the few files that pages use.
"""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

from app.errors import AppError

WEB = Path(__file__).parent
BROWSER = WEB / "browser"
BUILT = WEB / "built"

# package -> files the browser asks for
WANTED = {
    "maplibre-gl": ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs"),
    "swagger-ui-dist": ("swagger-ui-bundle.js", "swagger-ui.css"),
}


class BrowserFilesMissing(AppError):
    """The npm packages have not been fetched or copied yet; the text names the command."""


def version() -> str:
    """The folder name of the built files: the exact versions package.json asks for."""
    wanted = json.loads((BROWSER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return "-".join(wanted[name] for name in sorted(WANTED))


def built() -> Path:
    """The folder of the built files; raises BrowserFilesMissing when `build` has not run."""
    folder = BUILT / version()
    if not (folder / "complete").exists():
        raise BrowserFilesMissing(
            "浏览器组件还没有准备好;请在 app/web/browser 里执行 npm ci,"
            "再执行 python -m app.web.vendor"
        )
    return folder


def build(force: bool = False) -> Path:
    """Copy and pack the browser's files, unless they are there already. Returns their folder."""
    folder = BUILT / version()
    if (folder / "complete").exists() and not force:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for package, files in WANTED.items():
        for name in files:
            _copy(BROWSER / "node_modules" / package / name, folder / Path(name).name)
    (folder / "complete").touch()
    return folder


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BrowserFilesMissing(
            f"找不到 {source.relative_to(WEB)};请先在 app/web/browser 里执行 npm ci"
        )
    body = source.read_bytes()
    target.write_bytes(body)
    target.with_name(target.name + ".gz").write_bytes(gzip.compress(body, 9, mtime=0))


if __name__ == "__main__":
    build(force=True)

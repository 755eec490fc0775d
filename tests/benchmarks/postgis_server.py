"""Debian's PostgreSQL with PostGIS for one benchmark, set up for reading maps.

`apt-get install postgresql-15-postgis-3` (and `gdal-bin` where ogr2ogr is a peer). It never waits
for the disk (`fsync=off`), which flatters it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.debian_servers import start_postgres

NAMED = "TONGLAN_BENCH_POSTGIS"
_SETTINGS = (
    "shared_buffers=2GB",
    "work_mem=64MB",
    "maintenance_work_mem=512MB",
    "max_wal_size=8GB",
    "max_connections=100",
    "jit=off",  # it compiles for longer than a tile takes
)


@contextmanager
def postgis() -> Iterator[str | None]:
    """The URL of a server with PostGIS: the one the environment names, else a private one.

    None where neither is to be had.
    """
    named = os.environ.get(NAMED)
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if named or not binaries or not _installed(binaries[-1]):
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="tl-postgis-"))
    folder.chmod(0o777)
    process = start_postgres(binaries[-1].parent, folder, _SETTINGS)
    url = f"postgresql:///postgres?host={folder}&user=postgres"
    try:
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _installed(initdb: Path) -> bool:
    version = initdb.parents[1].name
    return Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists()

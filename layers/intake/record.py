"""A prepared import made into a version: ids, master, compiled arrays, then one transaction.

Nothing that is live changes before the last step. Killed at any moment before it, the old version
stays live and the files of this one are swept at the next start.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.compile import compile_layer
from layers.contracts import Bounds, ImportRequest, Layer, Problem, Version, VersionState
from layers.intake.attributes import key_texts
from layers.intake.describe import describe
from layers.intake.identity import IdentityTable, key_hashes
from layers.intake.key import with_key
from layers.intake.prepare import Prepared
from layers.readers.tally import Tally
from layers.stores.files import LayerFiles, Workspace, disk
from layers.stores.postgres import PostgresLayers

MASTER, IDENTITY, COMPILED = "master.parquet", "identity.npz", "compiled"
QUICKLOOK = "quicklook.png"
FID = "_fid"
_MADE_BY = 1  # raise when the same file would become a different version


def record(
    store: PostgresLayers,
    files: LayerFiles,
    work: Workspace,
    name: str,
    prepared: Prepared,
    request: ImportRequest,
    *,
    mark: Mapping[str, Any] | None = None,
) -> tuple[Version, tuple[Problem, ...]]:
    """Record (and publish, if asked) the version; the same import again gives the same version.

    A `mark` says whose draft it is: then the layer keeps its description until it is published.
    """
    with store.importing(request.layer):
        before = store.find(request.layer)
        layer = describe(request, before)
        prepared = with_key(prepared, layer.key, name)
        earlier = store.versions(request.layer)
        sha256 = work.sha256 or _digest(prepared.frame)
        parameters = _parameters(prepared, request, layer, sha256) | dict(mark or {})
        if mark is None and earlier and dict(store.parameters(earlier[0].id)) == parameters:
            return _again(store, layer, earlier[0], request), prepared.problems
        for one in earlier if mark else ():
            if dict(store.parameters(one.id)) == parameters:
                return one, prepared.problems
        tally = Tally()
        ids = _identify(files, work, earlier, prepared, layer, tally)
        problems = (*prepared.problems, *tally.problems())
        _write(work, prepared, ids)
        version = _version(request, prepared, layer, name, sha256)
        if work.sha256 and work.upload.exists():
            files.keep_original(work)
        files.keep_version(work, layer.id, version.id)
        stored = store.add(
            layer,
            version,
            parameters=parameters,
            problems=[asdict(one) for one in problems],
            publish=request.publish,
            describe=mark is None,
        )
    return stored, problems


def _again(
    store: PostgresLayers, layer: Layer, version: Version, request: ImportRequest
) -> Version:
    store.describe(layer)
    if request.publish and version.state is not VersionState.PUBLISHED:
        store.publish(layer.id, version.id, expected=layer.version)
    return store.find_version(layer.id, version.id) or version


def _parameters(
    prepared: Prepared, request: ImportRequest, layer: Layer, sha256: str
) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "crs": prepared.crs.decided,
        "encoding": prepared.encoding,
        "format": prepared.format,
        "key": layer.key,
        "made_by": _MADE_BY,
    }


def _identify(
    files: LayerFiles,
    work: Workspace,
    earlier: list[Version],
    prepared: Prepared,
    layer: Layer,
    tally: Tally,
) -> np.ndarray:
    """The feature ids, continuing from the newest version; saves the table for the next one."""
    keys = None if layer.key is None else key_texts(prepared.frame[layer.key])
    if keys is not None:
        tally.add(
            prepared.rows[keys.isna().to_numpy(dtype=bool)], layer.key or "", "为空", "补上编码"
        )
    hashes, repeated = key_hashes(keys, prepared.frame.geometry.to_numpy())
    tally.add(prepared.rows[repeated], layer.key or "", "与前面的要素重复", "每个要素用不同的编码")
    newest = files.version(layer.id, earlier[0].id) / IDENTITY if earlier else None
    with disk():
        ids, table = IdentityTable.load(newest).assign(hashes)
        table.save(work.version / IDENTITY)
    return ids


def _write(work: Workspace, prepared: Prepared, ids: np.ndarray) -> None:
    frame = prepared.frame
    master = frame.copy(deep=False)
    master.insert(0, FID, ids)
    attributes = [name for name in frame.columns if name != frame.geometry.name]
    with disk():
        master.to_parquet(work.version / MASTER, index=False, write_covering_bbox=True)
        compile_layer(frame, ids, work.version / COMPILED, attributes=attributes)
        if prepared.quicklook is not None:
            (work.version / QUICKLOOK).write_bytes(prepared.quicklook)


def _version(
    request: ImportRequest, prepared: Prepared, layer: Layer, name: str, sha256: str
) -> Version:
    frame = prepared.frame
    return Version(
        id=secrets.token_hex(8),
        layer=layer.id,
        number=0,
        state=VersionState.DRAFT,
        features=len(frame),
        geometry=prepared.kind,
        bounds=_bounds(frame),
        format=prepared.format,
        encoding=prepared.encoding,
        crs=asdict(prepared.crs),
        original_name=name,
        original_sha256=sha256,
        attributes=tuple(column for column in frame.columns if column != frame.geometry.name),
        created_at=datetime.now(UTC),
        created_by=request.by,
        published_at=None,
    )


def _bounds(frame: gpd.GeoDataFrame) -> Bounds | None:
    if frame.empty:
        return None  # a layer may have no feature today
    west, south, east, north = (float(value) for value in frame.total_bounds)
    return Bounds(west, south, east, north)


def _digest(frame: gpd.GeoDataFrame) -> str:
    """The content of a generated frame, hashed: attributes and geometries in order."""
    digest = hashlib.sha256("\x1f".join(frame.columns).encode())
    digest.update(b"".join(frame.geometry.to_wkb()))
    plain = pd.DataFrame(frame.drop(columns=frame.geometry.name)).astype("string")
    digest.update(pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def master_path(files: LayerFiles, layer: str, version: str) -> Path:
    """Where the GeoParquet master of a version lies."""
    return files.version(layer, version) / MASTER

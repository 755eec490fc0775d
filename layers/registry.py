"""The layer registry: the one door to layers, their versions, tiles' arrays and files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd

from layers.catalogue.stored import metadata_of
from layers.checks import Schema, schema_of
from layers.compile import CompiledLayer, compile_layer
from layers.compile.head import FORMAT
from layers.contracts import ImportOutcome, ImportRequest, Layer, Version
from layers.errors import (
    BadCoordinates,
    PublishConflict,
    UnknownCRS,
    UnknownLayer,
    UnreadableFile,
)
from layers.export import Exported, export_frame
from layers.intake import outcomes
from layers.intake.cache import CompiledCache
from layers.intake.compare import LayerDiff, compare
from layers.intake.describe import check_id, describe
from layers.intake.direct import Direct, answers_of, prepare_direct
from layers.intake.examine import Asked, Read
from layers.intake.prepare import Prepared, prepare_frame
from layers.intake.record import COMPILED, FID, QUICKLOOK, master_path, record
from layers.intake.retention import Retention, judge
from layers.intake.surroundings import CityTables, Surroundings, today
from layers.readers import Reading, ReadOptions, Upload, read
from layers.reference import OutlineReference
from layers.stores.files import LayerFiles, disk
from layers.stores.postgres import PostgresLayers

_REFUSALS = (UnreadableFile, UnknownCRS, BadCoordinates)


class LayerRegistry:
    """Layers and their immutable versions. Knows no permissions: ask `may` before it."""

    def __init__(
        self,
        store: PostgresLayers,
        files: LayerFiles,
        reference: OutlineReference | None = None,
        tables: CityTables | None = None,
        read: Read = read,
    ) -> None:
        """Plug together; without `reference` every question about coordinates is asked.

        Without `tables` no region codes are checked and no table is joined to regions. `read`
        takes the place of reading in this very process.
        """
        self._read = read
        self._tables = tables
        self._schemas: dict[str, tuple[tuple[str, str | None], Schema]] = {}
        self._store = store
        self._files = files
        self.reference = reference
        self._cache = CompiledCache()

    # --- reading ---

    def layers(self) -> list[Layer]:
        """Every layer, by id."""
        return self._store.layers()

    def find(self, layer: str) -> Layer | None:
        """The layer, or None."""
        return self._store.find(layer)

    def require(self, layer: str) -> Layer:
        """The layer; raises UnknownLayer."""
        found = self._store.find(layer)
        if found is None:
            raise UnknownLayer(f"没有图层 {layer};用 tonglan layers list 查看有哪些图层")
        return found

    def versions(self, layer: str) -> list[Version]:
        """Every version of the layer, newest first; raises UnknownLayer."""
        self.require(layer)
        return self._store.versions(layer)

    def require_version(self, layer: str, version: str) -> Version:
        """One version, named by its id or its number; raises UnknownLayer."""
        for one in self.versions(layer):
            if version in {one.id, str(one.number)}:
                return one
        raise UnknownLayer(
            f"图层 {layer} 没有版本 {version};用 tonglan layers show {layer} 查看有哪些版本"
        )

    def submission_of(self, version: Version) -> str | None:
        """The submission the version was built for, whatever became of that one since; or None."""
        found = self._store.parameters(version.id).get("submission")
        return None if found is None else str(found)

    def compiled(self, layer: str, version: str) -> CompiledLayer:
        """The memory-mapped arrays of a version (by id); kept open while in use."""
        return self._cache.get(
            (layer, version), lambda: self._files.version(layer, version) / COMPILED
        )

    def master(self, layer: str, version: str) -> gpd.GeoDataFrame:
        """All features of a version (by id) in EPSG:4326, `_fid` first."""
        with disk():
            return gpd.read_parquet(master_path(self._files, layer, version))

    def quicklook(self, layer: str, version: str) -> bytes | None:
        """The small picture (PNG) of a version (by id) that came from a raster; else None."""
        path = self._files.version(layer, version) / QUICKLOOK
        with disk():
            return path.read_bytes() if path.exists() else None

    # --- writing ---

    def import_file(
        self, path: Path, request: ImportRequest, direct: Direct | None = None
    ) -> ImportOutcome:
        """Import a file as a new version; a refusal is an outcome, not an exception.

        `direct` says more about how to read and fix it. Raises BadLayer, PublishConflict and
        StoreUnavailable: those are not the file's fault.
        """
        check_id(request.layer)
        how = direct or Direct(answers_of(request))
        readings: list[Reading] = []

        def reads(upload: Upload, options: ReadOptions) -> Reading:
            readings.append(self._read(upload, options))
            return readings[-1]

        try:
            with self._files.workspace(path) as work:
                upload = Upload(work.upload, path.name)
                around = self.surroundings(describe(request, self._store.find(request.layer)))
                prepared = prepare_direct(upload, how, around, reads)
                if isinstance(prepared, Asked):
                    return outcomes.question(request, prepared)
                version, problems = record(
                    self._store, self._files, work, path.name, prepared[0], request
                )
        except _REFUSALS as wrong:
            return outcomes.refusal(request, readings[-1] if readings else None, wrong)
        return outcomes.done(request, prepared[0], version, problems)

    def import_frame(
        self, frame: gpd.GeoDataFrame, request: ImportRequest, *, empty: str | None = None
    ) -> ImportOutcome:
        """Import a generated frame (EPSG:4326) as a new version; the same frame gives the same.

        With `empty` (point, line or polygon) there may be no feature: so it is now.
        """
        check_id(request.layer)
        prepared = prepare_frame(frame, empty=empty)
        with self._files.workspace(None) as work:
            version, problems = record(
                self._store, self._files, work, "(程序生成)", prepared, request
            )
        return outcomes.done(request, prepared, version, problems)

    def publish(
        self, layer: str, version: str, *, expected: str | None = None, connection: Any = None
    ) -> Version:
        """Make a version (by id or number) live; raises PublishConflict if `expected` no longer is.

        Without `expected`, what is live at the moment of asking is expected. In the caller's
        transaction, if there is one; the version returned is then as it was before.
        """
        chosen = self.require_version(layer, version)
        live = self.require(layer).version
        if expected is not None and expected != live:
            raise PublishConflict(f"图层 {layer} 刚刚被别人发布过;请查看最新版本后再发布")
        if live != chosen.id:
            self._store.publish(layer, chosen.id, expected=live, connection=connection)
        return chosen if connection is not None else self.require_version(layer, chosen.id)

    def surroundings(self, layer: Layer) -> Surroundings:
        """What a file for the layer, so described, is measured against."""
        outline = self.reference.outline() if self.reference else None
        tables, day = self._tables, today()
        return Surroundings(
            outline=outline,
            references=self.reference.references() if self.reference else None,
            codes=None if tables is None else tables.codes(day),
            gazetteer=None if tables is None else tables.gazetteer(outline),
            key=layer.key,
            classification=layer.classification,
            previous=None if layer.version is None else self._schema(layer),
            today=day,
        )

    def _schema(self, layer: Layer) -> Schema:
        """The schema of what is live; versions never change, so it is worked out once."""
        known = (layer.version or "", layer.key)
        kept = self._schemas.get(layer.id)
        if kept is None or kept[0] != known:
            kept = (known, schema_of(self.master(layer.id, known[0]), layer.key))
            self._schemas[layer.id] = kept
        return kept[1]

    def record_draft(
        self,
        prepared: Prepared,
        request: ImportRequest,
        *,
        name: str,
        sha256: str,
        mark: Mapping[str, Any],
    ) -> Version:
        """Record what was prepared from a kept original as a draft; the same mark, the same one."""
        with self._files.workspace(None) as work:
            kept = replace(work, sha256=sha256)
            version, _ = record(self._store, self._files, kept, name, prepared, request, mark=mark)
        return version

    def publish_draft(
        self, described: Layer, version: str, *, expected: str | None, connection: Any = None
    ) -> None:
        """Make a draft live and the description the layer's, in the caller's transaction.

        Raises PublishConflict when something else than `expected` is live by now.
        """
        self._store.publish(
            described.id, version, expected=expected, described=described, connection=connection
        )

    def rollback(
        self, layer: str, version: str | None = None, *, connection: Any = None
    ) -> Version:
        """Make a version that was live before live again: the named one, or the last before.

        Raises UnknownLayer for one that never was: drafts go through their review.
        """
        chosen = self.earlier(layer, version)
        return self.publish(layer, chosen.id, connection=connection)

    def earlier(self, layer: str, version: str | None = None) -> Version:
        """The version a rollback would make live: the named one, or the last before.

        Raises UnknownLayer for one that never was live.
        """
        chosen = self.require_version(layer, version) if version else self._previous(layer)
        if chosen.published_at is None:
            raise UnknownLayer(
                f"图层 {layer} 第 {chosen.number} 版从未发布过,不能回退到它;请提交审核后发布"
            )
        return chosen

    def sweep(self) -> int:
        """Remove the files that killed imports left behind; returns how many."""
        return self._files.sweep(self._store.known)

    def renew(self) -> int:
        """Compile live versions again that an older program compiled; returns how many.

        Until then they are drawn as they are; afterwards they have what is new (label points).
        """
        live = [(one.id, one.version) for one in self.layers() if one.version is not None]
        old = [one for one in live if self.compiled(*one).info.format < FORMAT]
        for layer, version in old:
            frame = self.master(layer, version)
            plain = frame.drop(columns=[FID, "bbox"], errors="ignore")
            attributes = [name for name in plain.columns if name != plain.geometry.name]
            with disk():
                folder = self._files.version(layer, version) / COMPILED
                compile_layer(plain, frame[FID].to_numpy(), folder, attributes=attributes)
        return len(old)

    def removable(
        self, layer: str, referenced: Collection[str], rule: Retention = Retention()
    ) -> list[tuple[Version, str]]:
        """The versions that the rule of retention lets go, each with the reason.

        What is said of the layer itself comes before the rule.
        """
        found, known = self.versions(layer), self.require(layer)
        keep = metadata_of(known).keep
        verdicts = judge(
            found,
            live=known.version,
            referenced=referenced,
            now=datetime.now(UTC),
            rule=rule.said(versions=keep.versions, days=keep.days),
        )
        return [
            (one, verdict.reason)
            for one, verdict in zip(found, verdicts, strict=True)
            if verdict.removable
        ]

    def forget(self, version: Version, *, connection: Any = None) -> bool:
        """Forget a version, in the caller's transaction; never the live one. See `drop_files`."""
        return self._store.remove(version.layer, version.id, connection=connection)

    def drop_files(self, version: Version) -> None:
        """Remove the files of a forgotten version; a sweep does it where this was not reached."""
        self._files.drop_version(version.layer, version.id)

    # --- taking out ---

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """A private folder for something that is taken out; gone afterwards, also after a kill."""
        with self._files.workspace(None) as work:
            yield work.folder

    def export(
        self,
        layer: str,
        version: str | None,
        path: Path,
        kind: str,
        crs: str = "EPSG:4326",
        *,
        masks: Mapping[str, str] | None = None,
        without: Collection[str] = (),
    ) -> Exported:
        """Write a version (None: the live one) to `path`, columns masked or left out as told."""
        chosen = self._chosen(layer, version)
        gone = [FID, "bbox", *without]
        frame = self.master(layer, chosen.id).drop(columns=gone, errors="ignore")
        title = self.require(layer).title
        return export_frame(frame, path, kind, crs, masks=masks, title=title)

    def diff(
        self, layer: str, old: str, new: str, masked: Mapping[str, str] | None = None
    ) -> LayerDiff:
        """What differs between two versions, named by id or number; masks as in an export."""
        masters = [self.master(layer, self.require_version(layer, one).id) for one in (old, new)]
        return compare(masters[0], masters[1], self.require(layer).key, masked)

    def _chosen(self, layer: str, version: str | None) -> Version:
        live = version or self.require(layer).version
        if live is None:
            raise UnknownLayer(f"图层 {layer} 还没有发布过;请先发布,或指明版本")
        return self.require_version(layer, live)

    def _previous(self, layer: str) -> Version:
        live = self.require(layer).version
        published = [one for one in self.versions(layer) if one.published_at is not None]
        older = [one for one in published if one.id != live]
        if not older:
            raise UnknownLayer(f"图层 {layer} 没有更早发布过的版本,无法回退")
        return max(older, key=lambda one: (one.published_at, one.number))

"""What is live changed for somebody: audited in the same step, then told to the event log."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.config import LayersConfig
from app.security.people import AuditEvent
from app.services import Services
from layers.contracts import Version
from layers.errors import NotAllowedNow
from layers.intake.retention import Retention
from topics.kit.eventlog import Event, EventKind


def retention(settings: LayersConfig) -> Retention:
    """What config.toml says about earlier versions of layers."""
    return Retention(
        published_for=timedelta(days=settings.keep_days),
        last_published=settings.keep_versions,
        drafts_for=timedelta(days=settings.draft_days),
    )


class LiveVersions:
    """Rolls back and publishes versions of layers; ask `may` before."""

    def __init__(self, services: Services) -> None:
        """Use the stores of `services`."""
        self._services = services

    def rollback(self, layer: str, version: str | None, *, by: str, address: str = "") -> Version:
        """Make a version that was live before live again, at once."""
        before = self._services.layers.require(layer).version
        chosen = self._services.layers.earlier(layer, version)
        event = self._event(by, "layer.rollback", layer, before, chosen, address)
        with self._services.audit.recording(event) as transaction:
            self._services.layers.rollback(layer, chosen.id, connection=transaction)
        return self._told(EventKind.LAYER_ROLLED_BACK, layer, before, chosen, by)

    def publish(
        self, layer: str, version: str, *, person: str, by: str, address: str = ""
    ) -> Version:
        """Make a version live; raises NotAllowedNow for a draft that `person` may not let through.

        A draft of a submission goes through its review; one that was imported otherwise is let
        through by anybody but its importer.
        """
        services = self._services
        chosen = services.layers.require_version(layer, version)
        if chosen.published_at is None:
            self._reviewed(chosen, person)
        before = services.layers.require(layer).version
        event = self._event(by, "layer.publish", layer, before, chosen, address)
        with services.audit.recording(event) as transaction:
            services.layers.publish(layer, chosen.id, connection=transaction)
        return self._told(EventKind.LAYER_PUBLISHED, layer, before, chosen, by)

    def prunable(self) -> list[tuple[Version, str]]:
        """The versions that the rule of retention lets go, each with the reason; never a live one.

        What an open submission refers to stays.
        """
        services, rule = self._services, retention(self._services.config.layers)
        waiting = services.submissions.store.open()
        referenced = {one for each in waiting for one in (each.version, each.base) if one}
        made = {
            spec.id for topic in services.catalogue.topics for spec in topic.layers if spec.made_of
        }
        # Made anew many times a day: a year of them would fill the disk.
        short = replace(rule, published_for=timedelta(days=services.config.layers.made_days))
        return [
            one
            for layer in services.layers.layers()
            for one in services.layers.removable(
                layer.id, referenced, short if layer.id in made else rule
            )
        ]

    def prune(self, *, by: str) -> list[tuple[Version, str]]:
        """Remove what `prunable` names, each audited; returns what was removed."""
        services, gone = self._services, []
        for version, reason in self.prunable():
            detail = {"version": version.id, "number": version.number, "reason": reason}
            event = AuditEvent(by, "layer.prune", version.layer, detail=detail)
            with services.audit.recording(event) as transaction:
                removed = services.layers.forget(version, connection=transaction)
            if removed:
                services.layers.drop_files(version)
                gone.append((version, reason))
        return gone

    def _reviewed(self, draft: Version, person: str) -> None:
        submissions = self._services.submissions
        # Also one that its submission no longer points to: returned, withdrawn or changed since.
        submission = self._services.layers.submission_of(draft)
        if submission is not None:
            raise NotAllowedNow(f"第 {draft.number} 版属于上传单 {submission};请在上传单里审核发布")
        if submissions.rules.review_required and draft.created_by == person:
            raise NotAllowedNow("不能发布自己导入的版本;请由另一位审核员发布")

    def _event(
        self, by: str, action: str, layer: str, before: str | None, chosen: Version, address: str
    ) -> AuditEvent:
        detail: dict[str, Any] = {"from": before, "to": chosen.id}
        if chosen.classification is not None:  # it was live when the layer was more secret
            now = self._services.layers.require(layer).classification
            detail["classification"] = [now.value, chosen.classification.value]
        return AuditEvent(by, action, layer, address=address, detail=detail)

    def _told(
        self, kind: EventKind, layer: str, before: str | None, chosen: Version, by: str
    ) -> Version:
        live = self._services.layers.require_version(layer, chosen.id)
        if before != live.id:
            topic = self._services.layers.require(layer).topic or None
            data: dict[str, Any] = {"from": before, "to": live.id, "number": live.number}
            self._services.events.append([Event(kind, layer, topic, data=data, actor=by)])
        return live

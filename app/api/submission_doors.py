"""Who may see and move a submission: those who work on its layer, each as far as `may` says."""

from __future__ import annotations

from dataclasses import replace

from app.api.layer_doors import layer_resource
from app.errors import Forbidden
from app.security.contracts import Action, Resource, Subject
from app.security.may import enforce, may, require
from app.services import Services
from layers.contracts import Classification, Layer
from layers.errors import BadAnswer, UnknownSubmission
from layers.intake.answers import About, read_about
from layers.review.contracts import Submission
from layers.review.machine import Person

_RANK = {one: rank for rank, one in enumerate(Classification)}


class SubmissionDoors:
    """Finds submissions for a subject; to others they look like those that do not exist."""

    def __init__(self, services: Services) -> None:
        """Ask the stores of `services`."""
        self._services = services

    def resource(self, submission: Submission) -> Resource:
        """What `may` is asked about: the layer, as secret as what was uploaded for it."""
        about = read_about(submission.about)
        found = (submission.report or {}).get("classification")
        classes = [about.classification, Classification(found) if found else None]
        layer = self._services.layers.find(submission.layer)
        resource = self._layer(submission.layer, about.topic, layer)
        highest = max(
            [resource.classification, *(one for one in classes if one)], key=_RANK.__getitem__
        )
        return replace(resource, classification=highest, demo=False)

    def require(self, subject: Subject, submission: str) -> Submission:
        """The submission, if the subject works on its layer.

        Raises NotSignedIn, Forbidden and UnknownSubmission.
        """
        found = self._services.submissions.store.find(submission)
        if found is None:
            enforce(subject, may(subject, Action.READ, Resource("submission", submission)))
            raise UnknownSubmission(f"没有上传单 {submission};请从上传单列表中选择")
        if not self.sees(subject, found):
            require(subject, Action.IMPORT, self.resource(found))
            raise Forbidden("这份上传单只有参与该图层编制和审核的人可以查看")
        return found

    def sees(self, subject: Subject, submission: Submission) -> bool:
        """Whether the subject works on the layer of the submission."""
        resource = self.resource(submission)
        return any(may(subject, action, resource) for action in (Action.IMPORT, Action.PUBLISH))

    def person(self, subject: Subject, submission: Submission) -> Person:
        """The subject as the state machine knows people."""
        resource = self.resource(submission)
        topic = read_about(submission.about).topic
        # A layer that moves to another topic is let through by who may publish in both.
        places = [resource, replace(resource, topic=topic)] if topic else [resource]
        return Person(
            subject.person,
            imports=bool(may(subject, Action.IMPORT, resource)),
            publishes=all(may(subject, Action.PUBLISH, one) for one in places),
        )

    def may_upload(self, subject: Subject, layer: str, about: About) -> None:
        """Return when the subject may bring a version of the layer so described; else raise.

        Raises NotSignedIn and Forbidden, and BadAnswer where the topic contradicts the id.
        """
        known = self._services.layers.find(layer)
        here = self._layer(layer, about.topic, known)
        there = self._layer(layer, about.topic, None) if about.topic else here
        for resource in (here, there):
            # Saying a lower class than the layer has opens nothing.
            classes = [here.classification, about.classification or here.classification]
            highest = max(classes, key=_RANK.__getitem__)
            require(subject, Action.IMPORT, replace(resource, classification=highest, demo=False))
        prefix = layer.split(".")[0] if "." in layer else ""
        if known is None and about.topic and about.topic != prefix:
            if self._services.catalogue.topic(prefix) is not None:
                raise BadAnswer(
                    f"图层编号 {layer} 属于专题 {prefix},与所选专题 {about.topic} 不一致;"
                    "请改其中一个"
                )

    @staticmethod
    def _layer(layer: str, topic: str | None, known: Layer | None) -> Resource:
        if known is not None:
            return layer_resource(known)
        prefix = layer.split(".")[0] if "." in layer else None
        return Resource("layer", layer, topic or prefix)

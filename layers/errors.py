"""What can go wrong with layers.

LayerError
├── UnreadableFile        the upload cannot be opened or holds nothing usable
├── UnknownCRS            the coordinate system named or found is not one we can use
├── BadCoordinates        coordinates outside the earth or not finite
├── NeedsAnswer           the file leaves a question only a person can answer
├── BadLayer              a layer id or setting that cannot be used
├── UnknownLayer          no such layer, or no such version of it
├── PublishConflict       somebody else published the layer first
├── UnknownSubmission     no such submission
├── NotAllowedNow         the step is not open to this person in this state
├── NoteMissing           a step that must be explained was not
├── StaleRevision         the submission was changed by somebody else meanwhile
├── Cancelled             work was stopped because nobody wants its result any more
├── BadAnswer             an answer or description that cannot be used
├── BadTileAddress        zoom, column or row outside the tile pyramid
├── BadFilter             a filter or window that cannot be read
├── UploadRefused         an upload that cannot go on as asked
│   ├── UnknownUpload     no such upload, or not this person's
│   ├── UploadExpired     the upload lay too long without a byte
│   ├── UploadConflict    the offset named is not what is durably here, or the file is incomplete
│   ├── UploadBusy        another request writes this upload now
│   ├── UploadTooLarge    beyond the size announced, allowed, or this person's share
│   └── BadChecksum       the bytes that came are not those that were sent; they were dropped
├── BadCatalogue          what is said about a layer cannot be kept like that
└── StoreUnavailable      the database or the disk does not answer now; nothing was lost
    └── StoreFull         there is no room left on the disk
"""

from __future__ import annotations

from collections.abc import Sequence

from layers.contracts import Question


class LayerError(Exception):
    """Base of every error of the layer registry; its text is Chinese and says what to do."""


class UnreadableFile(LayerError):
    """The upload cannot be opened, is empty, or is of a kind that is not taken."""


class UnknownCRS(LayerError):
    """The coordinate system named or found is not one we can use."""


class BadCoordinates(LayerError):
    """Coordinates lie outside the earth or are not finite."""


class NeedsAnswer(LayerError):
    """The file leaves a question (coordinate system, encoding) that only a person can answer."""

    def __init__(self, text: str, question: Question | None = None) -> None:
        """Say what is asked; `question` carries the possible answers where they are known."""
        super().__init__(text)
        self.question = question


class BadLayer(LayerError):
    """A layer id or setting cannot be used; the text says what it should look like."""


class UnknownLayer(LayerError):
    """No such layer, or no such version of it."""


class PublishConflict(LayerError):
    """Somebody else published the layer since the version was prepared."""


class UnknownSubmission(LayerError):
    """No such submission."""


class NotAllowedNow(LayerError):
    """The step is not open to this person, or not in this state; `allowed` names what is."""

    def __init__(self, text: str, allowed: Sequence[str] = ()) -> None:
        """Say why not; `allowed` are the steps that would be taken."""
        super().__init__(text)
        self.allowed = tuple(allowed)

    @property
    def problem(self) -> dict[str, object]:
        """What the answer carries beside the text."""
        return {"allowed": list(self.allowed)}


class NoteMissing(LayerError):
    """A step that must be explained came without its reason."""


class StaleRevision(LayerError):
    """The submission was changed by somebody else since it was looked at."""


class Cancelled(LayerError):
    """Work was stopped because nobody wants its result any more."""


class BadAnswer(LayerError):
    """An answer or a description of the layer cannot be used; the text says which and why."""


class BadTileAddress(LayerError):
    """Zoom, column or row lies outside the tile pyramid."""


class BadFilter(LayerError):
    """A filter, window or limit cannot be read."""


class BadCatalogue(LayerError):
    """What is said about a layer (metadata, style) has faults; `problem` lists all of them."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        """Say every fault: `where` it is and what the `problem` is."""
        super().__init__(";".join(f"{one['where']}:{one['problem']}" for one in errors[:5]))
        self.problem = {"errors": errors}


class StoreUnavailable(LayerError):
    """The database or the disk does not answer at the moment; nothing acknowledged was lost."""


class StoreFull(StoreUnavailable):
    """There is no room left on the disk; what was acknowledged stays."""


class UploadRefused(LayerError):
    """An upload cannot go on as asked."""


class UnknownUpload(UploadRefused):
    """No such upload, or it belongs to somebody else."""


class UploadExpired(UploadRefused):
    """The upload lay too long without a byte and is removed."""


class UploadConflict(UploadRefused):
    """The offset named is not what is durably here, or the file is not complete yet."""


class UploadBusy(UploadRefused):
    """Another request writes this upload at the moment."""


class UploadTooLarge(UploadRefused):
    """More than was announced, than one file may have, or than one person may keep."""


class BadChecksum(UploadRefused):
    """The bytes that came are not those that were sent; they were dropped."""

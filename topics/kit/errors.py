"""What can go wrong in a topic.

TopicError
├── BadManifest            topic.toml has a wrong key, value or reference
├── BadPackage             a topic package that is damaged, unsafe or does not fit this city
├── BadFormula             an expression that cannot be read or must not be computed
├── UnknownIndicator       no such indicator in any manifest
├── BadDefinition          a definition's fields are wrong or contradict each other
├── DefinitionOvertaken    somebody else changed the same field of the definition meanwhile
├── UnknownChange          no such change of a definition
├── UnknownRegion          no such region code at that time
├── BadPeriod              a period that cannot be read or does not fit the indicator
├── UnknownCategory        no such category in a scheme on that day
├── UncoveredYear          the work calendar does not hold the year
├── UnknownCase            no such case, or none its asker may see
├── BadCase                a report or step of a case that cannot be taken as it is
├── CaseMoved              somebody else moved the case meanwhile
├── CaseStepRefused        a step of a case that is not open now, or not to this person
├── UnknownFlag            no doubt of that number, or none its asker may know of
├── BadObservation         an observation that must not be stored
├── UnknownRefresher       no such refresher, or none its asker may see
├── UnknownBatch           no held batch with this id, or it was decided already
├── RefresherPaused        the refresher is switched off
├── RefreshFailed          a source gave nothing usable; the last good value stays
│   ├── SourceTimeout      the source did not answer in time
│   ├── SourceRefused      the source answered, but not with data
│   └── BatchHeld          the batch looks wrong as a whole and waits for a person
├── NoWay                  a message for somebody who cannot be reached as things are set up
│   └── NobodyTakes        no receiver is set up for a unit
├── UnknownNotice          no such message
├── BadWarning             a 法定预警 that is incomplete or contradicts the tables
├── _Told                  one whose problem document says more than its text
├── UnknownPage            no such topic, part or panel of a page
├── UnknownReport          no such form, or no such period of it
├── FilingMoved            somebody else changed the filing meanwhile
├── StepRefused            a step of a filing or 督办 that is not open now, or not to this person
├── BadDirective           a 督办 whose unit, text or deadline cannot be
├── BadDuty                something of 值班 (person, shift, report …) that cannot be
├── UnknownDuty            no such person, shift, handover or incident
├── UnknownDirective       no such 督办, or none its asker may see
├── FilingIncomplete       a filing that still has errors or unexplained deviations
├── UnknownAlert           no such alert, or none at that moment
├── AlertAlreadyOpen       another alert of the same rule and region is open
├── AlertStepRefused       an action that makes no sense for the alert as it stands
├── BadAlertAction         an action with a wrong end, reason or text
├── UnknownRule            no such alert rule
├── BadRule                an alert rule whose fields are wrong or contradict each other
├── UnreadableTable        a pasted or uploaded table that cannot be read
├── BadPhoto               a photo that is broken, too large or no photo at all
├── UnknownPhoto           no such photo, or none its asker may see
├── BadEvaluation          a month, a formula or a step of 考核 that cannot be
├── BadCaseTable           a table of cases without the columns that are needed
└── NotLeader              work that only the elected leader may do
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class TopicError(Exception):
    """Base of every error of the topics; its text is Chinese and says what to do."""


class BadManifest(TopicError):
    """topic.toml has a wrong key, value or reference; the text names file, key and fix."""


class BadPackage(TopicError):
    """A topic package is damaged, unsafe or does not fit; `problems` say what and the fix."""

    def __init__(self, *problems: str) -> None:
        """Take the problems, at least one."""
        super().__init__("\n".join(problems))
        self.problems = problems


class BadFormula(TopicError):
    """An expression that cannot be read or must not be computed; the text says where and why."""


class UnknownIndicator(TopicError):
    """No such indicator in any manifest."""


class BadDefinition(TopicError):
    """A definition's fields are wrong or contradict each other; `problems` are (field, text)."""

    def __init__(self, text: str, *, problems: Sequence[tuple[str, str]] = ()) -> None:
        """Say what is wrong; `problems` field by field."""
        super().__init__(text)
        self.problems = tuple(problems)
        self.problem = {"errors": [{"item": f, "problem": said} for f, said in problems]}


class DefinitionOvertaken(TopicError):
    """Somebody else changed the same field of the definition meanwhile."""


class UnknownChange(TopicError):
    """No such change of a definition, or one that this person may not see."""


class UnknownRegion(TopicError):
    """No such region code at that time."""


class UnknownCategory(TopicError):
    """No such category in the scheme on that day; the text says what there is."""


class UncoveredYear(TopicError):
    """The work calendar does not hold the year: nothing is guessed, the text says what to add."""


class UnknownFlag(TopicError):
    """No doubt of that number, or none that its asker may know of."""


class BadPeriod(TopicError):
    """A period cannot be read or does not fit the indicator's kind."""


class BadObservation(TopicError):
    """An observation that must not be stored (not finite, status against value, unit mismatch)."""

    def __init__(self, text: str, *, problem: Mapping[str, object] | None = None) -> None:
        """Say what is wrong; `problem` holds more for the problem document, row by row."""
        super().__init__(text)
        self.problem = dict(problem or {})


class RefreshFailed(TopicError):
    """A source gave nothing usable; the last good value stays, marked stale."""


class SourceTimeout(RefreshFailed):
    """The source did not answer in time."""


class SourceRefused(RefreshFailed):
    """The source answered, but not with data (HTML page, wrong columns, HTTP error)."""


class BatchHeld(RefreshFailed):
    """The batch looks wrong as a whole: it is kept aside until a person decides about it."""


class UnknownRefresher(TopicError):
    """There is no such refresher, or none that its asker may see."""


class UnknownBatch(TopicError):
    """There is no such held batch, or somebody decided about it already."""


class RefresherPaused(TopicError):
    """The refresher is switched off; the text says by whom, why, and how to switch it on."""


class NotLeader(TopicError):
    """Work that only the elected leader may do was asked of another process."""


class NoWay(TopicError):
    """A message is for somebody who cannot be reached; the text says what to set up."""


class NobodyTakes(NoWay):
    """No receiver is set up for a unit: trying again cannot help, only another configuration."""


class UnknownNotice(TopicError):
    """No such message, or one that was not given up."""


class BadWarning(TopicError):
    """A 法定预警 that is incomplete or contradicts the tables; `problems` are (field, text)."""

    def __init__(self, text: str, *, problems: Sequence[tuple[str, str]] = ()) -> None:
        """Say what is wrong; `problems` field by field."""
        super().__init__(text)
        self.problems = tuple(problems)
        self.problem = {"errors": [{"item": f, "problem": said} for f, said in problems]}


class UnknownPage(TopicError):
    """No such topic, part or panel of a topic's page; the text names those there are."""


class UnknownReport(TopicError):
    """No such form, or the form has no such period."""


class _Told(TopicError):
    """An error whose problem document says more than its text."""

    def __init__(self, text: str, *, problem: Mapping[str, object] | None = None) -> None:
        """Say what is wrong; `problem` holds more for the problem document."""
        super().__init__(text)
        self.problem = dict(problem or {})


class FilingMoved(_Told):
    """Somebody else changed the filing meanwhile; `problem` says who, when and what stands now."""


class StepRefused(_Told):
    """A step that is not open now, or not to this person; `problem` names the open ones."""


class BadDirective(TopicError):
    """A 督办 whose unit, text or deadline cannot be; `problems` are (field, text)."""

    def __init__(self, text: str, *, problems: Sequence[tuple[str, str]] = ()) -> None:
        """Say what is wrong; `problems` field by field."""
        super().__init__(text)
        self.problem = {"errors": [{"item": f, "problem": said} for f, said in problems]}


class BadDuty(TopicError):
    """Something of 值班 that cannot be; `problems` are (field, text)."""

    def __init__(self, text: str, *, problems: Sequence[tuple[str, str]] = ()) -> None:
        """Say what is wrong; `problems` field by field."""
        super().__init__(text)
        self.problem = {"errors": [{"item": f, "problem": said} for f, said in problems]}


class UnknownDuty(TopicError):
    """No such person, shift, handover, incident or plan; the text says which."""


class UnknownDirective(TopicError):
    """There is no such 督办, or none that its asker may see."""


class FilingIncomplete(_Told):
    """A filing still has errors or deviations nobody explained; `problem` lists them."""


class UnknownCase(TopicError):
    """No such case, or none that its asker may see."""


class BadCase(_Told):
    """A report or step of a case cannot be taken as it is; `problem` names the items."""


class CaseMoved(_Told):
    """Somebody else moved the case meanwhile; `problem` says where it stands and what is open."""


class CaseStepRefused(_Told):
    """A step of a case that is not open now, or not to this person; `problem` names the open."""


class UnreadableTable(TopicError):
    """A pasted or uploaded table cannot be read; the text says how it should look."""


class BadPhoto(TopicError):
    """A photo is broken, too large or no photo at all; the text says what to do."""


class UnknownPhoto(TopicError):
    """No such photo, or none that its asker may see."""


class BadEvaluation(_Told):
    """A month, formula or step of 考核 cannot be; `problem` names the steps that are open."""


class BadCaseTable(TopicError):
    """A table of cases has not the columns that are needed; the text names them."""


class UnknownAlert(TopicError):
    """No such alert, or none that its asker may see."""


class AlertAlreadyOpen(TopicError):
    """Another alert of the same rule and region is open."""


class AlertStepRefused(_Told):
    """An action makes no sense for the alert as it stands; `problem` names those that do."""


class BadAlertAction(_Told):
    """An action with a wrong end, reason or text; `problem` names the field."""


class UnknownRule(TopicError):
    """No such alert rule, or none that its asker may see."""


class BadRule(_Told):
    """The fields of an alert rule are wrong or contradict each other; `problem` says which."""

"""A rule tried on stored values: read in few queries, cut where that would be too much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.errors import BadRequest
from app.roles.alerting import limits_of
from app.rules.past import MOST, count_of, past_of
from app.services import Services
from topics.kit.alerting.backtest import Outcome, backtest
from topics.kit.alerting.backtest_words import told
from topics.kit.alerting.rules import Rule
from topics.kit.alerting.switches import PEACETIME, WARTIME, Switches, as_switched

TrialMode = Literal["peacetime", "wartime", "then"]
"""By 平时 terms, by 战时 terms, or by the mode that was in force at each moment."""

_MOST_SWITCHES = 10_000
LONGEST = timedelta(days=366)
USUAL = timedelta(days=365)
_SHORT = timedelta(days=31)  # of what comes faster than by the hour, older values are rolled up


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done, in one sentence and in detail; `note` says what was cut."""

    outcome: Outcome
    sentence: str
    note: str


class Trials:
    """Tries rules; reads only."""

    def __init__(self, services: Services) -> None:
        """Read the observations of `services`."""
        self._services = services
        self._limits = limits_of(services)

    def of(
        self,
        rule: Rule,
        start: datetime | None,
        end: datetime | None,
        now: datetime,
        mode: TrialMode = "peacetime",
    ) -> Trial:
        """The trial over [start, end), by default the year up to now; BadRequest, BadRule."""
        until = min(end or now, now)
        since = start or until - USUAL
        if since >= until:
            raise BadRequest("from 要早于 to,且不能晚于现在")
        if until - since > LONGEST:
            raise BadRequest("回测最多一年;请缩短 from 到 to")
        note = ""
        fast = any(one.frequency < timedelta(hours=1) for one in rule.indicators)
        if fast and until - since > _SHORT:
            since, note = until - _SHORT, "这个指标不到一小时一个数,只回测最近 31 天"
        years = {unknown for at in (since, until) if (unknown := rule.unknown_day(at))}
        note = ";".join([*([note] if note else []), *sorted(years)])
        past = past_of(self._services, rule, since, until)
        switches = self._switches(mode)
        note = ";".join(filter(None, [_mode_note(rule, mode, switches, since, until), note]))
        outcome = backtest(rule, past, self._limits, since, until, switches=switches)
        if count_of(past) >= MOST * len(rule.indicators):
            note = f"{note};" * bool(note) + f"数值超过 {MOST // 10_000} 万个,只用了前面一部分地点"
        return Trial(outcome, told(outcome, self._place), note)

    def _switches(self, mode: TrialMode) -> Switches:
        if mode != "then":
            return WARTIME if mode == "wartime" else PEACETIME
        return as_switched(self._services.modes.history(limit=_MOST_SWITCHES))

    def _place(self, code: str) -> str:
        found = self._services.regions.find(code)
        return found.short_name if found else code


def _mode_note(
    rule: Rule, mode: TrialMode, switches: Switches, since: datetime, until: datetime
) -> str:
    if mode == "peacetime":
        return ""
    same = "" if rule.spec.wartime is not None else ";这条规则没有写战时的不同"
    if mode == "wartime":
        return f"全程按战时推演{same}"
    turns = switches.within(since, until)
    first = "战时" if switches.at(since) else "平时"
    told = f"期间切换 {turns} 次" if turns else f"期间一直是{first}"
    return f"按当时的平战推演,{told}{same}"

"""Runs of digits in texts, and what they can be by their check digits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from layers.checks.characters import DIGIT, Characters

# GB 11643-1999: weights of the first 17 digits, and the last character by the sum modulo 11.
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS = np.array([ord(one) for one in "10X98765432"])
# GB/T 2260 provinces; credit codes start with 11, 12, 13, 5x, 9x and carry no birth date.
_PROVINCES = np.array(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"
    " 71 81 82 83".split(),
    dtype=np.int64,
)
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_ID, _MOBILE = 18, 11
_CARD = (16, 19)
_CARD_STARTS = (62, 60, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 35, 36, 37)


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of digits: which value they are in, where they start among all characters, how long."""

    owner: np.ndarray
    start: np.ndarray
    length: np.ndarray

    def of(self, chosen: np.ndarray) -> Runs:
        """Some of them."""
        return Runs(self.owner[chosen], self.start[chosen], self.length[chosen])


def maybe_long(texts: Characters, least: int) -> bool:
    """Whether a run of so many digits may be there; a quick look that knows no borders."""
    digits = (texts.flags & DIGIT) != 0
    for _ in range(least - 1):
        digits = digits[1:] & digits[:-1]
    return bool(digits.any())


def runs_in(texts: Characters) -> Runs:
    """All runs of digits; a run ends where its value ends."""
    digits = (texts.flags & DIGIT) != 0
    inner = texts.offsets[1:-1]
    begins = digits.copy()
    begins[1:] &= ~digits[:-1]
    cut = inner[inner < len(digits)]
    begins[cut] = digits[cut]
    ends = digits.copy()
    ends[:-1] &= ~digits[1:]
    before = cut[cut > 0] - 1
    ends[before] = digits[before]
    start = np.flatnonzero(begins)
    length = np.flatnonzero(ends) - start + 1
    owner = np.searchsorted(texts.offsets, start, side="right") - 1
    return Runs(owner, start, length)


def alone(texts: Characters, runs: Runs) -> np.ndarray:
    """Whether no Latin letter touches the run; `GD13812345678` is a code, no telephone."""
    before = _letter(texts, runs.start - 1, runs.owner)
    after = _letter(texts, runs.start + runs.length, runs.owner)
    free: np.ndarray = ~(before | after)
    return free


def are_identity_numbers(texts: Characters, runs: Runs, today: date) -> np.ndarray:
    """Whether a run (of 17 and X, or of 18) is an identity number: place, day and check digit."""
    found = np.zeros(len(runs.start), dtype=bool)
    after = runs.start + runs.length
    ended = after < texts.offsets[runs.owner + 1]
    with_x = (runs.length == _ID - 1) & ended
    with_x[with_x] = np.isin(texts.points[after[with_x]], [ord("X"), ord("x")])
    chosen = np.flatnonzero((runs.length == _ID) | with_x)
    if not len(chosen):
        return found
    some = runs.of(chosen)
    digits = _digits(texts, some.start, _ID - 1)
    last = texts.points[some.start + _ID - 1].astype(np.int64)
    last = np.where(last == ord("x"), ord("X"), last)
    good = _CHECKS[(digits * _WEIGHTS).sum(axis=1) % 11] == last
    good &= np.isin(digits[:, 0] * 10 + digits[:, 1], _PROVINCES)
    year, month, day = (_number(digits[:, a:b]) for a, b in ((6, 10), (10, 12), (12, 14)))
    good &= (year >= 1900) & (year <= today.year) & (month >= 1) & (month <= 12)
    good &= (day >= 1) & (day <= _DAYS[np.clip(month, 0, 12)])
    whole = Runs(some.owner, some.start, np.full(len(chosen), _ID))
    after = np.minimum(whole.start + _ID, len(texts.points) - 1)
    longer = (whole.start + _ID < texts.offsets[whole.owner + 1]) & (
        (texts.flags[after] & DIGIT) != 0
    )
    found[chosen] = good & ~longer & alone(texts, whole)
    return found


def are_mobile_numbers(texts: Characters, runs: Runs) -> np.ndarray:
    """Whether a run is a mobile number: 11 digits from 13 to 19, or with 86 before it."""
    found = np.zeros(len(runs.start), dtype=bool)
    for length, skip in ((_MOBILE, 0), (_MOBILE + 2, 2)):
        chosen = np.flatnonzero(runs.length == length)
        if len(chosen):
            digits = _digits(texts, runs.start[chosen], length)
            good = (digits[:, skip] == 1) & (digits[:, skip + 1] >= 3)
            if skip:
                good &= (digits[:, 0] == 8) & (digits[:, 1] == 6)
            found[chosen] = good
    found &= alone(texts, runs)
    return found


def are_card_numbers(texts: Characters, runs: Runs) -> np.ndarray:
    """Whether a run is a bank card's number: 16 to 19 digits, an issuer's start, Luhn's check."""
    found = np.zeros(len(runs.start), dtype=bool)
    for length in range(_CARD[0], _CARD[1] + 1):
        chosen = np.flatnonzero(runs.length == length)
        if len(chosen):
            digits = _digits(texts, runs.start[chosen], length)
            starts = digits[:, 0] * 10 + digits[:, 1]
            found[chosen] = np.isin(starts, _CARD_STARTS) & _luhn(digits)
    found &= alone(texts, runs)
    return found


def _luhn(digits: np.ndarray) -> np.ndarray:
    doubled = digits[:, ::-1].copy()
    doubled[:, 1::2] *= 2
    doubled[doubled > 9] -= 9
    good: np.ndarray = doubled.sum(axis=1) % 10 == 0
    return good


def _digits(texts: Characters, start: np.ndarray, length: int) -> np.ndarray:
    taken: np.ndarray = texts.points[start[:, None] + np.arange(length)].astype(np.int64) - 48
    return taken


def _number(digits: np.ndarray) -> np.ndarray:
    powers = 10 ** np.arange(digits.shape[1])[::-1]
    value: np.ndarray = (digits * powers).sum(axis=1)
    return value


def _letter(texts: Characters, at: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Whether a Latin letter stands at the place, within the same value."""
    inside = (at >= texts.offsets[owner]) & (at < texts.offsets[owner + 1])
    found = np.zeros(len(at), dtype=bool)
    points = texts.points[at[inside]] | 0x20
    found[inside] = (points >= ord("a")) & (points <= ord("z"))
    return found

"""The characters of a text column as numbers: a million values looked at in one stroke."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

DIGIT, BLANK, WIDE, RARE, LATIN, LOST, HIDDEN, HANZI = (1 << n for n in range(8))
_SAMPLE, _FEW = 1000, 8
_LAST = 0xFFFF  # everything beyond the basic plane counts as one character without properties
BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
HIDDENS = "\x00-\x08\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff\ufffe"


class Characters:
    """A text column: its values, and which kinds of characters each value holds how often.

    Where few values repeat often, each is looked at once: `points`, `flags` and `offsets` are of
    the distinct values, and `spread` carries what was found to the rows. All else is by row.
    """

    def __init__(self, column: pd.Series) -> None:
        """Take a column of texts; missing values count as empty texts."""
        made = pa.array(column.astype("string"), type=pa.large_string())
        if isinstance(made, pa.ChunkedArray):
            made = made.combine_chunks()
        self.values: pa.LargeStringArray = pc.fill_null(made, "")
        self._codes: np.ndarray | None = None
        if _repeats(self.values):
            encoded = pc.dictionary_encode(self.values)
            self.values = encoded.dictionary
            self._codes = np.asarray(encoded.indices)
        self._lengths = np.asarray(pc.utf8_length(self.values)).astype(np.int64)
        self.offsets: np.ndarray = np.concatenate(([0], np.cumsum(self._lengths)))
        self.lengths: np.ndarray = self.spread(self._lengths)

    def spread(self, found: np.ndarray) -> np.ndarray:
        """What was found for each distinct value, row by row."""
        return found if self._codes is None else found[self._codes]

    def rows_of(self, values: np.ndarray) -> np.ndarray:
        """The rows that have one of these distinct values (by position)."""
        chosen = np.zeros(len(self._lengths), dtype=bool)
        chosen[values] = True
        return np.flatnonzero(self.spread(chosen))

    @cached_property
    def points(self) -> np.ndarray:
        """All characters in a row, as 16-bit numbers."""
        _, places, text = self.values.buffers()
        if text is None:
            return np.empty(0, np.uint16)
        ends = np.frombuffer(places, np.int64)[self.values.offset :][: len(self.values) + 1]
        plain = text.to_pybytes()[ends[0] : ends[-1]].decode()
        wide = np.frombuffer(plain.encode("utf-32-le"), np.uint32)
        return np.minimum(wide, _LAST).astype(np.uint16)

    @cached_property
    def flags(self) -> np.ndarray:
        """The properties of every character."""
        found: np.ndarray = _TABLE[self.points]
        return found

    @cached_property
    def kinds(self) -> int:
        """The properties that occur anywhere in the column."""
        return int(np.bitwise_or.reduce(self.flags)) if len(self.flags) else 0

    def counts(self, kind: int) -> np.ndarray:
        """How many characters of the kind each value has."""
        if not self.kinds & kind:
            return np.zeros(len(self.lengths), np.int64)
        so_far = np.concatenate(([0], np.cumsum((self.flags & kind) != 0, dtype=np.int32)))
        counted: np.ndarray = so_far[self.offsets[1:]] - so_far[self.offsets[:-1]]
        return self.spread(counted)

    def at_edges(self, kind: int) -> np.ndarray:
        """Whether the first or the last character of each value is of the kind."""
        found = np.zeros(len(self._lengths), bool)
        if self.kinds & kind:
            some = np.flatnonzero(self._lengths)
            first, last = self.offsets[some], self.offsets[some + 1] - 1
            found[some] = ((self.flags[first] | self.flags[last]) & kind) != 0
        return self.spread(found)

    def matches(self, pattern: str) -> np.ndarray:
        """Which values match the regular expression (RE2)."""
        return self.spread(np.asarray(pc.match_substring_regex(self.values, pattern)))

    def some(self, most: int = 1000) -> list[str]:
        """Filled values, evenly taken."""
        filled = np.flatnonzero(self.lengths)
        return self.take(filled[:: max(1, len(filled) // most)])

    def distinct(self) -> list[str]:
        """Every filled value once."""
        found: list[str] = [one for one in pc.unique(self.values).to_pylist() if one]
        return found

    def take(self, at: np.ndarray) -> list[str]:
        """The values at these positions."""
        places = at if self._codes is None else self._codes[at]
        taken: list[str] = self.values.take(pa.array(places)).to_pylist()
        return taken


def _repeats(values: pa.LargeStringArray) -> bool:
    """Whether some values, evenly taken, promise that there are few distinct ones."""
    some = values[:: max(1, len(values) // _SAMPLE)] if len(values) else values
    return len(values) >= _SAMPLE and len(some.unique()) * _FEW <= len(some)


def _class(pattern: str) -> list[int]:
    """The characters of a regular expression's class such as `a-z_`."""
    found: list[int] = []
    at = 0
    while at < len(pattern):
        first = last = ord(pattern[at])
        if pattern[at + 1 : at + 2] == "-" and at + 2 < len(pattern):
            last, at = ord(pattern[at + 2]), at + 2
        found.extend(range(first, last + 1))
        at += 1
    return found


def _table() -> np.ndarray:
    table = np.zeros(_LAST + 1, np.uint8)
    table[_class("0-9")] |= DIGIT
    table[_class(BLANKS)] |= BLANK
    table[_class(HIDDENS)] |= HIDDEN
    table[_class("０-９Ａ-Ｚａ-ｚ")] |= WIDE
    table[_class("\x80-\xff")] |= LATIN
    table[0xA0] &= ~np.uint8(LATIN)  # a no-break space is a blank, no letter
    table[0xFFFD] |= LOST
    hanzi = np.arange(0x4E00, 0xA000)
    table[hanzi] |= HANZI
    common = "".join(map(chr, hanzi)).encode("gb2312", errors="ignore").decode("gb2312")
    rare = np.setdiff1d(hanzi, np.frombuffer(common.encode("utf-16-le"), np.uint16))
    table[rare] |= RARE
    return table


_TABLE = _table()

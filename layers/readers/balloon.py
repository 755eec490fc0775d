"""The attributes in the HTML of a KML balloon: two-column tables, as ArcGIS writes them."""

from __future__ import annotations

from html.parser import HTMLParser

_LONGEST_NAME = 60


def attributes_in(html: str) -> dict[str, str]:
    """Names and values of the two-column rows in the HTML; nothing for plain text."""
    reader = _Rows()
    reader.feed(html)
    reader.close()
    return {
        name: value
        for name, value, *more in reader.rows()
        if not more and name and len(name) <= _LONGEST_NAME
    }


def text_in(html: str) -> str:
    """The text of the HTML without its marks."""
    reader = _Rows()
    reader.feed(html)
    reader.close()
    return " ".join(reader.text.split())


class _Rows(HTMLParser):
    """Collects the text of the cells, row by row; a table in a cell starts anew."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[list[str]] = []
        self._open = False
        self._hidden = False
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins."""
        self._hidden = tag in {"style", "script", "title"}
        if tag == "tr":
            self._rows.append([])
            self._open = False
        elif tag in {"td", "th"} and self._rows:
            self._rows[-1].append("")
            self._open = True
        self.text += " "

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        self._hidden = False
        if tag in {"td", "th", "tr", "table"}:
            self._open = False

    def handle_data(self, data: str) -> None:
        """Text, perhaps within a cell."""
        if self._hidden:
            return
        self.text += data
        if self._open:
            self._rows[-1][-1] += data

    def rows(self) -> list[tuple[str, ...]]:
        """The rows with at least two cells, their spaces put in order."""
        return [
            tuple(" ".join(cell.split()) for cell in row) for row in self._rows if len(row) >= 2
        ]

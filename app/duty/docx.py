"""A Word document (.docx) out of headings, paragraphs and tables: WordprocessingML in a zip.

The format is ECMA-376 (ISO/IEC 29500): five parts are enough for Word, WPS and LibreOffice. The
same content makes the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODR = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PKG = "http://schemas.openxmlformats.org/package/2006"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONG_AGO = (2020, 1, 1, 0, 0, 0)
_WIDTH = 9026  # twentieths of a point between the margins of A4

_TYPES = (
    f'{_HEAD}<Types xmlns="{_PKG}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_DOCX}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_DOCX}.styles+xml"/></Types>'
)
_RELS = (
    f'{_HEAD}<Relationships xmlns="{_PKG}/relationships">'
    f'<Relationship Id="r1" Type="{_ODR}/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELS = (
    f'{_HEAD}<Relationships xmlns="{_PKG}/relationships">'
    f'<Relationship Id="r1" Type="{_ODR}/styles" Target="styles.xml"/></Relationships>'
)
_FONTS = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{}"/>'
_STYLES = (
    f'{_HEAD}<w:styles xmlns:w="{_MAIN}">'
    f"<w:docDefaults><w:rPrDefault><w:rPr>{_FONTS.format('仿宋')}"
    '<w:sz w:val="28"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
    '<w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/>'
    '<w:pPr><w:jc w:val="center"/><w:spacing w:after="240"/></w:pPr>'
    f'<w:rPr>{_FONTS.format("黑体")}<w:b/><w:sz w:val="44"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    '<w:pPr><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr>'
    f'<w:rPr>{_FONTS.format("黑体")}<w:b/><w:sz w:val="32"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Note"><w:name w:val="Note"/>'
    '<w:rPr><w:sz w:val="20"/><w:color w:val="595959"/></w:rPr></w:style>'
    "</w:styles>"
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_SECTION = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" '
    'w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
)


@dataclass(slots=True)
class Document:
    """Takes parts in their order; `content` is the file."""

    parts: list[str] = field(default_factory=list)

    def title(self, text: str) -> None:
        """The title."""
        self.parts.append(_paragraph(text, "Title"))

    def heading(self, text: str) -> None:
        """A heading of the first level."""
        self.parts.append(_paragraph(text, "Heading1"))

    def say(self, text: str) -> None:
        """A paragraph."""
        self.parts.append(_paragraph(text, ""))

    def note(self, text: str) -> None:
        """A paragraph in small grey type."""
        self.parts.append(_paragraph(text, "Note"))

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[float] | None = None,
    ) -> None:
        """A table with borders; rows are cut or filled up to the head.

        `shares` say how wide the columns are to each other; equally without them.
        """
        parts = shares or [1.0] * len(head)
        widths = [int(_WIDTH * one / sum(parts)) for one in parts]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        made = [_row(head, widths, bold=True)]
        for row in rows:
            cells = [*row, *[""] * len(head)][: len(head)]
            made.append(_row(cells, widths, bold=False))
        self.parts.append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{_WIDTH}" w:type="dxa"/>'
            f'<w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(made)}</w:tbl>"
        )
        self.parts.append("<w:p/>")  # Word joins tables that touch

    def content(self) -> bytes:
        """The bytes of the file."""
        body = "".join(self.parts) + _SECTION
        document = f'{_HEAD}<w:document xmlns:w="{_MAIN}"><w:body>{body}</w:body></w:document>'
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (
                ("[Content_Types].xml", _TYPES),
                ("_rels/.rels", _RELS),
                ("word/document.xml", document),
                ("word/_rels/document.xml.rels", _DOCUMENT_RELS),
                ("word/styles.xml", _STYLES),
            ):
                entry = zipfile.ZipInfo(name, _LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, text)
        return out.getvalue()


def _run(text: str, *, bold: bool = False, small: bool = False) -> str:
    marks = ("<w:b/>" if bold else "") + ('<w:sz w:val="21"/>' if small else "")
    plain = escape(_NOT_XML.sub("", text))
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{plain}</w:t></w:r>'


def _paragraph(text: str, style: str) -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}{_run(text)}</w:p>"


def _row(cells: Sequence[str], widths: Sequence[int], *, bold: bool) -> str:
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"<w:p>{_run(cell, bold=bold, small=True)}</w:p></w:tc>"
        for cell, width in zip(cells, widths, strict=True)
    )
    repeat = "<w:trPr><w:tblHeader/></w:trPr>" if bold else ""
    return f"<w:tr>{repeat}{made}</w:tr>"

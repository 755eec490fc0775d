"""This is no system for state secrets: what is marked with a secrecy level is not taken in.

Marks are those of GB/T 9704 (“秘密★10年”), a level standing alone, a document number of a secret
paper, and titles that name a level. Words that merely contain one (秘密花园小区, 保密局宿舍) pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pandas as pd

from layers.checks.characters import Characters
from layers.checks.subject import is_text
from layers.errors import UnreadableFile
from layers.readers import Reading, Upload

_COLUMNS = {"密级", "涉密等级", "保密等级", "秘密等级", "定密等级"}
_LEVEL = re.compile(r"(?<!非)(?<!不)(?:绝密|机密|秘密)")
_MARKED = re.compile(r"(?:绝密|机密|秘密)\s*级?\s*[★☆✩✭*]")
_ALONE = re.compile(r"[\s【\[〔((]*(绝密|机密|秘密)级?[\s】\]〕))]*")
_SAID = re.compile(r"(?:密级|涉密等级)\s*[:\uff1a]\s*(绝密|机密|秘密)")
_NUMBER = re.compile(
    r"(?<!保)(?<!加)(?<!商)密[发电字函办]?\s*[〔\[【((]\s*(?:19|20)\d\d\s*[〕\]】))]\s*\d+\s*号"
)
# A title: 绝密 and 机密 always; 秘密 only as a mark, since it is an everyday word too.
_TITLE = re.compile(
    r"(?<!非)(?<!商业)(?:绝密|机密)"
    r"|(?:^|[\s_\-—.,、【\[〔((])秘密级?(?=$|[\s_\-—.,、】\]〕))★☆*0-9])"
    r"|(?<!非)(?<!业)(?<!人)(?<!不是)秘密(?:级|文件|资料|事项|图纸|数据)"
)


def refuse_secrets(
    name: str, frame: pd.DataFrame | None = None, titles: Iterable[str] = ()
) -> None:
    """Raise UnreadableFile when the file's name, a title above its table or a value is marked."""
    for where, found in _marks(name, frame, titles):
        raise UnreadableFile(
            f"{name}:{where}标有“{found}”。本系统为非涉密系统,严禁上传国家秘密;"
            "请立即联系保密部门处理"
        )


def refuse_secrets_in(upload: Upload, reading: Reading) -> None:
    """Raise UnreadableFile when anything that was read of the file is marked.

    That is also what stands above a table, and the rows without a place.
    """
    refuse_secrets(upload.name, reading.frame, reading.notes.get("titles", ()))
    if reading.left_out is not None:
        refuse_secrets(upload.name, reading.left_out)


def _marks(
    name: str, frame: pd.DataFrame | None, titles: Iterable[str]
) -> Iterator[tuple[str, str]]:
    yield from (("文件名", found[0].strip()) for found in _TITLE.finditer(name))
    for title in titles:
        found = _TITLE.search(title) or _value_mark(title)
        if found is not None:
            yield "标题行", found[0].strip()
    if frame is None:
        return
    for column in frame.columns:
        found = _value_mark(str(column)) or _MARKED.search(str(column))
        if found is not None:
            yield "表头", found[0].strip()
        if is_text(frame[column]):
            yield from _in_column(str(column), Characters(frame[column]))


def _in_column(column: str, texts: Characters) -> Iterator[tuple[str, str]]:
    if not (texts.points == ord("密")).any():
        return
    for value in texts.distinct():
        if "密" in value:
            found = _LEVEL.search(value) if column.strip() in _COLUMNS else _value_mark(value)
            if found is not None:
                yield f"“{column}”列", found[0].strip()


def _value_mark(text: str) -> re.Match[str] | None:
    return (
        _MARKED.search(text) or _ALONE.fullmatch(text) or _SAID.search(text) or _NUMBER.search(text)
    )

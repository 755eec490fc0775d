"""The values of the catalogue. Keys follow data/reference/catalogue_fields.csv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from layers.contracts import Bounds, Classification


class Mask(StrEnum):
    """How a field's values are covered for those who do not work on the layer.

    The kinds are those of layers.export.masks, so that what is shown and what is exported agree.
    """

    NONE = ""
    HIDDEN = "hidden"  # the field is left out altogether
    NAME = "name"
    PHONE = "phone"
    LANDLINE = "landline"
    ID = "id"
    ID_SCREEN = "id_screen"
    BANK_CARD = "bank_card"
    ADDRESS = "address"
    EMAIL = "email"
    PLATE = "plate"
    TEXT = "text"


MASK_TITLES = {
    Mask.NONE: "不脱敏",
    Mask.HIDDEN: "不提供",
    Mask.NAME: "姓名",
    Mask.PHONE: "手机号",
    Mask.LANDLINE: "固定电话",
    Mask.ID: "身份证号",
    Mask.ID_SCREEN: "身份证号(大屏)",
    Mask.BANK_CARD: "银行卡",
    Mask.ADDRESS: "地址",
    Mask.EMAIL: "邮箱",
    Mask.PLATE: "车牌",
    Mask.TEXT: "自由文本",
}


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What is said about one field (信息项). `type` is C, N, D, T, B or empty.

    A `classification` above the layer's own closes the field to those who may not see that class.
    """

    name: str
    title: str = ""
    unit: str = ""
    meaning: str = ""
    type: str = ""
    mask: Mask = Mask.NONE
    classification: Classification | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """How long replaced versions are kept: the last ones, and each for so many days.

    What is None keeps nothing by itself; where both are, the city's rule holds. The live version
    always stays.
    """

    versions: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is said about a layer beyond its title, owner, source, cadence and class.

    `texts` holds the plain items of the catalogue by key (abstract, provider …). `revision` counts
    the changes.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[FieldInfo, ...] = ()
    keep: Keep = Keep()
    revision: int = 0

    def about(self, name: str) -> FieldInfo:
        """What is said about a field; its bare name where nothing is."""
        return next((one for one in self.fields if one.name == name), FieldInfo(name))


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """The live version of a layer as lists show it, and the one it replaced, if any."""

    layer: str
    id: str
    number: int
    features: int
    geometry: str
    bounds: Bounds | None
    format: str
    encoding: str | None
    crs: Mapping[str, Any]
    original_name: str
    original_sha256: str
    attributes: Sequence[str]
    created_at: datetime
    created_by: str
    published_at: datetime | None
    replaced: int | None
    versions: int

"""The package file ID-VERSION.tonglan: a ZIP of the folder and package.json with every digest."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from topics.kit.errors import BadPackage
from topics.kit.manifest import Manifest
from topics.kit.packages.check import Report
from topics.kit.packages.contents import (
    MOST_ALL,
    MOST_FILE,
    MOST_FILES,
    content_problem,
    name_problem,
    same_names,
)
from topics.kit.regions import RegionTree

SUFFIX = ".tonglan"
FORMAT = 1
_INFO = "package.json"
_MOST_INFO = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_REMEDY = "请向提供者重新要一份"


@dataclass(frozen=True, slots=True)
class PackageInfo:
    """What package.json says."""

    id: str
    title: str
    version: str
    requires: Mapping[str, str]
    regions: Mapping[str, tuple[str, str]]  # code → (name, level) as the packer's city has it
    python: tuple[str, ...]
    files: Mapping[str, str]  # name → SHA-256


@dataclass(frozen=True, slots=True)
class Package:
    """A verified package: every file is there, unchanged, and safe to write into a folder."""

    info: PackageInfo
    files: Mapping[str, bytes]
    digest: str  # of the package file


def pack(folder: Path, report: Report, regions: RegionTree, others: Mapping[str, str]) -> bytes:
    """The package of a checked folder; the same bytes whenever the files are the same.

    `others` are the versions of the topics whose indicators it may name. BadPackage: check failed.
    """
    if not report.ok or report.manifest is None:
        raise BadPackage(*report.problems, "检查没有通过,没有打包;改好后再运行")
    files = {one: (folder / one).read_bytes() for one in report.files.files}
    info = _info(report, report.manifest, files, regions, others)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, raw in {_INFO: info, **_placed(report.manifest.id, files)}.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, raw, compresslevel=9)
    return packed.getvalue()


def read_package(raw: bytes) -> Package:
    """The package in `raw`; BadPackage says what is wrong with it. Writes nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = _unpacked(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as wrong:
        raise BadPackage(f"不是完整的专题包({wrong});{_REMEDY}") from wrong
    except (OSError, ValueError, OverflowError, IndexError, KeyError) as wrong:
        raise BadPackage(f"专题包读不了({wrong});{_REMEDY}") from wrong
    info = _read_info(files.pop(_INFO))
    own = {name.removeprefix(f"{info.id}/"): one for name, one in files.items()}
    problems = [
        f"{name} 不在 {info.id}/ 里;{_REMEDY}"
        for name in files
        if not name.startswith(f"{info.id}/")
    ]
    problems += [f"{one}:清单里有,包里没有;{_REMEDY}" for one in info.files if one not in own]
    problems += [f"{one}:清单里没有;{_REMEDY}" for one in own if one not in info.files]
    problems += [
        f"{name}:内容与清单的校验值不同,被改动过;{_REMEDY}"
        for name, one in own.items()
        if name in info.files and info.files[name] != _digest(one)
    ]
    problems += [said for name in own if (said := name_problem(name))]
    problems += [said for name, one in own.items() if (said := content_problem(name, one))]
    problems += same_names(list(own))
    if problems:
        raise BadPackage(*problems)
    return Package(info, own, _digest(raw))


def _info(
    report: Report,
    manifest: Manifest,
    files: Mapping[str, bytes],
    regions: RegionTree,
    others: Mapping[str, str],
) -> bytes:
    named = sorted({one.code for one in report.codes})
    found = {one: regions.find(one, date.max) or regions.find(one) for one in named}
    told = {
        "format": FORMAT,
        "id": manifest.id,
        "title": manifest.title,
        "version": manifest.topic.version,
        "requires": dict(sorted(_requires(manifest, others).items())),
        "regions": {
            code: {"name": one.name, "level": one.level} for code, one in found.items() if one
        },
        "python": list(report.files.python),
        "files": {name: _digest(raw) for name, raw in files.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _requires(manifest: Manifest, others: Mapping[str, str]) -> dict[str, str]:
    """What the manifest asks for, and every topic whose indicators it names."""
    named = [one for panel in manifest.panels for one in panel.indicators]
    found = {one.partition(".")[0] for one in [*named, *manifest.expression_names()]}
    implied = {one: f">={others[one]}" for one in found if one != manifest.id and one in others}
    return {**implied, **manifest.topic.requires}


def _placed(topic: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{topic}/{name}": raw for name, raw in sorted(files.items())}


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Read every entry, never more than it may hold, whatever its header claims."""
    entries = archive.infolist()
    if len(entries) > MOST_FILES + 1:
        raise BadPackage(f"包里有 {len(entries)} 个文件,超过 {MOST_FILES} 个;{_REMEDY}")
    names = [one.filename for one in entries]
    problems = [said for one in entries if (said := _entry_problem(one))]
    if len(set(names)) < len(names):
        problems.append(f"包里有重名的文件;{_REMEDY}")
    if _INFO not in names:
        problems.append(f"不是专题包:没有 {_INFO};用 tonglan topics pack 打包")
    if problems:
        raise BadPackage(*problems)
    files, left = dict[str, bytes](), MOST_ALL
    for one in entries:
        most = min(left, _MOST_INFO if one.filename == _INFO else MOST_FILE)
        with archive.open(one) as file:
            raw = file.read(most + 1)
        if len(raw) > most:
            raise BadPackage(f"{one.filename}:展开后太大(压缩炸弹?),没有安装;{_REMEDY}")
        left -= len(raw)
        files[one.filename] = raw
    return files


def _entry_problem(one: zipfile.ZipInfo) -> str:
    mode = one.external_attr >> 16
    name = one.filename
    if name != one.orig_filename or one.is_dir():
        return f"{name!r}:文件名写法不对;{_REMEDY}"
    if name != _INFO and (problem := name_problem(name)):
        return problem
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return f"{name}:是链接或特殊文件,不能安装;{_REMEDY}"
    if one.flag_bits & 0x1:
        return f"{name}:加了密码,不能安装;{_REMEDY}"
    return ""


def _read_info(raw: bytes) -> PackageInfo:
    try:
        told: Any = json.loads(raw)
        if told["format"] != FORMAT:
            raise BadPackage(
                f"专题包的格式是第 {told['format']!r} 版,本程序认识第 {FORMAT} 版;请先升级程序"
            )
        return PackageInfo(
            id=_text(told["id"]),
            title=_text(told["title"]),
            version=_text(told["version"]),
            requires=_texts(told["requires"]),
            regions={
                _text(code): (_text(one["name"]), _text(one["level"]))
                for code, one in told["regions"].items()
            },
            python=tuple(_text(one) for one in told["python"]),
            files=_texts(told["files"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise BadPackage(f"{_INFO} 读不懂({type(wrong).__name__});{_REMEDY}") from wrong


def _texts(told: Any) -> dict[str, str]:
    return {_text(name): _text(one) for name, one in told.items()}


def _text(told: Any) -> str:
    if not isinstance(told, str):
        raise TypeError("不是文字")
    return told


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()

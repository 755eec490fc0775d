"""Zip archives, taken apart without trusting their names or sizes."""

from __future__ import annotations

import errno
import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from layers.errors import UnreadableFile
from layers.readers.contracts import Upload
from layers.readers.detect import refuse

_MOST_FILES = 10_000
_MOST_BYTES = 4 << 30
_MOST_RATIO = 200  # deflate of real data stays under 100; bombs start at 1,000
_RATIO_FROM = 64 << 20
_BLOCK = 1 << 20
_ENCRYPTED = 0x1
_UTF8 = 0x800
# What reading a damaged or oddly packed member raises.
DAMAGES = (
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    ValueError,  # also names that are no UTF-8 though they say so, and seeks before the start
    EOFError,
    NotImplementedError,
    RuntimeError,
)
_LONGEST_NAME = 1024


def members(upload: Upload, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The archive's files by readable name; refuses paths that climb out, and bombs."""
    found = {}
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > _MOST_FILES:
        refuse(upload, f"zip 里有 {len(infos)} 个文件", f"最多 {_MOST_FILES} 个,请只打包数据文件")
    total = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    if total > _MOST_BYTES or (total > _RATIO_FROM and total / packed > _MOST_RATIO):
        refuse(upload, f"zip 解开后有 {total >> 20} MB,大得不正常", "请核实来源,或分成几个文件导入")
    for info in infos:
        name = _name(info)
        path = PurePosixPath(name.replace("\\", "/"))
        if not path.parts:
            continue  # "." or nothing: no file of anybody's
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            refuse(upload, f"zip 里的路径 {name} 指向压缩包之外", "请核实来源后重新打包")
        if "__MACOSX" in path.parts or path.name.startswith("._"):
            continue
        if info.flag_bits & _ENCRYPTED:
            refuse(upload, "zip 有密码", "请去掉密码后重新打包")
        if stat.S_ISLNK(info.external_attr >> 16):
            refuse(upload, f"zip 里的 {name} 是指向别处的链接", "请放入文件本身后重新打包")
        if str(path) in found:
            refuse(upload, f"zip 里有两个同名文件 {name}", "请去掉重复的一个后重新打包")
        found[str(path)] = info
    return found


def extract(upload: Upload, archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Write one member to `target`; stops at the size that the archive announced."""
    left = info.file_size
    try:
        with archive.open(info) as source, target.open("wb") as sink:
            while block := source.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    refuse(upload, "zip 里的文件比标明的大", "请核实来源后重新打包")
                sink.write(block)
    except (*DAMAGES, OSError) as wrong:
        if isinstance(wrong, OSError) and wrong.errno != errno.EINVAL:
            raise  # a full disk is nothing that the archive could help; a seek to nowhere is
        raise UnreadableFile(
            f"{upload.name}:zip 里的 {_name(info)} 已损坏;请重新打包或重新下载"
        ) from wrong


def opened(upload: Upload) -> zipfile.ZipFile:
    """The archive, to be closed by the caller; raises UnreadableFile for a broken one."""
    try:
        return zipfile.ZipFile(upload.path)
    except (*DAMAGES, OSError) as wrong:
        raise UnreadableFile(
            f"{upload.name}:zip 已损坏,打不开;请重新打包或重新下载后再导入"
        ) from wrong


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name without control characters; Windows writes GBK without saying so."""
    return "".join(one for one in _decoded(info) if one.isprintable())[:_LONGEST_NAME]


def _decoded(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return info.filename

"""Whether a package can be used here: the program's version, other topics, its own name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from topics.kit.errors import BadPackage
from topics.kit.installed import RESERVED
from topics.kit.packages.archive import PackageInfo
from topics.kit.versions import fits, parse_version

PROGRAM = "tonglan"


def require(
    info: PackageInfo, *, program: str, topics: Mapping[str, str], shipped: Collection[str]
) -> None:
    """Return when all it asks for is here; BadPackage says what is missing and where to get it.

    `topics` are the versions of the topics here, `shipped` those that belong to the program.
    """
    problems = list(_problems(info, program, topics, shipped))
    if problems:
        raise BadPackage(*problems)


def _problems(
    info: PackageInfo, program: str, topics: Mapping[str, str], shipped: Collection[str]
) -> Iterator[str]:
    if info.id in RESERVED or info.id in shipped:
        yield f"专题编号 {info.id} 是随程序发布的,不能用专题包替换;请提供者换一个编号"
    try:
        parse_version(info.version)
        for name, wanted in info.requires.items():
            here = program if name == PROGRAM else topics.get(name)
            if here is None:
                yield f"需要专题 {name} {wanted},本机没有;先安装它"
            elif not fits(here, wanted):
                what = "程序" if name == PROGRAM else f"专题 {name}"
                yield f"需要{what} {wanted},本机是 {here};先升级,或向提供者要合适的版本"
    except ValueError as wrong:
        yield f"package.json:{wrong}"

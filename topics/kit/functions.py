"""Functions that manifests name as `module:function`: checked unrun, loaded when needed."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from topics.kit.errors import BadManifest

_LOADING = threading.RLock()


def missing_part(folder: Path, name: str) -> str | None:
    """What keeps `module:function` from being usable, in Chinese; None when all is there.

    The file is parsed, never run: a manifest can be checked before anybody trusts its code.
    """
    module, _, function = name.partition(":")
    path = folder / f"{module}.py"
    if not path.is_file():
        return f"{name!r} 里的模块不存在;在专题文件夹里建 {module}.py,或改正名称"
    try:
        defined = _defined(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as wrong:
        return f"{module}.py 不是有效的 Python({wrong});请先改正"
    found = defined.get(function)
    if found is None:
        return f"{name!r} 里的函数不存在;在 {module}.py 里写 def {function}(ctx),或改正名称"
    if not ast.get_docstring(found):
        return f"{module}.py 的函数 {function} 没有说明;在函数第一行写一句它给出什么"
    return None


def unlike_signature(folder: Path, name: str, parameters: int) -> str | None:
    """What is wrong when `def f(frame, …)` does not take that many parameters; None when it does.

    Nothing is said of a function that is not there; `missing_part` does.
    """
    module, _, function = name.partition(":")
    if missing_part(folder, name):
        return None
    found = _defined((folder / f"{module}.py").read_text(encoding="utf-8"))[function]
    taken = found.args.posonlyargs + found.args.args
    most, least = len(taken) - 1, len(taken) - 1 - len(found.args.defaults)
    if taken and least <= parameters and (parameters <= most or found.args.vararg):
        return None
    return (
        f"声明了 {parameters} 个参数,{module}.py 的 {function} 写的是 {max(most, 0)} 个;"
        f"写成 def {function}(frame, {', '.join('abcdefghijklmnopqrstuvwxyz'[:parameters])})"
    )


@lru_cache(maxsize=128)
def _defined(text: str) -> dict[str, ast.FunctionDef]:
    """The functions of a module by name; a topic names many of one file."""
    body = ast.parse(text).body
    return {one.name: one for one in reversed(body) if isinstance(one, ast.FunctionDef)}


def load_function(topic: str, folder: Path, name: str) -> Callable[..., Any]:
    """The function `module:function` of a topic folder, imported once; BadManifest if absent."""
    problem = missing_part(folder, name)
    if problem:
        raise BadManifest(f"{folder.name}/topic.toml:{problem}")
    module_name, _, function = name.partition(":")
    # One at a time: another thread would find the module in sys.modules before it is complete.
    with _LOADING:
        module = _module(topic, folder / f"{module_name}.py")
    loaded: Callable[..., Any] = getattr(module, function)
    return loaded


def _module(topic: str, path: Path) -> Any:
    """The module at `path`, under the name it has inside the topics package, loaded once."""
    full_name = f"topics.{topic}.{path.stem}"
    loaded = sys.modules.get(full_name)
    if loaded is not None and getattr(loaded, "__file__", None) == str(path.resolve()):
        return loaded
    if importlib.util.find_spec(f"topics.{topic}") is not None:
        spec = importlib.util.find_spec(full_name)
        if spec is not None and spec.origin == str(path.resolve()):
            return importlib.import_module(full_name)
    return _from_file(full_name, path.resolve())


def _from_file(full_name: str, path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(full_name, path)
    if spec is None or spec.loader is None:
        raise BadManifest(f"{path.name}:不能作为 Python 模块载入;请检查文件名")
    module = importlib.util.module_from_spec(spec)
    sys.modules[full_name] = module
    spec.loader.exec_module(module)
    return module

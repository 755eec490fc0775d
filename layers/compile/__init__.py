"""Layer versions compiled into one memory-mapped file, and the tiles cut from it."""

from layers.compile.compiler import compile_layer
from layers.compile.head import CompiledInfo
from layers.compile.layer import CompiledLayer
from layers.compile.where import Condition, Filter

__all__ = ["CompiledInfo", "CompiledLayer", "Condition", "Filter", "compile_layer"]

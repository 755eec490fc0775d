"""How much a reader of a stranger's file may take."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may use; beyond it the reading ends and the file is refused.

    `memory_mb` counts address space, which is about 1.4 GB more than what a reader really fills.
    """

    memory_mb: int = 12_288
    cpu_s: int = 900
    wall_s: int = 1_200
    output_mb: int = 8_192  # each file that the child writes
    open_files: int = 256

"""Redo a published draw: `python -m topics.market.redo [folder] [task]` prints list and digest.

Anybody who has the three files of the folder (tasks.csv, objects.csv, inspectors.csv) gets the same
list of any of its tasks; another digest means that a register or a share was changed afterwards,
and is refused where the task says which digest was published.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from topics.kit.errors import TopicError
from topics.market.publication import REGISTERS, publication


def main(arguments: Sequence[str]) -> int:
    """Write the draw; 0 done, 1 refused (the reason on stderr), 2 wrong usage."""
    if len(arguments) > 2:
        sys.stderr.write(
            "用法:python -m topics.market.redo [放有三份名录的文件夹] [任务编号,不写为最后一次]\n"
        )
        return 2
    try:
        found = publication(
            Path(arguments[0]) if arguments else REGISTERS,
            arguments[1] if len(arguments) > 1 else "",
        )
    except TopicError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    task = found.task
    lines = [f"任务 {task.code}  种子 {task.seed}  名录指纹 {found.draw.frame_digest}"]
    lines += [
        f"{one.risk} 类({one.meaning}):{one.objects} 户按 {one.asked:.0%} 抽 {one.drawn} 户"
        for one in found.shares
    ]
    names = ("code", "object", "risk", "inspectors", "name")
    lines += ["  ".join(row[one] for one in names) for row in found.rows]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

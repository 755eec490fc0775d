"""What `topics check` and `install` print of a checked topic."""

from __future__ import annotations

from typing import Any

from app.cli.show import show_line
from topics.kit.manifest import Manifest
from topics.kit.packages.check import Report


def report_json(report: Report) -> dict[str, Any]:
    """The report for scripts."""
    return {
        "ok": report.ok,
        "problems": list(report.problems),
        "notes": list(report.notes),
        "python": list(report.files.python),
        "files": list(report.files.files),
        "regions": sorted({one.code for one in report.codes}),
        "samples": [
            {
                "file": one.file,
                "refresher": one.refresher,
                "rows": one.rows,
                "values": len(one.values),
                "refused": one.refused,
                "refusals": [{"row": r.row, "reason": r.reason} for r in one.refusals],
            }
            for one in report.samples
        ],
    }


def show_report(report: Report, manifest: Manifest) -> None:
    """The report for a person: counts, samples, notes."""
    show_line(
        f"专题 {manifest.id}({manifest.title})检查通过:指标 {len(manifest.indicators)} 个,"
        f"图层 {len(manifest.layers)} 个,数据来源 {len(manifest.refreshers)} 个"
    )
    for one in report.samples:
        kept = f"{one.rows} 行,采用 {len(one.values)} 个值,拒收 {one.refused} 处"
        show_line(f"  试读 {one.file}({one.refresher}):{kept}")
    for note in report.notes:
        show_line(f"  提醒:{note}")

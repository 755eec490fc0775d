"""The statements of rolling up: what buckets came to, and which version holds as of when."""

from __future__ import annotations

_NUMBERS = "count, absent, suspect, min, max, mean, known_at"
_KEPT = "value IS NOT NULL AND status <> 'suspect'"
_CAME_TO = f"""
    count(*) FILTER (WHERE {_KEPT}) AS count,
    count(*) FILTER (WHERE value IS NULL) AS absent,
    count(*) FILTER (WHERE status = 'suspect') AS suspect,
    min(value) FILTER (WHERE {_KEPT}) AS min,
    max(value) FILTER (WHERE {_KEPT}) AS max,
    avg(value) FILTER (WHERE {_KEPT}) AS mean,
    max(recorded_at) AS known_at
"""
_BUCKET = "date_trunc(:grain, period_start, 'Asia/Shanghai')"
_OF = """indicator = :indicator AND period_kind = :kind
    AND period_start >= :start AND period_start < :end"""

_MADE = f"""
made AS (
    SELECT region, {_BUCKET} AS bucket, {_CAME_TO}
    FROM observation WHERE {_OF} GROUP BY 1, 2
), current AS (
    SELECT DISTINCT ON (region, bucket) region, bucket, {_NUMBERS} FROM observation_rollup
    WHERE indicator = :indicator AND grain = :grain AND bucket >= :start AND bucket < :end
    ORDER BY region, bucket, known_at DESC, rolled_at DESC
), differing AS (
    SELECT made.* FROM made LEFT JOIN current AS c USING (region, bucket)
    WHERE c.bucket IS NULL
        OR (made.count, made.absent, made.suspect, made.min, made.max, made.known_at)
            IS DISTINCT FROM (c.count, c.absent, c.suspect, c.min, c.max, c.known_at)
        -- The order of adding up may differ from run to run.
        OR abs(made.mean - c.mean) > 1e-9 * greatest(abs(made.min), abs(made.max))
)
"""
ROLL = f"""
WITH {_MADE}
INSERT INTO observation_rollup (indicator, region, grain, bucket, period_kind, {_NUMBERS},
    rolled_at)
SELECT :indicator, region, :grain, bucket, :kind, {_NUMBERS}, :now FROM differing
"""
DIFFERING = f"WITH {_MADE} SELECT count(*) FROM differing"

# Of each bucket the last version known by then; `exact` when nothing came between it and then.
VERSIONS = f"""
SELECT bucket, {_NUMBERS}, CAST(:as_of AS timestamptz) IS NULL OR :as_of <= rolled_at
    OR NOT later AS exact
FROM (
    SELECT DISTINCT ON (bucket) *, EXISTS (
        SELECT FROM observation_rollup AS l WHERE l.indicator = r.indicator
            AND l.region = r.region AND l.grain = r.grain AND l.bucket = r.bucket
            AND (l.known_at, l.rolled_at) > (r.known_at, r.rolled_at)) AS later
    FROM observation_rollup AS r
    WHERE indicator = :indicator AND region = :region AND grain = :grain
        AND bucket >= :start AND bucket < :end
        AND (CAST(:as_of AS timestamptz) IS NULL OR known_at <= :as_of)
    ORDER BY bucket, known_at DESC, rolled_at DESC
) AS each ORDER BY bucket
"""
BUCKETS = """
SELECT DISTINCT bucket FROM observation_rollup
WHERE indicator = :indicator AND region = :region AND grain = :grain
    AND bucket >= :start AND bucket < :end
"""
_SAID_THEN = f"""
SELECT DISTINCT ON (period_start) period_start, value, status, recorded_at FROM (
    SELECT period_start, value, status, recorded_at FROM observation
    WHERE {_OF} AND region = :region AND recorded_at <= :as_of
    UNION ALL
    SELECT period_start, value, status, recorded_at FROM observation_revision
    WHERE {_OF} AND region = :region AND recorded_at <= :as_of
) AS said ORDER BY period_start, recorded_at DESC
"""
_SAID_NOW = f"""
SELECT period_start, value, status, recorded_at FROM observation
WHERE {_OF} AND region = :region
"""


def from_raw(as_of: bool) -> str:
    """What the values themselves come to, as known now or at `:as_of`."""
    rows = _SAID_THEN if as_of else _SAID_NOW
    return f"SELECT {_BUCKET} AS bucket, {_CAME_TO} FROM ({rows}) AS raw GROUP BY 1 ORDER BY 1"

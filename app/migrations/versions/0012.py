"""Rolled-up observations, and forecasts with their record."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision: str | None = "0011"

# A version of what the values of one hour or day came to. `known_at` is when the last of them was
# recorded; `rolled_at` is when it was computed, and until then the version is proven right.
_ROLLED = """
CREATE TABLE observation_rollup (
    indicator text NOT NULL,
    region text NOT NULL,
    grain text NOT NULL,  -- "hour" or "day"
    bucket timestamptz NOT NULL,
    period_kind text NOT NULL,  -- of the values
    count integer NOT NULL,  -- values that min, max and mean speak of
    absent integer NOT NULL,  -- missing or not monitored
    suspect integer NOT NULL,  -- left out
    min double precision,
    max double precision,
    mean double precision,
    known_at timestamptz NOT NULL,
    rolled_at timestamptz NOT NULL,
    PRIMARY KEY (indicator, region, grain, bucket, known_at, rolled_at)
);
CREATE TABLE rollup_state (
    indicator text PRIMARY KEY,
    rolled_through timestamptz NOT NULL,  -- values of periods from here on are not rolled up yet
    raw_from timestamptz  -- values of periods before are dropped; null: none was
);
-- Days to which a value came late or was corrected; several may name one.
CREATE TABLE rollup_late (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator text NOT NULL,
    day timestamptz NOT NULL
);
"""

_FORECAST = """
CREATE TABLE forecast (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    indicator text NOT NULL,
    region text NOT NULL,
    made_at timestamptz NOT NULL,
    through_start timestamptz NOT NULL,  -- the last period it knows
    through_kind text NOT NULL,
    model text NOT NULL DEFAULT '',  -- '': none could be made
    why text NOT NULL DEFAULT '',  -- why none is shown
    shown boolean NOT NULL,
    mase double precision,
    naive_mase double precision,
    coverage80 double precision,
    coverage95 double precision,
    UNIQUE (indicator, region, made_at)
);
CREATE TABLE forecast_point (
    forecast bigint NOT NULL REFERENCES forecast (id) ON DELETE CASCADE,
    step integer NOT NULL,
    period_start timestamptz NOT NULL,
    period_kind text NOT NULL,
    mean double precision NOT NULL,
    low80 double precision NOT NULL,
    high80 double precision NOT NULL,
    low95 double precision NOT NULL,
    high95 double precision NOT NULL,
    PRIMARY KEY (forecast, step)
);
-- One score for each thing that was said of a period; an old score is never written anew.
CREATE TABLE anomaly_score (
    indicator text NOT NULL,
    region text NOT NULL,
    period_start timestamptz NOT NULL,
    period_kind text NOT NULL,
    recorded_at timestamptz NOT NULL,  -- of the value
    score double precision NOT NULL,
    expected double precision NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (indicator, region, period_start, period_kind, recorded_at)
);
"""


def upgrade() -> None:
    """Create the tables."""
    for statements in (_ROLLED, _FORECAST):
        op.execute(statements)


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE anomaly_score, forecast_point, forecast")
    op.execute("DROP TABLE rollup_late, rollup_state, observation_rollup")

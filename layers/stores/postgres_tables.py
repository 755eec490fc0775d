"""The tables of the layer registry, as migration 0002 makes them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

layers = sa.Table(
    "layers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("classification", sa.Text, nullable=False),
    sa.Column("cadence", sa.Text, nullable=False),
    sa.Column("style", JSONB, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("version", sa.Text),
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("metadata", JSONB, nullable=False, server_default="{}"),  # migration 0008
)

layer_versions = sa.Table(
    "layer_versions",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("layer", sa.Text, sa.ForeignKey("layers.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("features", sa.Integer, nullable=False),
    sa.Column("geometry", sa.Text, nullable=False),
    sa.Column("bounds", JSONB),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("encoding", sa.Text),
    sa.Column("crs", JSONB, nullable=False),
    sa.Column("original_name", sa.Text, nullable=False),
    sa.Column("original_sha256", sa.Text, nullable=False),
    sa.Column("attributes", JSONB, nullable=False),
    sa.Column("parameters", JSONB, nullable=False),
    sa.Column("problems", JSONB, nullable=False),
    sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("published_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("classification", sa.Text),  # migration 0010
)

reference_outlines = sa.Table(
    "reference_outlines",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("original_name", sa.Text, nullable=False),
    sa.Column("crs", sa.Text, nullable=False),
    sa.Column("counties", sa.Integer, nullable=False),  # or lines, by kind
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", sa.TIMESTAMP(timezone=True), nullable=False),
)

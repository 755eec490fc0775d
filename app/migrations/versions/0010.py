"""A version keeps the class it was published under when a later one makes the layer less secret."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """No version is more secret than its layer so far."""
    op.execute("ALTER TABLE layer_versions ADD COLUMN classification text")


def downgrade() -> None:
    """Raise layers to the highest class of their versions: the older program knows only theirs."""
    op.execute(
        "UPDATE layers SET classification = v.classification FROM (SELECT layer, "
        "(array_agg(classification ORDER BY array_position(ARRAY['公开','内部','敏感','高敏'], "
        "classification) DESC))[1] AS classification FROM layer_versions "
        "WHERE classification IS NOT NULL GROUP BY layer) v WHERE layers.id = v.layer"
    )
    op.execute("ALTER TABLE layer_versions DROP COLUMN classification")

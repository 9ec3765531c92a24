"""How each reply did that a language model worded, and what staff think of the sampled ones."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "told_quality",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("least_near", sa.Double(), nullable=True),
        sa.Column("least_shared", sa.Double(), nullable=True),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("right_language", sa.Boolean(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("listed", sa.String(length=16), nullable=True),
        sa.Column("mark", sa.String(length=16), nullable=True),
        sa.Column("marked_on", sa.Date(), nullable=True),
        sa.Column("marked_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_quality")),
    )
    op.create_index("ix_told_quality_day", "told_quality", ["day"])


def downgrade():
    op.drop_index("ix_told_quality_day", table_name="told_quality")
    op.drop_table("told_quality")

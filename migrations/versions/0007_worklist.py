"""Questions that people let staff see, counts of the others, and what the desk in Telegram waits for from whom."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "listed_question",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_question")),
    )
    op.create_index("ix_listed_question_chat_id", "listed_question", ["chat_id"])
    op.create_index("ix_listed_question_asked_at", "listed_question", ["asked_at"])
    op.create_table(
        "question_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("countries", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "why", "kind", "language", "countries", name=op.f("pk_question_count")),
    )
    op.create_table(
        "awaited",
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_awaited")),
    )


def downgrade():
    op.drop_table("awaited")
    op.drop_table("question_count")
    op.drop_index("ix_listed_question_asked_at", table_name="listed_question")
    op.drop_index("ix_listed_question_chat_id", table_name="listed_question")
    op.drop_table("listed_question")

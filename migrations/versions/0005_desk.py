"""The staff desk: submissions, drafts and their edits, the audit log, watched sources, what staff are to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "submission",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("hints", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("draft_id", ROW_NUMBER, nullable=True),
        sa.Column("read_hash", sa.String(length=64), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_at", TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("told_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("read_hash", name=op.f("uq_submission_read_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_submission_state_id", "submission", ["state", "id"])
    op.create_index("ix_submission_content_hash", "submission", ["content_hash"])
    op.create_table(
        "draft",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("submission_id", ROW_NUMBER, nullable=True),
        sa.Column("source_id", sa.String(length=200), nullable=True),
        sa.Column("advisory_id", sa.String(length=200), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaces", sa.String(length=200), nullable=True),
        sa.Column("replaces_hash", sa.String(length=64), nullable=True),
        sa.Column("near", sa.JSON(), nullable=False),
        sa.Column("contradictions", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("identity", sa.String(length=500), nullable=True),
        sa.Column("from_first_load", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_state", "draft", ["state"])
    op.create_index("ix_draft_advisory_id", "draft", ["advisory_id"])
    op.create_table(
        "draft_edit",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("draft_id", ROW_NUMBER, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_edit_draft_id_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_edit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_edit_draft_id_version", "draft_edit", ["draft_id", "version"])
    op.create_table(
        "desk_entry",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=240), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_desk_entry_object", "desk_entry", ["object"])
    op.create_table(
        "source_state",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("fresh_within_s", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("tried_at", TIME, nullable=True),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("loaded_at", TIME, nullable=True),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since_at", TIME, nullable=True),
        sa.Column("lease_by", sa.Text(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_state")),
    )
    op.create_table(
        "seen_item",
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.Column("missing_since_at", TIME, nullable=True),
        sa.Column("gone_at", TIME, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("advisory_id", sa.String(length=200), nullable=True),
        sa.Column("draft_id", ROW_NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("source_id", "key", name=op.f("pk_seen_item")),
    )
    op.create_index("ix_seen_item_advisory_id", "seen_item", ["advisory_id"])
    op.create_table(
        "staff_notice",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object", sa.String(length=240), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("draft_id", ROW_NUMBER, nullable=True),
        sa.Column("told_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_staff_notice_told_at", "staff_notice", ["told_at"])


def downgrade():
    op.drop_index("ix_staff_notice_told_at", table_name="staff_notice")
    op.drop_table("staff_notice")
    op.drop_index("ix_seen_item_advisory_id", table_name="seen_item")
    op.drop_table("seen_item")
    op.drop_table("source_state")
    op.drop_index("ix_desk_entry_object", table_name="desk_entry")
    op.drop_table("desk_entry")
    op.drop_index("ix_draft_edit_draft_id_version", table_name="draft_edit")
    op.drop_table("draft_edit")
    op.drop_index("ix_draft_advisory_id", table_name="draft")
    op.drop_index("ix_draft_state", table_name="draft")
    op.drop_table("draft")
    op.drop_index("ix_submission_content_hash", table_name="submission")
    op.drop_index("ix_submission_state_id", table_name="submission")
    op.drop_table("submission")

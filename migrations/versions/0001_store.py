"""The store: advisories and their history, passages, rules, helplines, agents."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "agent_snapshot",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_snapshot")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_agent_snapshot_content_hash")),
    )
    op.create_index("ix_agent_snapshot_taken_on", "agent_snapshot", ["taken_on"])

    op.create_table(
        "helpline",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("who_for", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("phones", sa.JSON(), nullable=False),
        sa.Column("whatsapp", sa.JSON(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("seen_in", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.Text(), nullable=False),
        sa.Column("as_of_month", sa.Date(), nullable=True),
        sa.Column("official_reprint", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpline")),
    )
    op.create_table(
        "library_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("starter_digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_state")),
    )
    op.create_table(
        "rule",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("confidence", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=True),
        sa.Column("text_kind", sa.String(length=40), nullable=False),
        sa.Column("gist", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_table(
        "advisory",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("date_precision", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("seen_in", sa.Text(), nullable=True),
        sa.Column("also_seen", sa.JSON(), nullable=False),
        sa.Column("source_tier", sa.String(length=40), nullable=False),
        sa.Column("confidence", sa.String(length=40), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=True),
        sa.Column("text_kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("pattern", sa.JSON(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("supersedes", sa.JSON(), nullable=False),
        sa.Column("superseded_by", sa.String(length=200), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("gist", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_advisory_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advisory")),
    )
    op.create_index("ix_advisory_source_id", "advisory", ["source_id"])
    op.create_index("ix_advisory_status", "advisory", ["status"])

    op.create_table(
        "agent",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("number_key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["agent_snapshot.id"], name=op.f("fk_agent_snapshot_id_agent_snapshot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
    )
    op.create_index("ix_agent_name", "agent", ["snapshot_id", "name_key"])
    op.create_index("ix_agent_number", "agent", ["snapshot_id", "number_key"])

    op.create_table(
        "passage",
        sa.Column("id", sa.String(length=220), nullable=False),
        sa.Column("advisory_id", sa.String(length=200), nullable=True),
        sa.Column("rule_id", sa.String(length=200), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.Column("embedded", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(advisory_id IS NULL) <> (rule_id IS NULL)", name=op.f("ck_passage_one_owner")),
        sa.ForeignKeyConstraint(["advisory_id"], ["advisory.id"], name=op.f("fk_passage_advisory_id_advisory")),
        sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_passage_rule_id_rule")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
    )
    op.create_index("ix_passage_advisory_id", "passage", ["advisory_id"])
    op.create_index("ix_passage_fingerprint", "passage", ["fingerprint"])
    op.create_index("ix_passage_rule_id", "passage", ["rule_id"])

    op.create_table(
        "publication_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("advisory_id", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advisory_id"], ["advisory.id"], name=op.f("fk_publication_event_advisory_id_advisory")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_event")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_publication_event_advisory_id", "publication_event", ["advisory_id"])

    op.execute("INSERT INTO library_state (id, version) VALUES (1, 0)")


def downgrade():
    op.drop_index("ix_publication_event_advisory_id", table_name="publication_event")

    op.drop_table("publication_event")
    op.drop_index("ix_passage_rule_id", table_name="passage")
    op.drop_index("ix_passage_fingerprint", table_name="passage")
    op.drop_index("ix_passage_advisory_id", table_name="passage")

    op.drop_table("passage")
    op.drop_index("ix_agent_number", table_name="agent")
    op.drop_index("ix_agent_name", table_name="agent")

    op.drop_table("agent")
    op.drop_index("ix_advisory_status", table_name="advisory")
    op.drop_index("ix_advisory_source_id", table_name="advisory")

    op.drop_table("advisory")
    op.drop_table("source")
    op.drop_table("rule")
    op.drop_table("library_state")
    op.drop_table("helpline")
    op.drop_index("ix_agent_snapshot_taken_on", table_name="agent_snapshot")

    op.drop_table("agent_snapshot")

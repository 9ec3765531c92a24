"""Alerts: subscribers, alerts and their approval, deliveries, verdicts heard, requests of staff, and the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "alert_control",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halted_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_control")),
    )
    op.create_table(
        "heard_verdict",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("advisory_id", sa.String(length=200), nullable=False),
        sa.Column("advisory_version", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "advisory_id", "advisory_version", name=op.f("pk_heard_verdict")),
    )
    op.create_index(
        "ix_heard_verdict_advisory", "heard_verdict", ["advisory_id", "advisory_version", "chat_id"], unique=False
    )
    op.create_index("ix_heard_verdict_day", "heard_verdict", ["day"], unique=False)
    op.create_table(
        "sender_lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sender_lease")),
    )
    op.create_table(
        "subscriber",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("consent_version", sa.String(length=40), nullable=False),
        sa.Column("consent_language", sa.String(length=8), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pace", sa.String(length=40), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("emergencies_at_once", sa.Boolean(), nullable=False),
        sa.Column("urgent_only", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_canary", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.String(length=40), nullable=True),
        sa.Column("migrated_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_subscriber")),
    )
    op.create_table(
        "subscription",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("subscribed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["subscriber.chat_id"], name=op.f("fk_subscription_chat_id_subscriber"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "interest", "value", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_interest", "subscription", ["interest", "value", "chat_id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("advisory_id", sa.String(length=200), nullable=False),
        sa.Column("advisory_version", sa.String(length=64), nullable=False),
        sa.Column("message_type", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("references_id", sa.Integer(), nullable=True),
        sa.Column("references_version", sa.String(length=64), nullable=True),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("matched_up_to", sa.BigInteger(), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["advisory_id"], ["advisory.id"], name=op.f("fk_alert_advisory_id_advisory")),
        sa.ForeignKeyConstraint(["references_id"], ["alert.id"], name=op.f("fk_alert_references_id_alert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_advisory_id", "alert", ["advisory_id"], unique=False)
    op.create_index("ix_alert_state", "alert", ["state"], unique=False)
    op.create_table(
        "alert_request",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["publication_event.id"], name=op.f("fk_alert_request_event_id_publication_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_request")),
        sa.UniqueConstraint("event_id", name=op.f("uq_alert_request_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_request_taken_at", "alert_request", ["taken_at"], unique=False)
    op.create_table(
        "alert_text",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("reader", sa.String(length=40), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("edit", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_text_alert_id_alert")),
        sa.PrimaryKeyConstraint("alert_id", "language", "reader", name=op.f("pk_alert_text")),
    )
    op.create_table(
        "approval",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_approval_alert_id_alert")),
        sa.PrimaryKeyConstraint("alert_id", "staff_id", name=op.f("pk_approval")),
    )
    op.create_table(
        "approval_prompt",
        sa.Column("token", sa.String(length=24), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_approval_prompt_alert_id_alert")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_approval_prompt")),
    )
    op.create_index("ix_approval_prompt_alert_id", "approval_prompt", ["alert_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_audit_entry_alert_id_alert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entry_alert_id", "audit_entry", ["alert_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("earlier_alert_id", sa.Integer(), nullable=True),
        sa.Column("not_before_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("copies", sa.SmallInteger(), nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_delivery_alert_id_alert")),
        sa.PrimaryKeyConstraint("alert_id", "chat_id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_chat_id", "delivery", ["chat_id"], unique=False)
    op.create_index(
        "ix_delivery_claimed",
        "delivery",
        ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'claimed'"),
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index(
        "ix_delivery_pending",
        "delivery",
        ["alert_id", "lane", "not_before_at", "chat_id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.add_column("person", sa.Column("corrections_refused_at", sa.DateTime(timezone=True), nullable=True))

    op.execute("INSERT INTO alert_control (id) VALUES (1)")


def downgrade():
    op.drop_column("person", "corrections_refused_at")
    op.drop_index(
        "ix_delivery_pending",
        table_name="delivery",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index(
        "ix_delivery_claimed",
        table_name="delivery",
        sqlite_where=sa.text("state = 'claimed'"),
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.drop_index("ix_delivery_chat_id", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index("ix_audit_entry_alert_id", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("ix_approval_prompt_alert_id", table_name="approval_prompt")
    op.drop_table("approval_prompt")
    op.drop_table("approval")
    op.drop_table("alert_text")
    op.drop_index("ix_alert_request_taken_at", table_name="alert_request")
    op.drop_table("alert_request")
    op.drop_index("ix_alert_state", table_name="alert")
    op.drop_index("ix_alert_advisory_id", table_name="alert")
    op.drop_table("alert")
    op.drop_index("ix_subscription_interest", table_name="subscription")
    op.drop_table("subscription")
    op.drop_table("subscriber")
    op.drop_table("sender_lease")
    op.drop_index("ix_heard_verdict_day", table_name="heard_verdict")
    op.drop_index("ix_heard_verdict_advisory", table_name="heard_verdict")
    op.drop_table("heard_verdict")
    op.drop_table("alert_control")

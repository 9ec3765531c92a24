"""Lists of agents: registered and unregistered, taken back, columns remembered. Helplines: checks, changes by two."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "agent_columns",
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_agent_columns")),
    )
    op.create_table(
        "helpline_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("helpline_id", sa.String(length=200), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpline_change")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_helpline_change_state", "helpline_change", ["state"])
    with op.batch_alter_table("agent_snapshot") as table:
        table.add_column(
            sa.Column("agent_list", sa.String(length=40), nullable=False, server_default=sa.text("'registered'"))
        )
        table.add_column(sa.Column("file_name", sa.Text(), nullable=True))
        table.add_column(sa.Column("undone_at", TIME, nullable=True))
        table.add_column(sa.Column("undone_by", sa.Text(), nullable=True))
    with op.batch_alter_table("helpline") as table:
        table.add_column(sa.Column("origin", sa.String(length=40), nullable=False, server_default=sa.text("'starter'")))
        table.add_column(sa.Column("checked_at", TIME, nullable=True))
        table.add_column(sa.Column("checked_by", sa.Text(), nullable=True))


def downgrade():
    with op.batch_alter_table("helpline") as table:
        table.drop_column("checked_by")
        table.drop_column("checked_at")
        table.drop_column("origin")
    with op.batch_alter_table("agent_snapshot") as table:
        table.drop_column("undone_by")
        table.drop_column("undone_at")
        table.drop_column("file_name")
        table.drop_column("agent_list")
    op.drop_index("ix_helpline_change_state", table_name="helpline_change")
    op.drop_table("helpline_change")
    op.drop_table("agent_columns")

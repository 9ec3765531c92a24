"""An index with all that tells whether an advisory has changed: looking for changes reads it alone."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_advisory_mark", "advisory", ["id", "content_hash", "status", "superseded_by"])


def downgrade():
    op.drop_index("ix_advisory_mark", table_name="advisory")

"""Runs the migrations, on the connection that `knowledge.database.upgrade` hands over or on that of the settings."""

from alembic import context

from knowledge import desk_models, models, worklist  # noqa: F401  (their tables belong to Base)
from knowledge.database import Base, UtcDateTime, build_engine


def render_type(kind, value, _context):
    """Write our own column type as the plain one it stores, so that old migrations do not depend on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, UtcDateTime) else False


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transactional_ddl=True,  # SQLite can do it too, and a half-done migration is no use to anybody
        render_item=render_type,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:  # the `alembic` command, which compares the tables of all packages with the database
    import bot.alerts.models
    import bot.inbox_models
    import bot.models  # noqa: F401
    import knowledge.chat.quality_store
    import knowledge.chat.usage  # noqa: F401
    from knowledge.settings import Settings

    with build_engine(Settings().resolved_database_url).begin() as own:
        run(own)

"""The command line of staff: `satark-ingest`. Names the commands; each lives in `ingest/commands/`."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from ingest.commands import agents, deeds, helplines
from ingest.commands.adding import add
from ingest.commands.agents import agents_app
from ingest.commands.diffing import diff
from ingest.commands.helplines import helplines_app
from ingest.commands.parts import USER_ERRORS, fail, log_to_standard_error
from ingest.commands.showing import audit, list_, show, sources
from ingest.commands.upkeep import reindex, verify
from ingest.commands.watching import fetch, watch
from ingest.commands.worklist import worklist

app = typer.Typer(
    name="satark-ingest",
    help="Bring official advisories in, check them, publish and withdraw them.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for name, command in (
    ("add", add),
    ("fetch", fetch),
    ("watch", watch),
    ("list", list_),
    ("show", show),
    ("diff", diff),
    ("edit", deeds.edit),
    ("update", deeds.edit),
    ("publish", deeds.publish),
    ("withdraw", deeds.withdraw),
    ("supersede", deeds.supersede),
    ("reject", deeds.reject),
    ("undo", deeds.undo),
    ("audit", audit),
    ("worklist", worklist),
    ("sources", sources),
    ("reindex", reindex),
    ("verify", verify),
):
    app.command(name)(command)
app.add_typer(agents_app)
app.add_typer(helplines_app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Ends with exit code 0 (done), 1 (something has to be corrected) or 2 (wrong usage)."""
    log_to_standard_error()
    try:
        app(args=list(arguments) if arguments is not None else None)
    except (*USER_ERRORS, *agents.USER_ERRORS, *helplines.USER_ERRORS) as error:
        fail(str(error))


if __name__ == "__main__":
    main()

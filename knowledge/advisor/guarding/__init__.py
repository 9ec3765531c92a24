"""The guards: what a language model says is shown only as far as it can be traced to a record; closed in doubt."""

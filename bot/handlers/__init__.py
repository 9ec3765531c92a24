"""One file for each kind of update: what people send, press and command."""

"""The commands of `satark-ingest`, a few to a file. Each reads as take, call one thing, present."""

"""The advisor: one message in, one reply out."""

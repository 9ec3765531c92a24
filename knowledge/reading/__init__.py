"""Reads what a message shows: words, places, sums, flags. Judges nothing."""

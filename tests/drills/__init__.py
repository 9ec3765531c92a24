"""Drills for the index: what those who ask must not notice while it is killed, damaged and rebuilt."""

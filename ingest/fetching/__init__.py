"""Fetches official pages and nothing else: allowed names, checked addresses, bounded size and time."""

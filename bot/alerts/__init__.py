"""Alerts: who wants to hear of what, what goes out and who approved it, and where each delivery stands."""

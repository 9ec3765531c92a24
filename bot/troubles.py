"""What keeps a command from running, in words for the person who started it."""


class CannotRun(Exception):
    """Satark cannot run; the message says why and what to do."""

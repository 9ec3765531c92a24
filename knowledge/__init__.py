"""What can be said from official advisories: store, index, retriever, red flags, verdicts, advisor.

Knows no Telegram.
"""

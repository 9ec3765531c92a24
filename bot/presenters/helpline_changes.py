"""The words in which staff see a proposed change of a helpline. English, as all texts for staff. Pure."""

from __future__ import annotations

from html import escape

from knowledge.helpline_changes import ChangeView

NOTHING_WAITS = "No change of a helpline waits."
WHICH_CHANGE = "Write the number of the change after the command, for example <code>/approve_helpline 3</code>"


def present_change(view: ChangeView) -> str:
    """Return one change: what differs, who wants it and why, and what to type."""
    what = "New helpline" if view.is_new_line else "Change of helpline"
    lines = [f"☎️ <b>{what} {view.id}</b>: {escape(view.helpline_id)}"]
    lines += [f"{escape(field)}: <s>{escape(old)}</s> → <b>{escape(new)}</b>" for field, old, new in view.differences]
    lines += [f"Why: {escape(view.reason)}", f"Proposed by {escape(view.proposed_by)}", ""]
    lines.append("Compare every digit with the official site. Then, if you did not propose it yourself:")
    lines.append(f"<code>/approve_helpline {view.id}</code> or <code>/reject_helpline {view.id} reason</code>")
    return "\n".join(lines)

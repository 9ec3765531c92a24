"""`satark alerts`: ask for an alert, look at it, approve it, call it off, and see how it went. For staff.

Each command reads as take, call one thing, present. Exit code 0: done; 1: refused, and why; 2: wrong usage.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.alerts import approval, audit, control, figures, lease, lifecycle, subscriptions, watchdog
from bot.alerts.approval import NotApproved
from bot.alerts.audience import Audience, BadAudience
from bot.alerts.lifecycle import CannotAlert, Preview, UnknownAlert
from bot.alerts.models import Alert
from bot.alerts.states import AlertState, AlertStatus, MessageType, Place, Reader
from bot.alerts.subscriptions import NotSubscribed
from bot.alerts.wording import BadWording
from bot.commands.parts import explained_to_operator
from bot.jobs import now_utc
from bot.presenters.reply import as_plain
from bot.troubles import CannotRun
from knowledge import advisories
from knowledge.advisories import UnknownAdvisory
from knowledge.database import DatabaseUnavailable, build_engine, has_database, read_session, upgrade, write_session
from knowledge.settings import Settings, read_settings
from knowledge.vocabulary import Language, Topic

app = typer.Typer(help="Tell subscribers of an advisory, or take it back.", no_args_is_help=True)
canary_app = typer.Typer(
    help="Staff's own accounts that get every alert and every test, so that one that does not arrive is noticed.",
    no_args_is_help=True,
)
app.add_typer(canary_app, name="canary")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str | None, typer.Option("--by", help="Who asks, for the record (default: your login name).")]
Which = Annotated[
    str | None, typer.Argument(metavar="[ALERT]", help="Number of the alert; may be left out if only one is open.")
]
ChatId = Annotated[int, typer.Argument(metavar="CHAT_ID", help="Telegram id of one of the staff.")]
_REFUSALS = (BadAudience, BadWording, CannotAlert, NotApproved, UnknownAdvisory, UnknownAlert)


@app.command("request")
def request_command(
    advisory_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a published advisory.")],
    update: Annotated[bool, typer.Option("--update", help="Correct an earlier alert: the advisory changed.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take an earlier alert back.")] = False,
    references: Annotated[int | None, typer.Option(help="The alert that is corrected (default: the newest).")] = None,
    test: Annotated[bool, typer.Option("--test", help="A test, to staff's own accounts only.")] = False,
    country: Annotated[list[str] | None, typer.Option(help="Only who follows this country, such as RU.")] = None,
    topic: Annotated[list[Topic] | None, typer.Option(help="Only who follows this topic.")] = None,
    topics: Annotated[bool, typer.Option("--topics", help="Who follows the advisory's topics.")] = False,
    everyone: Annotated[bool, typer.Option("--everyone", help="Every subscriber.")] = False,
    emergency: Annotated[
        bool | None, typer.Option("--emergency/--no-emergency", help="Danger to life (default: as the advisory says).")
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Ask for an alert. It goes out once enough staff have approved it."""
    if update and withdraw:
        raise typer.BadParameter("choose --update or --withdraw, not both")
    settings, engine = _open()
    with _explained(), write_session(engine) as session:
        who, at = _name(by), now_utc()
        if update or withdraw:
            ask = lifecycle.request_cancel if withdraw else lifecycle.request_update
            alert = ask(session, advisory_id, by=who, at=at, references_id=references)
        else:
            alert = lifecycle.request_alert(
                session,
                advisory_id,
                by=who,
                at=at,
                audience=_audience(session, advisory_id, country, topic, topics=topics, everyone=everyone),
                status=AlertStatus.TEST if test else AlertStatus.ACTUAL,
                emergency=emergency,
            )
        _show(session, settings, alert, at, as_json=as_json)


@app.command("preview")
def preview_command(
    which: Which = None,
    language: Annotated[list[Language] | None, typer.Option(help="Show the words in this language.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what would go out, in each language, to how many, and the hash to approve it by."""
    settings, engine = _open()
    with _explained(), write_session(engine) as session:
        alert = _find(session, which)
        _show(session, settings, alert, now_utc(), as_json=as_json, languages=language)


@app.command("approve")
def approve_command(
    which: Annotated[str, typer.Argument(metavar="ALERT", help="Number of the alert.")],
    text_hash: Annotated[str, typer.Option("--hash", help="The whole hash that the preview showed.")],
    staff_id: Annotated[int, typer.Option("--as", help="Your Telegram id; it must be among STAFF_IDS.")],
    test: Annotated[bool, typer.Option("--test", help="Needed for a test, refused for an alert in earnest.")] = False,
    as_json: AsJson = False,
) -> None:
    """Approve an alert. At most one approval may come from the command line."""
    settings, engine = _open()
    with _explained(), write_session(engine) as session:
        alert = _find(session, which)
        progress = approval.approve_from_command_line(
            session,
            alert.id,
            text_hash,
            staff_id=staff_id,
            is_test=test,
            staff_ids=settings.staff_ids,
            needed=settings.alert_approvals,
            at=now_utc(),
        )
        fields = {"alert": alert.id, "approvals": progress.given, "approvals_needed": progress.needed}
    words = "It goes out now." if progress.approved else "Somebody else has to approve it too, in Telegram."
    _present(
        as_json,
        fields | {"approved": progress.approved},
        f"Alert {alert.id}: {progress.given} of {progress.needed} approvals. {words}",
    )


@app.command("cancel")
def cancel_command(
    which: Which = None,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "called off by staff",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Also ask to take it back from who has it.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Call an alert off: nothing more of it goes out. With --withdraw, a withdrawal waits for approval."""
    settings, engine = _open()
    with _explained():
        with write_session(engine) as session:  # by itself, so that it holds even if the rest is refused
            alert = _find(session, which)
            was_started = alert.started_at is not None
            lifecycle.cancel(session, alert.id, by=_name(by), reason=reason, at=now_utc())
        fields = {"alert": alert.id, "state": AlertState.CANCELLED.value, "advisory": alert.advisory_id}
        if not (withdraw and was_started):
            hint = f" Who has it already: satark alerts request {alert.advisory_id} --withdraw" if was_started else ""
            _present(as_json, fields, f"Alert {alert.id} is called off; nothing more of it goes out.{hint}")
            return
        with write_session(engine) as session:
            at = now_utc()
            correction = lifecycle.request_cancel(
                session, alert.advisory_id, by=_name(by), at=at, references_id=alert.id
            )
            if not as_json:
                typer.echo(f"Alert {alert.id} is called off. Its withdrawal waits for approval:")
            _show(session, settings, correction, at, as_json=as_json)


@app.command("status")
def status_command(which: Which = None, as_json: AsJson = False) -> None:
    """Show how alerts went: eligible, sent, failed by reason, minutes. Exit code 1 if one did not arrive."""
    settings, engine = _open()
    with _explained(), read_session(engine) as session:
        at = now_utc()
        alerts = (_find(session, which),) if which else lifecycle.list_alerts(session, most=10)
        silent = watchdog.find_silent(session, at=at)
        fields = _overview(session, settings, alerts, silent, at)
        if as_json:
            typer.echo(json.dumps(fields, ensure_ascii=False))
        else:
            _print_status(fields)
    raise typer.Exit(1 if silent else 0)


@app.command("hold")
def hold_command(
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "held by staff", by: By = None
) -> None:
    """Stop all alerts at once, until `satark alerts go-on`. People's questions are still answered."""
    _, engine = _open()
    with _explained(), write_session(engine) as session:
        control.hold(session, by=_name(by), reason=reason, at=now_utc())
    typer.echo("All alerts are held. Let them go on with: satark alerts go-on")


@app.command("go-on")
def go_on_command(by: By = None) -> None:
    """Let alerts go out again."""
    _, engine = _open()
    with _explained(), write_session(engine) as session:
        control.go_on(session, by=_name(by), at=now_utc())
    typer.echo("Alerts go out again.")


@canary_app.command("add")
def add_canary_command(chat_id: ChatId, by: By = None) -> None:
    """Let an account of staff get every alert and test. It must have agreed to alerts in Telegram: /subscribe."""
    settings, engine = _open()
    if chat_id not in settings.staff_ids:
        with explained_to_operator():
            raise CannotRun(f"{chat_id} is not among STAFF_IDS. Tests go to staff's own accounts only.")
    with _explained(), write_session(engine) as session:
        try:
            subscriptions.set_canary(session, chat_id, is_canary=True)
        except NotSubscribed:
            raise CannotRun(
                f"{chat_id} has no alerts, and nobody gets any without having agreed. Let them write /subscribe to the "
                "bot first."
            ) from None
        audit.note(session, "canary_on", by=_name(by), at=now_utc(), staff_id=chat_id)
        session.flush()
        count = len(subscriptions.list_canaries(session))
    typer.echo(f"{chat_id} gets every alert and test from now on. Canaries: {count}.")


@canary_app.command("remove")
def remove_canary_command(chat_id: ChatId, by: By = None) -> None:
    """Let an account get only what it chose itself."""
    _, engine = _open()
    with _explained(), write_session(engine) as session:
        if chat_id not in subscriptions.list_canaries(session):
            raise CannotRun(f"{chat_id} is no canary. See: satark alerts canary list")
        subscriptions.set_canary(session, chat_id, is_canary=False)
        audit.note(session, "canary_off", by=_name(by), at=now_utc(), staff_id=chat_id)
        session.flush()
        count = len(subscriptions.list_canaries(session))
    typer.echo(f"{chat_id} is no canary any more. Canaries: {count}.{_few(count)}")


@canary_app.command("list")
def list_canaries_command(as_json: AsJson = False) -> None:
    """Show the accounts that get every alert and test."""
    settings, engine = _open()
    with _explained(), read_session(engine) as session:
        canaries = subscriptions.list_canaries(session)
    former = [chat_id for chat_id in canaries if chat_id not in settings.staff_ids]
    lines = [f"{chat_id}{' (not among STAFF_IDS: remove it)' if chat_id in former else ''}" for chat_id in canaries]
    words = "\n".join([*lines, f"Canaries: {len(canaries)}.{_few(len(canaries))}"])
    _present(as_json, {"canaries": list(canaries), "not_staff": former}, words)


def _few(canaries: int) -> str:
    if canaries >= figures.ENOUGH_CANARIES:
        return ""
    return " Fewer than two canaries: nobody would notice that alerts do not arrive. See docs/alerts.md."


def _open() -> tuple[Settings, Engine]:
    with explained_to_operator():
        settings = read_settings()
        engine = build_engine(settings.resolved_database_url)
        if not has_database(engine):
            raise DatabaseUnavailable("There is no database yet. Run `make run`, or `satark-ingest add --starter`.")
        upgrade(engine)
        return settings, engine


@contextmanager
def _explained() -> Iterator[None]:
    with explained_to_operator():
        try:
            yield
        except _REFUSALS as refusal:
            raise CannotRun(str(refusal)) from None


def _audience(
    session: Session,
    advisory_id: str,
    countries: Sequence[str] | None,
    chosen: Sequence[Topic] | None,
    *,
    topics: bool,
    everyone: bool,
) -> Audience | None:
    """The audience that was named; None to take the advisory's own."""
    if not (countries or chosen or topics or everyone):
        return None
    own = advisories.get_advisory(session, advisory_id).topics if topics else ()
    named = tuple(code.upper() for code in countries or ())
    return Audience(named, (*own, *(topic.value for topic in chosen or ())), everyone)


def _find(session: Session, which: str | None) -> Alert:
    """Find an alert by its number, by the id of its advisory (the newest), or as the only open one."""
    if which is not None and which.isascii() and which.isdigit():
        return lifecycle.get_alert(session, int(which))
    alerts = lifecycle.list_alerts(session, open_only=which is None)
    found = [alert for alert in alerts if which is None or alert.advisory_id == which]
    if which is None and len(found) > 1:
        numbers = ", ".join(str(alert.id) for alert in found)
        raise CannotRun(
            f"Several alerts are open ({numbers}). Say which, for example: satark alerts preview {found[0].id}"
        )
    if not found:
        raise CannotRun("No alert is open." if which is None else f"There is no alert about {which!r}.")
    return found[0]


def _show(
    session: Session,
    settings: Settings,
    alert: Alert,
    at: dt.datetime,
    *,
    as_json: bool,
    languages: Sequence[Language] | None = None,
) -> None:
    """Show an alert; where it waits for approval, whoever looks at it may approve it from here for 15 minutes."""
    if alert.state == AlertState.REQUESTED:
        approval.open_prompt(
            session, alert.id, staff_id=None, place=Place.COMMAND_LINE, staff_ids=settings.staff_ids, at=at
        )
    seen = lifecycle.preview(session, alert.id, at=at)
    given = approval.list_approvals(session, alert.id, staff_ids=settings.staff_ids, at=at)
    fields = _describe(alert) | {
        "hash": seen.text_hash,
        "recipients": seen.recipients,
        "recipients_by_language": seen.recipients_by_language,
        "approvals": len(given),
        "approvals_needed": settings.alert_approvals,
    }
    if as_json:
        texts = {text.language: text.html for text in seen.texts if text.reader == Reader.SUBSCRIBER}
        typer.echo(json.dumps(fields | {"texts": texts}, ensure_ascii=False))
        return
    _print_preview(alert, seen, fields, languages)


def _print_preview(
    alert: Alert, seen: Preview, fields: Mapping[str, Any], languages: Sequence[Language] | None
) -> None:
    out = Console(highlight=False, markup=False, soft_wrap=True)
    shown = set(languages or (Language.ENGLISH, Language.HINDI))
    for text in seen.texts:
        if Language(text.language) in shown:
            out.print(f"----- {text.language}, to a {text.reader} -----")
            out.print(as_plain(text.html) + "\n")
    mark = "🧪 TEST, to staff's own accounts" if alert.status == AlertStatus.TEST else "📣 IN EARNEST, to the public"
    counts = ", ".join(f"{language} {count}" for language, count in sorted(seen.recipients_by_language.items()))
    out.print(f"Alert {alert.id} ({alert.message_type}): {mark}. {alert.state}.")
    out.print(f"Recipients: {seen.recipients}{f' ({counts})' if counts else ''}. Audience: {_audience_words(alert)}")
    out.print(f"Approvals: {fields['approvals']} of {fields['approvals_needed']}.")
    out.print(f"Expires {alert.expires_at:%Y-%m-%d %H:%M} UTC.")
    out.print(f"Hash: {seen.text_hash}")
    if alert.state == AlertState.REQUESTED:
        test = " --test" if alert.status == AlertStatus.TEST else ""
        out.print(f"Approve: satark alerts approve {alert.id} --hash {seen.text_hash} --as YOUR_TELEGRAM_ID{test}")


def _audience_words(alert: Alert) -> str:
    if alert.status == AlertStatus.TEST:
        return "canaries"
    if alert.message_type != MessageType.ALERT:
        return "those who were told before"
    if alert.audience["everyone"]:
        return "every subscriber"
    return ", ".join([*alert.audience["countries"], *alert.audience["topics"]])


def _describe(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.id,
        "advisory": alert.advisory_id,
        "message_type": alert.message_type,
        "status": alert.status,
        "references": alert.references_id,
        "state": alert.state,
        "state_reason": alert.state_reason,
        "audience": alert.audience,
        "emergency": alert.emergency,
        "requested_by": alert.requested_by,
        "requested_at": alert.requested_at.isoformat(),
        "expires_at": alert.expires_at.isoformat(),
    }


def _overview(
    session: Session,
    settings: Settings,
    alerts: Sequence[Alert],
    silent: Sequence[watchdog.Silent],
    at: dt.datetime,
) -> dict[str, Any]:
    hold, heartbeat_at = control.find_hold(session), control.find_heartbeat(session)
    last_test_at = figures.find_last_test(session)
    return {
        "subscribers": figures.count_subscribers(session),
        "canaries": figures.count_canaries(session),
        "last_test_at": last_test_at.isoformat() if last_test_at else None,
        "approvals_needed": settings.alert_approvals,
        "held": hold.reason if hold else None,
        "sender": lease.find_holder(session, at=at),
        "sender_seen_at": heartbeat_at.isoformat() if heartbeat_at else None,
        "not_arrived": [
            {"alert": found.alert_id, "since": found.due_since.isoformat(), "words": found.words} for found in silent
        ],
        "alerts": [_describe(alert) | asdict(figures.read_figures(session, alert.id)) for alert in alerts],
        "sources": [
            {
                "source": row.source,
                "newest_notice": row.newest_notice.isoformat() if row.newest_notice else None,
                "last_change_at": row.last_change_at.isoformat(),
            }
            for row in figures.list_freshness(session)
        ],
    }


def _print_status(fields: Mapping[str, Any]) -> None:
    out = Console(highlight=False, soft_wrap=True)
    table = Table("Alert", "About", "Kind", "State", "Eligible", "Sent", "Waiting", "Failed", "p50 min", "p95 min")
    for row in fields["alerts"]:
        failed = {
            state: count for state, count in row["by_state"].items() if state not in ("sent", "pending", "claimed")
        }
        reasons = ", ".join(f"{count} {state}" for state, count in failed.items()) or "0"
        kind = f"{row['message_type']}{', TEST' if row['status'] == AlertStatus.TEST else ''}"
        numbers = (row["eligible"], row["sent"], row["waiting"])
        minutes = (row["p50_minutes"], row["p95_minutes"])
        shown = ["" if value is None else str(value) for value in (*numbers, reasons, *minutes)]
        table.add_row(str(row["alert"]), row["advisory"], kind, row["state"], *shown)
    out.print(table)
    out.print(f"{fields['subscribers']} subscribers, {fields['canaries']} canaries.{_few(fields['canaries'])}")
    out.print(f"Last weekly test: {fields['last_test_at'] or 'never'}.")
    if fields["held"]:
        out.print(f"All alerts are HELD: {fields['held']}. Let them go on with: satark alerts go-on", markup=False)
    out.print(f"Sender: {fields['sender'] or 'none is running'}, last seen {fields['sender_seen_at'] or 'never'}.")
    for found in fields["not_arrived"]:
        out.print(f"NOT ARRIVED: alert {found['alert']}: {found['words']} (due since {found['since']})", markup=False)


def _present(as_json: bool, fields: Mapping[str, Any], words: str) -> None:
    typer.echo(json.dumps(fields, ensure_ascii=False) if as_json else words)


def _name(by: str | None) -> str:
    if by and by.strip():
        return by.strip()
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container may run under a number without a name
        return "cli"

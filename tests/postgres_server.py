"""A PostgreSQL server of the tests' own: in a temporary folder, on loopback, run by an unprivileged user, and stopped.

Used where PostgreSQL is installed; elsewhere the tests that need it are skipped and say so.
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

import psycopg

from knowledge.database import build_engine, upgrade

USERS = ("postgres", "nobody")  # whom the server may run as: PostgreSQL refuses root
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=40"  # nothing must last


class PostgresServer:
    """A running server. Each database that it hands out is empty but migrated."""

    def __init__(self, port):
        self.port = port
        self._admin = f"host=127.0.0.1 port={port} user=satark dbname=postgres"
        self._run('CREATE DATABASE "template_satark"')
        engine = build_engine(self._url("template_satark"))
        upgrade(engine)
        engine.dispose()

    @contextlib.contextmanager
    def database(self):
        """Give the address of a new database, and drop it afterwards."""
        name = f"t{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "template_satark"')
        try:
            yield self._url(name)
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url(self, name):
        return f"postgresql://satark@127.0.0.1:{self.port}/{name}"

    def _run(self, statement):
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(statement)


def find_programs():
    """Return the folder of PostgreSQL's programs, newest version first, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextlib.contextmanager
def running_server():
    """Start a server, give it, and stop it."""
    programs, folder = find_programs(), Path(tempfile.mkdtemp(prefix="satark-postgres-"))
    user = _user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        _call(user, programs / "initdb", "-D", data, "-U", "satark", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"{QUICK} -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
        _call(user, programs / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
        try:
            yield PostgresServer(port)
        finally:
            _call(user, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user():
    """Whom to become, or None to stay who we are."""
    if os.geteuid() != 0:
        return None
    for name in USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError(f"none of the users {USERS} exists to run PostgreSQL")


def _call(user, *command):
    who = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd="/", timeout=60, **who)

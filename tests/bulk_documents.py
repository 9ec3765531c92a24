"""Makes folders of small notices, adds them by the real command in a process of its own, and kills it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from knowledge.database import DatabaseUnavailable, build_engine, has_database, read_session
from knowledge.desk_models import Draft, Submission

ROOT = Path(__file__).resolve().parents[1]
COUNTRIES = ("Laos", "Cambodia", "Belarus", "Armenia", "Oman", "Kuwait", "Malaysia", "Myanmar")
JOBS = ("driving", "farm", "nursing", "welding", "cleaning", "typing", "cooking", "tailoring", "security", "packing")


def make_notices(folder: Path, count: int) -> Path:
    """Write so many notices, each of which differs from every other in more than a number."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        country, job = COUNTRIES[number % len(COUNTRIES)], JOBS[number // len(COUNTRIES) % len(JOBS)]
        words = (
            f"Advisory {number} on {job} jobs in {country}\n\nThe Embassy has received {number + 2} complaints about "
            f"fake job offers for {job} work in {country}. Agents of group {number} took money and vanished.\n"
        )
        (folder / f"notice-{number:04}.txt").write_text(words)
    return folder


class Adding:
    """The command `satark-ingest add FOLDER` on a database of its own, as a process that can be killed."""

    def __init__(self, folder: Path, notices: Path) -> None:
        self.url = f"sqlite:///{folder / 'satark.sqlite3'}"
        self.engine = build_engine(self.url)
        self.notices = notices
        self.environment = os.environ | {
            "DATABASE_URL": self.url,
            "DATA_DIR": str(folder),
            "EMBEDDING_MODEL": "bundled:no-such-model",
        }

    def begins(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "ingest", "add", str(self.notices), "--by", "cli:tester", "--json"]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def is_killed_after(self, more: int, chance: random.Random) -> int:
        """Kill it without warning once so many more drafts are stored; return how many are stored then."""
        process = self.begins()
        wanted = self.count() + more
        while self.count() < wanted and process.poll() is None:
            time.sleep(0.02)
        time.sleep(chance.random() * 0.3)  # in the middle of whatever it is doing
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        return self.count()

    def runs_to_the_end(self) -> subprocess.CompletedProcess[str]:
        process = self.begins()
        out, err = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def count(self) -> int:
        try:
            if not has_database(self.engine):
                return 0
            with read_session(self.engine) as session:
                return session.scalar(select(func.count()).select_from(Draft)) or 0
        except DatabaseUnavailable:
            return 0

    def stored(self) -> tuple[list[str], list[str]]:
        """The titles of all drafts, and the hashes of all contents that were read."""
        with read_session(self.engine) as session:
            titles = [draft.fields["title"] for draft in session.scalars(select(Draft))]
            hashes = [hashed for hashed in session.scalars(select(Submission.read_hash)) if hashed]
        return titles, hashes

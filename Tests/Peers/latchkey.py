"""The program under test: its server, its command line, and what the tests read from both."""

import json
import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from processes import Program

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("LATCHKEY", ROOT / ".build/debug/latchkey")).absolute()
DOMAIN = "example.com"


def overlaid(below: dict, above: dict) -> dict:
    """`below` with every value of `above` in its place; groups of settings are joined."""
    return below | {
        name: overlaid(below[name], value) if isinstance(value, dict) and name in below else value
        for name, value in above.items()
    }


def replaced(snippet: str, old: str, new: str) -> str:
    """With what an administrator fills in, and a test must."""
    assert old in snippet, f"{old!r} is not in:\n{snippet}"
    return snippet.replace(old, new)


@dataclass(frozen=True)
class AppPassword:
    id: str
    secret: str
    account: str

    @property
    def mistyped(self) -> str:
        """With one letter typed wrongly, as the check letter must notice."""
        return self.secret[:-1] + ("b" if self.secret[-1] == "a" else "a")


class Refused(Exception):
    """A command that ended with an error, and the line it gave."""


class Latchkey:
    """One installation in `place`: data, configuration, a server that can be stopped, killed and started again."""

    def __init__(
        self, place: Path, *, group: int | None = None, durability: str = "strict", doors: dict | None = None, **settings
    ):
        """`doors` and further `settings` are laid over what every test has, group by group."""
        if not BINARY.exists():
            raise FileNotFoundError(f"{BINARY} is missing: swift build --product latchkey, or set LATCHKEY")
        self.place = place
        self.data = place / "data"
        self.socket = place / "auth"
        self.log = place / "latchkey.log"
        self.group = group
        self.server: Program | None = None
        self.run("init", "--domain", DOMAIN)
        # In the place of what init wrote, so that the commands, which are only told the data directory, read it too.
        self.configuration = self.data / "latchkey.yaml"
        base = {
            "data": str(self.data),
            "domain": DOMAIN,
            "portal": {"listen": "127.0.0.1:0"},
            "doors": {
                "http": {"listen": ["127.0.0.1:0"]},
                "dovecot": {"listen": [f"unix:{self.socket}", "127.0.0.1:0"]},
            },
            "audit": {"durability": durability},
        }
        # JSON is YAML.
        self.configuration.write_text(json.dumps(overlaid(base, {"doors": doors or {}, **settings}), indent=2))

    # The server

    def start(self) -> "Latchkey":
        # A restarted server writes on in the same file.
        beginning = self.log.stat().st_size if self.log.exists() else 0
        self.server = Program([str(BINARY), "serve", "--config", str(self.configuration)], self.log, group=self.group)
        self.server.await_ready(lambda: "latchkey: ready" in self._written_since(beginning))
        self.announced = self._written_since(beginning)
        return self

    def __enter__(self) -> "Latchkey":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        if self.server:
            self.server.stop()
        self.server = None

    def kill(self) -> None:
        if self.server:
            self.server.kill()
        self.server = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server answers nobody meanwhile, but is there."""
        assert self.server
        self.server.send(signal.SIGSTOP)
        try:
            yield
        finally:
            self.server.send(signal.SIGCONT)

    @contextmanager
    def database_held(self) -> Iterator[None]:
        """Another process is writing to the database meanwhile, and does not come to an end."""
        other = sqlite3.connect(self.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()

    @property
    def database(self) -> Path:
        return self.data / "latchkey.db"

    @property
    def portal(self) -> str:
        return self._announcement(r"portal (https?://\S+)").rstrip("/")

    @property
    def setup_link(self) -> str:
        return self._announcement(r"(https?://\S+/setup/\S+)")

    @property
    def http_door(self) -> str:
        return "http://" + self._announcement(r"door http (\S+)")

    def port(self, door: str) -> int:
        """Where a door listens on 127.0.0.1."""
        return int(self._announcement(rf"door {door} 127\.0\.0\.1:(\d+)"))

    def _announcement(self, pattern: str) -> str:
        found = re.search(pattern, self.announced)
        assert found, f"the server did not say {pattern!r} but:\n{self.announced}"
        return found[1]

    def _written_since(self, beginning: int) -> str:
        with self.log.open("rb") as log:
            log.seek(beginning)
            return log.read().decode(errors="replace")

    # The command line

    def command(self, *arguments: str) -> list[str]:
        return [str(BINARY), *arguments, "--data", str(self.data)]

    def run(self, *arguments: str, input: str = "") -> str:
        """What the command writes; raises `Refused` with its error if it fails."""
        ended = subprocess.run(self.command(*arguments), input=input, capture_output=True, text=True, timeout=60)
        if ended.returncode != 0:
            raise Refused(f"{' '.join(arguments)}: {ended.stderr.strip() or ended.stdout.strip()}")
        return ended.stdout

    def ask(self, *arguments: str, input: str = ""):
        return json.loads(self.run(*arguments, "--json", input=input))

    def snippet(self, server: str, *options: str) -> str:
        """The server's configuration for this installation, as its administrator would paste it."""
        return self.run("snippet", server, *options)

    def add_account(self, login: str) -> str:
        self.run("account", "add", login)
        return login

    def create(
        self, account: str, *services: str, name: str = "Thunderbird on the laptop", **options: str
    ) -> AppPassword:
        chosen = [word for service in services or ["smtp"] for word in ("--service", service)]
        more = [word for option, value in options.items() for word in (f"--{option}", value)]
        made = self.ask(
            *("app-password", "create", "--account", account, "--name", name),
            *("--application", "email-client", *chosen, *more),
        )
        return AppPassword(made["id"], made["secret"], account)

    def rotate(self, old: AppPassword) -> AppPassword:
        made = self.ask("app-password", "rotate", old.id)
        return AppPassword(made["id"], made["secret"], old.account)

    def revoke(self, app_password: AppPassword) -> None:
        self.ask("app-password", "revoke", app_password.id)

    def let_expire(self, app_password: AppPassword) -> None:
        """Moves its end to a second ago: the shortest life that can be asked for is a minute."""
        with sqlite3.connect(self.database) as database:
            changed = database.execute(
                "UPDATE app_password SET expires = (unixepoch() - 1) * 1000000 WHERE id = ?",
                (bytes.fromhex(app_password.id.replace("-", "")),),
            )
            assert changed.rowcount == 1, "no such app password in the database"

    def let_codes_grow_old(self) -> None:
        """As if everybody's last code had been typed an hour ago: dangerous things ask for a new one."""
        with sqlite3.connect(self.database) as database:
            database.execute("UPDATE session SET strong_at = strong_at - 3600 * 1000000")

    def forget_used_codes(self) -> None:
        """So that a test needs not wait for the next half minute."""
        with sqlite3.connect(self.database) as database:
            database.execute("UPDATE totp SET last_step = NULL")

    def service_token(self, name: str, *services: str) -> dict[str, str]:
        """Its `id` and the `token` itself; for any service if none is named."""
        return self.ask(
            "service-token", "create", name, *(word for service in services for word in ("--service", service))
        )

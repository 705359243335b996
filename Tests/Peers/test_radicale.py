"""Radicale, a CalDAV and CardDAV server, asks through the Dovecot door, with `type = dovecot`, and the LDAP door, with `type = ldap`."""

import base64
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from latchkey import Latchkey, replaced
from places import Place
from processes import Program, free_port, is_listening

#: What Radicale calls itself to a Dovecot.
SERVICE = "radicale"

CONFIGURATION = """\
[server]
hosts = 127.0.0.1:{port}
{auth}
# Answers are awaited by a test, not by a guesser.
delay = 0
[storage]
filesystem_folder = {place}/collections
"""


class Radicale:
    def __init__(self, place: Path, snippet: str):
        self.port = free_port()
        self.place = place / "radicale"
        self.place.mkdir()
        self.configuration = self.place / "config"
        self.configuration.write_text(CONFIGURATION.format(place=self.place, port=self.port, auth=snippet))

    def __enter__(self) -> "Radicale":
        command = [sys.executable, "-m", "radicale", "--config", str(self.configuration)]
        self.program = Program(command, self.place / "radicale.log")
        self.program.await_ready(lambda: is_listening(self.port))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def propfind(self, login: str, secret: str) -> int:
        """The status of a calendar client's first question, about its own collections."""
        credentials = base64.b64encode(f"{login}:{secret}".encode()).decode()
        question = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{login}/",
            method="PROPFIND",
            headers={"Authorization": f"Basic {credentials}", "Depth": "0"},
        )
        try:
            with urllib.request.urlopen(question, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code


@pytest.fixture
def radicale(place: Place, latchkey: Latchkey) -> Iterator[Radicale]:
    with Radicale(place.path, latchkey.snippet("radicale")) as radicale:
        yield radicale


def test_the_right_app_password_finds_its_calendars_and_others_do_not(radicale: Radicale, latchkey: Latchkey):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, SERVICE)
    assert radicale.propfind(alice, app_password.secret) == 207
    assert radicale.propfind(alice, app_password.mistyped) == 401
    assert radicale.propfind(alice, latchkey.create(alice, "smtp").secret) == 401
    latchkey.revoke(app_password)
    assert radicale.propfind(alice, app_password.secret) == 401


def test_after_a_crash_radicale_goes_on_without_being_restarted(radicale: Radicale, latchkey: Latchkey):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, SERVICE)
    latchkey.kill()
    assert radicale.propfind(alice, app_password.secret) != 207
    latchkey.start()
    assert radicale.propfind(alice, app_password.secret) == 207


@pytest.fixture
def ldap_latchkey(place: Place) -> Iterator[Latchkey]:
    # A snippet has no address for port 0.
    with Latchkey(place.path, doors={"ldap": {"listen": [f"127.0.0.1:{free_port()}"]}}).start() as latchkey:
        yield latchkey


@pytest.fixture
def ldap_radicale(place: Place, ldap_latchkey: Latchkey) -> Iterator[Radicale]:
    token = place.path / "latchkey.token"
    token.touch(mode=0o600)
    token.write_text(ldap_latchkey.ask("service-token", "create", "radicale", "--read-directory")["token"])
    snippet = replaced(ldap_latchkey.snippet("radicale-ldap"), "/etc/radicale/latchkey.token", str(token))
    with Radicale(place.path, snippet) as radicale:
        yield radicale


def test_by_ldap_the_right_app_password_finds_its_calendars_and_others_do_not(
    ldap_radicale: Radicale, ldap_latchkey: Latchkey
):
    alice = ldap_latchkey.add_account("alice@example.com")
    app_password = ldap_latchkey.create(alice, SERVICE)
    assert ldap_radicale.propfind(alice, app_password.secret) == 207
    assert ldap_radicale.propfind(alice, app_password.mistyped) == 401
    assert ldap_radicale.propfind(alice, ldap_latchkey.create(alice, "ldap").secret) == 401
    assert ldap_radicale.propfind("nobody@example.com", app_password.secret) == 401
    with ldap_latchkey.database_held():
        assert ldap_radicale.propfind(alice, app_password.secret) != 207
    assert ldap_radicale.propfind(alice, app_password.secret) == 207
    ldap_latchkey.revoke(app_password)
    assert ldap_radicale.propfind(alice, app_password.secret) == 401

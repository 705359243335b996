"""What tests of single sign-on have in common, whichever provider they are with."""

import sqlite3
from base64 import b64encode
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import expect

from latchkey import Latchkey
from portal import Visit
from processes import free_port

NEWCOMERS = {"create-accounts": True, "allowed-domains": ["example.com"], "single-factor": "accept"}


def rows(latchkey: Latchkey, query: str) -> list[tuple]:
    with sqlite3.connect(latchkey.database) as database:
        return database.execute(query).fetchall()


def at_home(visit: Visit) -> None:
    expect(visit.page.locator("h1")).to_have_text("Security info")


def accepts(latchkey: Latchkey, login: str, secret: str) -> bool:
    """Whether the HTTP door lets this app password in."""
    credentials = b64encode(f"{login}:{secret}".encode()).decode()
    question = Request(f"{latchkey.http_door}/auth/basic/imap", headers={"Authorization": f"Basic {credentials}"})
    try:
        urlopen(question, timeout=10).close()
        return True
    except HTTPError as error:
        assert error.code == 401, error.read()
        return False


class Installation:
    """Latchkey at a port that is known before it starts, as a provider must know where people come back to."""

    def __init__(self, place: Path):
        self.port = free_port()
        self.portal = f"http://localhost:{self.port}"
        self.place = place
        #: Of the configuration, beside the portal and its provider.
        self.further: dict = {}

    def latchkey(self, issuer: str, secret: str | None, **settings) -> Latchkey:
        provider = {"title": "Example ID", "issuer": issuer, "client-id": "latchkey"} | settings
        if secret is None:
            provider["authentication"] = "none"
        else:
            file = self.place / "client.secret"
            file.write_text(secret + "\n")
            file.chmod(0o600)
            provider["client-secret-file"] = str(file)
        return Latchkey(
            self.place,
            portal={"listen": f"127.0.0.1:{self.port}"},
            sso={"providers": {"example": provider}},
            **self.further,
        )


def refused(visit: Visit, latchkey: Latchkey) -> None:
    expect(visit.page.locator("h1")).to_have_text("You are not signed in")
    expect(visit.page.locator("#other-way")).to_be_visible()
    assert rows(latchkey, "SELECT COUNT(*) FROM session") == [(0,)]
    assert rows(latchkey, "SELECT COUNT(*) FROM account") == [(0,)]
    assert all(cookie["name"] != "__Host-latchkey" for cookie in visit.page.context.cookies())

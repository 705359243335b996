"""nginx asks through the HTTP door, with `auth_request`, before it gives a page away."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from latchkey import Latchkey
from nginx import Nginx
from places import Place
from processes import find_program, free_port

SERVICE = "http:wiki"

SERVER = """\
  server {{
    listen 127.0.0.1:{port};
{snippet}
    location / {{
      auth_request /_latchkey;
      auth_request_set $remote_user_checked $upstream_http_remote_user;
      add_header Seen-Remote-User $remote_user_checked always;
      auth_request_set $remote_groups_checked $upstream_http_remote_groups;
      add_header Seen-Remote-Groups $remote_groups_checked always;
      root {pages};
    }}
  }}
"""


class Wiki(Nginx):
    def __init__(self, place: Path, snippet: str):
        pages = place / "pages"
        pages.mkdir()
        (pages / "index.html").write_text("the wiki's first page")
        port = free_port()
        super().__init__(place, port, SERVER.format(port=port, snippet=snippet, pages=pages))

    def get(self, *credentials: str) -> tuple[int, dict[str, str], str]:
        """Status, header fields (lower-case names) and body, as curl gets them."""
        command = [find_program("curl", "curl"), "--silent", "--show-error", "--include", "--max-time", "30"]
        if credentials:
            command += ["--user", ":".join(credentials)]
        answer = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}/"], check=True, capture_output=True, text=True
        )
        head, _, body = answer.stdout.replace("\r\n", "\n").partition("\n\n")
        status, *fields = head.split("\n")
        return (
            int(status.split()[1]),
            {name.lower(): value for name, _, value in (f.partition(": ") for f in fields)},
            body,
        )


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    """Its HTTP door at a port that a snippet can name."""
    with Latchkey(place.path, doors={"http": {"listen": [f"127.0.0.1:{free_port()}"]}}).start() as latchkey:
        yield latchkey


@pytest.fixture
def nginx(place: Place, latchkey: Latchkey) -> Iterator[Wiki]:
    with Wiki(place.path, latchkey.snippet("nginx", "--service", SERVICE)) as nginx:
        yield nginx


def test_the_right_app_password_opens_the_page(nginx: Wiki, latchkey: Latchkey):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"), SERVICE)
    status, fields, body = nginx.get("Alice@example.com", app_password.secret.upper())
    assert (status, body) == (200, "the wiki's first page")
    assert fields["seen-remote-user"] == "alice@example.com"


def test_the_application_is_told_the_groups_of_the_moment(nginx: Wiki, latchkey: Latchkey):
    alice = latchkey.add_account("alice@example.com")
    secret = latchkey.create(alice, SERVICE).secret
    assert "seen-remote-groups" not in nginx.get(alice, secret)[1]
    for name in "wiki-editors", "admins":
        latchkey.run("group", "add", name)
        latchkey.run("group", "add-member", name, alice)
    assert nginx.get(alice, secret)[1]["seen-remote-groups"] == "admins,wiki-editors"
    latchkey.run("group", "delete", "admins", "--yes")
    assert nginx.get(alice, secret)[1]["seen-remote-groups"] == "wiki-editors"


def test_without_credentials_the_browser_is_asked_for_them(nginx: Wiki):
    status, fields, _ = nginx.get()
    assert status == 401
    assert fields["www-authenticate"].lower().startswith("basic realm=")


def test_wrong_and_revoked_app_passwords_are_refused_at_once(nginx: Wiki, latchkey: Latchkey):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, SERVICE)
    assert nginx.get(alice, app_password.mistyped)[0] == 401
    assert nginx.get(alice, latchkey.create(alice, "smtp").secret)[0] == 401
    assert nginx.get(alice, app_password.secret)[0] == 200
    latchkey.revoke(app_password)
    status, fields, body = nginx.get(alice, app_password.secret)
    assert status == 401
    assert "seen-remote-user" not in fields
    assert "first page" not in body


@pytest.mark.parametrize(
    "name, secret",
    [
        ("alice@example.com", "with:colons:in:it"),
        ("alice@example.com", "pässwörd ✓ 100%+&"),
        ("älice@example.com", "x"),
        ("alice\t@example.com", "a\ttab"),
        ("", "no name"),
        ("alice@example.com", ""),
        ("a" * 2_000, "a long name"),
        ("alice@example.com", "a long secret" * 300),
    ],
)
def test_odd_credentials_are_wrong_and_break_nothing(nginx: Wiki, latchkey: Latchkey, name: str, secret: str):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"), SERVICE)
    assert nginx.get(name, secret)[0] == 401
    assert nginx.get("alice@example.com", app_password.secret)[0] == 200


def test_while_the_door_is_down_nobody_gets_in(nginx: Wiki, latchkey: Latchkey):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"), SERVICE)
    latchkey.kill()
    assert nginx.get("alice@example.com", app_password.secret)[0] == 500


def test_while_the_database_is_held_nobody_is_called_wrong(nginx: Wiki, latchkey: Latchkey):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"), SERVICE)
    with latchkey.database_held():
        assert nginx.get("alice@example.com", app_password.secret)[0] == 500
    assert nginx.get("alice@example.com", app_password.secret)[0] == 200

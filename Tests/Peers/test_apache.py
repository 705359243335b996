"""Apache asks through the LDAP door, with `mod_authnz_ldap`: it finds the person, binds as them, and compares with a group."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from latchkey import Latchkey, replaced
from places import Place
from processes import Program, find_program, free_port, is_listening

SERVICE = "wiki"
TREE = f"app={SERVICE},dc=example,dc=com"

CONFIGURATION = """\
ServerRoot {place}
ServerName localhost
DefaultRuntimeDir {place}
PidFile {place}/apache.pid
Listen 127.0.0.1:{port}
User nobody
Group nogroup
ErrorLog {place}/apache-errors.log
{modules}
StartServers 1
DocumentRoot {place}/pages
Header set Seen-User "expr=%{{REMOTE_USER}}"
{snippet}
"""

MODULES = "mpm_event authn_core authz_core authz_user auth_basic ldap authnz_ldap headers"


class Apache:
    def __init__(self, place: Path, snippet: str, token: str):
        self.port = free_port()
        self.place = place / "apache"
        (self.place / "pages").mkdir(parents=True)
        (self.place / "pages/index.html").write_text("the wiki's first page")
        token_file = self.place / "latchkey.token"
        token_file.touch(mode=0o600)
        token_file.write_text(token)
        modules = [f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES.split()]
        self.configuration = self.place / "apache.conf"
        self.configuration.write_text(
            CONFIGURATION.format(
                place=self.place,
                port=self.port,
                modules="\n".join(modules),
                snippet=replaced(snippet, "/etc/apache2/latchkey.token", str(token_file)),
            )
        )

    def __enter__(self) -> "Apache":
        command = [find_program("apache2", "apache2-bin"), "-D", "FOREGROUND", "-f", str(self.configuration)]
        self.program = Program(command, self.place / "apache.log")
        self.program.await_ready(lambda: is_listening(self.port))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def get(self, *credentials: str) -> tuple[int, str]:
        """The status, and whom Apache takes the reader for."""
        command = [find_program("curl", "curl"), "--silent", "--show-error", "--include", "--max-time", "30"]
        if credentials:
            command += ["--user", ":".join(credentials)]
        answer = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}/index.html"], check=True, capture_output=True, text=True
        ).stdout
        assert ("the wiki's first page" in answer) == (" 200 " in answer.split("\n")[0])
        seen = [line.partition(": ")[2].strip() for line in answer.split("\n") if line.startswith("Seen-User:")]
        return int(answer.split()[1]), "".join(seen)


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    # A snippet has no address for port 0.
    with Latchkey(place.path, doors={"ldap": {"listen": [f"127.0.0.1:{free_port()}"]}}).start() as latchkey:
        yield latchkey


@pytest.fixture
def snippet(latchkey: Latchkey) -> str:
    return latchkey.snippet("apache", "--service", SERVICE)


@pytest.fixture
def token(latchkey: Latchkey) -> str:
    return latchkey.ask("service-token", "create", "apache", "--read-directory")["token"]


def test_the_right_app_password_opens_the_page_and_others_do_not(
    place: Place, latchkey: Latchkey, snippet: str, token: str
):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, SERVICE)
    with Apache(place.path, snippet, token) as apache:
        assert apache.get()[0] == 401
        for login in (alice, "alice", "Alice@Example.com"):
            assert apache.get(login, app_password.secret) == (200, alice)
        for secret in (app_password.mistyped, latchkey.create(alice, "ldap").secret, "x", ""):
            assert apache.get(alice, secret)[0] == 401
        assert apache.get("nobody@example.com", app_password.secret)[0] == 401
        assert apache.get("*", app_password.secret)[0] == 401
        # At once: nothing is remembered.
        assert apache.get(alice, app_password.secret)[0] == 200
        latchkey.revoke(app_password)
        assert apache.get(alice, app_password.secret)[0] == 401


def test_only_the_members_of_a_group_get_in_and_only_while_they_are(
    place: Place, latchkey: Latchkey, snippet: str, token: str
):
    latchkey.run("group", "add", "staff")
    alice, bob = latchkey.add_account("alice@example.com"), latchkey.add_account("bob@example.com")
    latchkey.run("group", "add-member", "staff", alice)
    alices, bobs = latchkey.create(alice, SERVICE), latchkey.create(bob, SERVICE)
    everybody, group = "    Require valid-user\n", f"Require ldap-group cn=staff,ou=groups,{TREE}"
    snippet = replaced(replaced(snippet, everybody, ""), f"# Or: {group}", group)
    with Apache(place.path, snippet, token) as apache:
        assert apache.get(alice, alices.secret) == (200, alice)
        assert apache.get("alice", alices.mistyped)[0] == 401
        assert apache.get(bob, bobs.secret)[0] == 401
        latchkey.run("group", "add-member", "staff", bob)
        assert apache.get(bob, bobs.secret) == (200, bob)
        latchkey.run("group", "remove-member", "staff", alice)
        assert apache.get(alice, alices.secret)[0] == 401


def test_while_latchkey_is_in_trouble_nobody_gets_in_and_apache_goes_on_afterwards(
    place: Place, latchkey: Latchkey, snippet: str, token: str
):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, SERVICE)
    with Apache(place.path, snippet, token) as apache:
        assert apache.get(alice, app_password.secret)[0] == 200
        with latchkey.database_held():
            assert apache.get(alice, app_password.secret)[0] == 500
        latchkey.kill()
        assert apache.get(alice, app_password.secret)[0] == 500
        latchkey.start()
        assert apache.get(alice, app_password.secret)[0] == 200

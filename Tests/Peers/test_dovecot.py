"""Dovecot, an IMAP server, signs people in through the LDAP door, with `passdb ldap` and `auth_bind`."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from certificate import Certificate
from latchkey import Latchkey
from places import Place
from processes import Program, find_program, free_port, is_listening

BASE = "dc=example,dc=com"

CONFIGURATION = """\
base_dir = {place}/run
state_dir = {place}/run
log_path = {place}/dovecot-mail.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{place}/mail/%u
mail_uid = {user}
mail_gid = {user}
first_valid_uid = 1
# Answers are awaited by a test, not by a guesser.
auth_failure_delay = 0
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
}}
passdb {{
  driver = ldap
  args = {place}/ldap.conf.ext
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={place}/mail/%u
}}
"""

#: A service account looks for the person, by name or address, below the app that they then bind under.
SEARCH_AND_BIND = """\
uris = {uri}
tls_ca_cert_file = {certificate}
dn = cn=dovecot,ou=services,dc=example,dc=com
dnpass = {token}
auth_bind = yes
base = ou=people,app=imap,dc=example,dc=com
pass_filter = (&(objectClass=inetOrgPerson)(|(uid=%u)(mail=%u)))
pass_attrs = uid=user
"""


class Dovecot:
    def __init__(self, place: Path, ldap: str):
        self.place = place / "dovecot"
        self.place.mkdir()
        mail = self.place / "mail"
        mail.mkdir()
        user = pwd.getpwnam("dovecot")
        os.chown(mail, user.pw_uid, user.pw_gid)
        self.port = free_port()
        self.configuration = self.place / "dovecot.conf"
        self.configuration.write_text(CONFIGURATION.format(place=self.place, port=self.port, user=user.pw_name))
        (self.place / "ldap.conf.ext").write_text(ldap)

    def __enter__(self) -> "Dovecot":
        command = [find_program("dovecot", "dovecot-core"), "-F", "-c", str(self.configuration)]
        self.program = Program(command, self.place / "dovecot.log")
        self.program.await_ready(lambda: is_listening(self.port))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def auth_test(self, login: str, secret: str) -> str:
        """What `doveadm auth test` says of a name and a secret, in a word."""
        ended = subprocess.run(
            [
                *(find_program("doveadm", "dovecot-core"), "-c", str(self.configuration)),
                *("auth", "test", "-x", "service=imap", login, secret),
            ],
            capture_output=True,
            text=True,
            timeout=30,
        )
        output = ended.stdout + ended.stderr
        for words, word in [("auth succeeded", "yes"), ("temp_fail", "later"), ("auth failed", "no")]:
            if words in output:
                return word
        raise AssertionError(output)

    def login(self, login: str, secret: str) -> int:
        """The exit status of curl after listing the mailboxes: 67 is a login denied."""
        ended = subprocess.run(
            [
                *(find_program("curl", "curl"), "--silent", "--show-error", "--user", f"{login}:{secret}"),
                *("--request", "NOOP", f"imap://127.0.0.1:{self.port}/"),
            ],
            capture_output=True,
            text=True,
            timeout=30,
        )
        return ended.returncode


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    # A snippet has no address for port 0.
    ldap = {"listen": [f"127.0.0.1:{free_port()}"], "tls-listen": ["127.0.0.1:0"]}
    with Latchkey(place.path, doors={"ldap": ldap}, tls=Certificate.make(place.path).settings).start() as latchkey:
        yield latchkey


@pytest.fixture
def bind_only(latchkey: Latchkey) -> str:
    """Dovecot's own configuration for LDAP, as Latchkey writes it: no search, the name is made of what was typed."""
    return latchkey.run("snippet", "dovecot")


def test_dovecot_signs_people_in_by_a_bind_under_the_name_they_typed(place: Place, latchkey: Latchkey, bind_only: str):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, "imap")
    elsewhere = latchkey.create(alice, "smtp")
    with Dovecot(place.path, bind_only) as server:
        for login in [alice, "alice"]:
            assert server.auth_test(login, app_password.secret) == "yes"
            assert server.login(login, app_password.secret) == 0
        for secret in [app_password.mistyped, elsewhere.secret, "wrong"]:
            assert server.auth_test(alice, secret) == "no"
        assert server.login(alice, app_password.mistyped) == 67
        assert server.auth_test("nobody@example.com", app_password.secret) == "no"
        latchkey.revoke(app_password)
        assert server.login(alice, app_password.secret) == 67


def test_dovecot_finds_people_and_binds_under_the_name_that_it_found(place: Place, latchkey: Latchkey):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, "imap")
    token = latchkey.ask("service-token", "create", "dovecot", "--read-directory")["token"]
    uri = f"ldaps://127.0.0.1:{latchkey.port('ldaps')}"
    ldap = SEARCH_AND_BIND.format(uri=uri, certificate=place.path / "tls.pem", token=token)
    with Dovecot(place.path, ldap) as server:
        assert server.auth_test(alice, app_password.secret) == "yes"
        assert server.login(alice, app_password.secret) == 0
        assert server.auth_test(alice, latchkey.create(alice, "ldap").secret) == "no"
        assert server.auth_test("nobody@example.com", app_password.secret) == "no"
        assert server.login(alice, app_password.mistyped) == 67


def test_while_latchkey_cannot_answer_dovecot_says_try_again(place: Place, latchkey: Latchkey, bind_only: str):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, "imap")
    with Dovecot(place.path, bind_only) as server:
        assert server.auth_test(alice, app_password.secret) == "yes"
        with latchkey.database_held():
            assert server.auth_test(alice, app_password.secret) == "later"
        assert server.auth_test(alice, app_password.secret) == "yes"

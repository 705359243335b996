"""Dovecot asks with `passdb { driver = checkpassword }` and `latchkey check --checkpassword`."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from latchkey import BINARY, AppPassword, Latchkey
from places import Place
from processes import Program, find_program, free_port, is_listening

CONFIGURATION = """\
base_dir = {place}/run
state_dir = {place}/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
# Answers are awaited by a test, not by a guesser.
auth_failure_delay = 0
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
{passdb}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={place}/mail/%u
}}
"""


@dataclass(frozen=True)
class Answer:
    accepted: bool
    said: str


class Dovecot:
    #: Its auth process runs as this group.
    GROUP = "dovecot"

    def __init__(self, place: Path, latchkey: Latchkey):
        if os.geteuid() != 0:
            raise PermissionError("Dovecot can only be started by root")
        self.port = free_port()
        self.place = place / "dovecot"
        (self.place / "mail").mkdir(parents=True)
        (self.place / "mail").chmod(0o777)
        self.configuration = self.place / "dovecot.conf"
        self.configuration.write_text(
            CONFIGURATION.format(place=self.place, port=self.port, passdb=latchkey.run("snippet", "dovecot-passdb"))
        )

    def __enter__(self) -> "Dovecot":
        dovecot = find_program("dovecot", "dovecot-imapd")
        self.program = Program([dovecot, "-F", "-c", str(self.configuration)], self.place / "dovecot.log")
        self.program.await_ready(lambda: is_listening(self.port))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def test(self, login: str, secret: str, *fields: str) -> Answer:
        """What `doveadm auth test` says. `fields`: such as `service=imap`."""
        command = [find_program("doveadm", "dovecot-core"), "-c", self.configuration, "auth", "test"]
        command += [word for field in fields or ["service=imap"] for word in ("-x", field)]
        ended = subprocess.run([*command, login, secret], capture_output=True, text=True, timeout=60)
        return Answer(ended.returncode == 0, ended.stdout + ended.stderr)

    def sign_in(self, login: str, secret: str) -> Answer:
        """An IMAP login with curl, which lists the folders."""
        command = [find_program("curl", "curl"), "-sS", "--max-time", "40", f"imap://127.0.0.1:{self.port}/", "-v"]
        ended = subprocess.run([*command, "-u", f"{login}:{secret}"], capture_output=True, text=True, timeout=60)
        return Answer(ended.returncode == 0 and "LIST" in ended.stdout, ended.stdout + ended.stderr)


@dataclass
class MailHouse:
    latchkey: Latchkey
    dovecot: Dovecot

    def accepts(self, app_password: AppPassword, *fields: str) -> bool:
        return self.dovecot.test(app_password.account, app_password.secret, *fields).accepted


def latchkey_for_dovecot(place: Path) -> Latchkey:
    return Latchkey(place, check={"socket": f"unix:{place}/check", "socket-group": Dovecot.GROUP})


@pytest.fixture(scope="module")
def house() -> Iterator[MailHouse]:
    with Place() as place:
        with latchkey_for_dovecot(place.path).start() as latchkey, Dovecot(place.path, latchkey) as dovecot:
            yield MailHouse(latchkey, dovecot)


@pytest.fixture
def account(house: MailHouse) -> str:
    return house.latchkey.add_account(f"user-{uuid4().hex[:12]}@example.com")


def test_the_right_app_password_signs_in(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, "imap")
    answer = house.dovecot.test(account, app_password.secret)
    assert answer.accepted, answer.said
    answer = house.dovecot.sign_in(account, app_password.secret)
    assert answer.accepted, answer.said


def test_the_mailbox_is_the_accounts_own_whatever_name_was_typed(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, "imap")
    answer = house.dovecot.test(account.partition("@")[0].upper(), app_password.secret)
    assert answer.accepted and f"user={account}" in answer.said, answer.said


def test_a_wrong_and_a_revoked_one_are_refused_alike(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, "imap")
    assert house.accepts(app_password)
    house.latchkey.revoke(app_password)
    for secret in (app_password.secret, app_password.mistyped, "x"):
        answer = house.dovecot.sign_in(account, secret)
        assert not answer.accepted and "[AUTHENTICATIONFAILED]" in answer.said, answer.said


def test_an_app_password_for_another_service_is_refused(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, "pop3")
    assert not house.accepts(app_password, "service=imap")
    assert house.accepts(app_password, "service=pop3")


def test_the_clients_address_is_held_against_the_networks(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, "imap", network="192.0.2.0/24")
    assert house.accepts(app_password, "service=imap", "rip=192.0.2.7")
    assert not house.accepts(app_password, "service=imap", "rip=203.0.113.7")


@pytest.mark.parametrize("size", [1_000, 2_048, 8_000])
def test_a_huge_password_is_a_wrong_one(house: MailHouse, account: str, size: int):
    app_password = house.latchkey.create(account, "imap")
    answer = house.dovecot.test(account, "a" * size)
    assert not answer.accepted and "temp" not in answer.said, answer.said
    assert house.accepts(app_password)


def test_an_odd_password_is_a_wrong_one(house: MailHouse, account: str):
    house.latchkey.create(account, "imap")
    for secret in ("a\tb", "\x01", "é" * 300, "user=root", " ", "--help"):
        answer = house.dovecot.test(account, f"x{secret}")
        assert not answer.accepted and "temp" not in answer.said, answer.said


def test_trouble_is_temporary(place: Place):
    with latchkey_for_dovecot(place.path).start() as latchkey, Dovecot(place.path, latchkey) as dovecot:
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "imap")
        assert dovecot.sign_in("alice", app_password.secret).accepted
        with latchkey.database_held():
            answer = dovecot.sign_in("alice", app_password.secret)
            assert not answer.accepted and "[UNAVAILABLE]" in answer.said, answer.said
        latchkey.kill()
        answer = dovecot.sign_in("alice", app_password.secret)
        assert not answer.accepted and "[UNAVAILABLE]" in answer.said, answer.said
        latchkey.start()
        assert dovecot.sign_in("alice", app_password.secret).accepted


def test_who_somebody_is_can_not_be_asked(house: MailHouse, account: str):
    """Dovecot asks that of a checkpassword userdb, with an empty password. It must never pass for a sign-in."""
    app_password = house.latchkey.create(account, "imap")
    socket = house.dovecot.place.parent / "check"
    for password in (b"", app_password.secret.encode()):
        ended = run_checkpassword(socket, account.encode() + b"\0" + password + b"\0\0", {"AUTHORIZED": "1"})
        assert ended.returncode == 111 and not ended.stdout, ended


@pytest.mark.parametrize(
    ("written", "code"),
    [(b"", 2), (b"alice", 2), (b"alice\0secret", 2), (b"\0\0\0", 1), (b"alice\0\0\0", 1), (b"a" * 5_000_000, 1)],
)
def test_what_is_written_on_descriptor_3_is_never_misread(house: MailHouse, written: bytes, code: int):
    socket = house.dovecot.place.parent / "check"
    ended = run_checkpassword(socket, written, {})
    assert ended.returncode == code and not ended.stdout, ended


def test_the_program_becomes_the_one_named_with_the_accounts_name(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, "imap")
    socket = house.dovecot.place.parent / "check"
    written = account.partition("@")[0].encode() + b"\0" + app_password.secret.encode() + b"\0Y1\0"
    ended = run_checkpassword(socket, written, {}, "sh", "-c", 'echo "$USER $1"; exit 7', "sh", "--frob")
    assert (ended.returncode, ended.stdout) == (7, f"{account} --frob\n"), ended
    ended = run_checkpassword(socket, written, {}, "/nonexistent/program")
    assert ended.returncode == 111 and app_password.secret not in ended.stderr, ended


def run_checkpassword(
    socket: Path, written: bytes, environment: dict[str, str], *program: str
) -> subprocess.CompletedProcess:
    """As tcpserver would run it: descriptor 3 is a pipe with what is `written`."""
    command = [BINARY, "check", "--checkpassword", "--service", "imap", "--socket", socket, "--"]
    command += program or ["env"]
    reader, writer = os.pipe()
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'exec 3<"/dev/fd/$0" && exec "$@"', str(reader), *command],
        env={"PATH": "/usr/bin:/bin", **environment}, pass_fds=[reader],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(reader)
    try:
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(written)
    except BrokenPipeError:
        pass  # more than anybody reads
    output, errors = process.communicate(timeout=30)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)

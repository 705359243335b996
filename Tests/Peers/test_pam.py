"""PAM asks through `pam_exec` and `latchkey check --pam`, driven by pamtester.

pam_wrapper lends the test a directory of services, so the machine's own /etc/pam.d stays as it is.
"""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from latchkey import BINARY, Latchkey
from packages import library
from places import Place
from processes import find_program

#: /etc/pam.d/SERVICE. `quiet`, or people are told the exit code of a command.
SERVICE = """\
auth     required  pam_exec.so quiet expose_authtok {latchkey} check --pam --data {data} {options}
account  required  pam_permit.so
"""


@dataclass
class Answer:
    accepted: bool
    said: str


class PAM:
    def __init__(self, latchkey: Latchkey):
        self.latchkey = latchkey
        self.services = latchkey.place / "pam.d"
        self.services.mkdir()

    def add(self, service: str, options: str = "") -> None:
        values = {"latchkey": BINARY, "data": self.latchkey.data, "options": options}
        (self.services / service).write_text(SERVICE.format(**values))

    def authenticate(self, service: str, login: str, secret: str, *items: str) -> Answer:
        """`items`: as pamtester has them, `rhost=192.0.2.7`."""
        command = [find_program("pamtester", "pamtester")]
        command += [word for item in items for word in ("-I", item)]
        ended = subprocess.run(
            [*command, service, login, "authenticate"],
            input=secret + "\n",
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("LATCHKEY_")},
                "LD_PRELOAD": str(library("libpam-wrapper", "libpam_wrapper.so")),
                "PAM_WRAPPER": "1",
                "PAM_WRAPPER_SERVICE_DIR": str(self.services),
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        said = ended.stdout + ended.stderr
        assert (ended.returncode == 0) == ("successfully authenticated" in said), said
        return Answer(ended.returncode == 0, said)


@pytest.fixture(scope="module")
def pam() -> Iterator[PAM]:
    with Place() as place, Latchkey(place.path).start() as latchkey:
        pam = PAM(latchkey)
        pam.add("sshd")
        (pam.services / "with-denial").write_text(latchkey.run("snippet", "pam", "--service", "sshd"))
        pam.add("as-vpn", options="--service vpn")
        yield pam


@pytest.fixture
def account(pam: PAM) -> str:
    return pam.latchkey.add_account(f"user-{uuid4().hex[:12]}@example.com")


def test_the_right_app_password_authenticates(pam: PAM, account: str):
    app_password = pam.latchkey.create(account, "sshd")
    answer = pam.authenticate("sshd", account, app_password.secret)
    assert answer.accepted, answer.said
    events = pam.latchkey.ask("audit", "list", "--account", account)
    assert "command" in str(events), events


def test_a_wrong_and_a_revoked_one_do_not(pam: PAM, account: str):
    app_password = pam.latchkey.create(account, "sshd")
    other = pam.latchkey.create(pam.latchkey.add_account(f"other-{account}"), "sshd")
    assert pam.authenticate("sshd", account, app_password.secret).accepted
    pam.latchkey.revoke(app_password)
    for secret in (app_password.secret, app_password.mistyped, other.secret, "x"):
        answer = pam.authenticate("sshd", account, secret)
        assert not answer.accepted and "exit code 1\n" in answer.said, answer.said
        assert secret == "x" or secret not in answer.said


def test_with_the_snippet_a_refusal_is_an_ordinary_one(pam: PAM, account: str):
    app_password = pam.latchkey.create(account, "sshd")
    assert pam.authenticate("with-denial", account, app_password.secret).accepted
    answer = pam.authenticate("with-denial", account, app_password.mistyped)
    assert not answer.accepted and "Authentication failure" in answer.said, answer.said


def test_the_service_is_pams_own_or_the_one_that_is_named(pam: PAM, account: str):
    app_password = pam.latchkey.create(account, "vpn")
    assert not pam.authenticate("sshd", account, app_password.secret).accepted
    assert pam.authenticate("as-vpn", account, app_password.secret).accepted


def test_the_remote_host_is_held_against_the_networks(pam: PAM, account: str):
    app_password = pam.latchkey.create(account, "sshd", network="192.0.2.0/24")
    assert pam.authenticate("sshd", account, app_password.secret, "rhost=192.0.2.7").accepted
    assert not pam.authenticate("sshd", account, app_password.secret, "rhost=203.0.113.7").accepted
    assert not pam.authenticate("sshd", account, app_password.secret, "rhost=laptop.example.com").accepted


@pytest.mark.parametrize("size", [0, 511, 3_000, 100_000])
def test_a_huge_or_empty_password_is_refused(pam: PAM, account: str, size: int):
    app_password = pam.latchkey.create(account, "sshd")
    answer = pam.authenticate("sshd", account, "a" * size)
    assert not answer.accepted, answer.said
    assert pam.authenticate("sshd", account, app_password.secret).accepted


def test_odd_names_are_refused(pam: PAM, account: str):
    app_password = pam.latchkey.create(account, "sshd")
    for login in (f"{account}\tuser=root", f"{account}\n", "é" * 5_000, "*", f"{account}\x01t"):
        answer = pam.authenticate("sshd", login, app_password.secret)
        assert not answer.accepted, answer.said


def test_while_the_database_is_held_or_the_server_away_it_is_temporary(place: Place):
    with Latchkey(place.path).start() as latchkey:
        pam = PAM(latchkey)
        pam.add("sshd")
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "sshd")
        with latchkey.database_held():
            answer = pam.authenticate("sshd", "alice", app_password.secret)
            assert not answer.accepted and "exit code 111" in answer.said, answer.said
        latchkey.kill()
        answer = pam.authenticate("sshd", "alice", app_password.secret)
        assert not answer.accepted and "exit code 111" in answer.said, answer.said
        latchkey.start()
        assert pam.authenticate("sshd", "alice", app_password.secret).accepted


def test_only_root_and_the_servers_own_user_may_ask_unless_a_group_is_named(place: Place):
    with Latchkey(place.path).start() as latchkey:
        assert mode(latchkey.data / "latchkey.sock") == 0o600
    here = place.path / "shared"
    here.mkdir()
    socket = here / "check"
    with Latchkey(here, check={"socket": f"unix:{socket}", "socket-group": "nogroup"}).start() as latchkey:
        assert mode(socket) == 0o660 and socket.group() == "nogroup"
        assert not (latchkey.data / "latchkey.sock").exists()
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "sshd")

        def ask(group: int) -> subprocess.CompletedProcess:
            command = [BINARY, "check", "--pam", "--service", "sshd", "--socket", socket]
            environment = {"PAM_USER": "alice", "PATH": "/usr/bin"}
            return subprocess.run(
                command, input=app_password.secret, env=environment, capture_output=True, text=True, timeout=30,
                user=65_534, group=group, extra_groups=[],
            )

        assert ask(socket.stat().st_gid).returncode == 0
        refused = ask(12_345)
        assert refused.returncode == 111 and "permission denied" in refused.stderr, refused.stderr


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777

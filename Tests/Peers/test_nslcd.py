"""PAM asks through the LDAP door, with `pam_ldap` and its `nslcd`, driven by pamtester.

Neither is installed, or this machine's own logins would ask them: they are unpacked, and run in a mount namespace with an
/etc and a /run of their own.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from latchkey import Latchkey, replaced
from packages import unpacked
from places import Place
from processes import Program, find_program, free_port, until

SERVICE = "vpn"
#: What both programs read of the machine's own.
KEPT = ("group", "hosts", "ld.so.cache", "nsswitch.conf", "passwd", "protocols", "services")

PAM = """\
auth     required  {module}
account  required  {module}
"""


class Machine:
    """What looks to the two programs like a machine where pam_ldap is set up."""

    def __init__(self, place: Path, snippet: str, token: str):
        self.place = place / "machine"
        self.etc = self.place / "etc"
        (self.etc / "pam.d").mkdir(parents=True)
        for name in KEPT:
            if (Path("/etc") / name).exists():
                shutil.copyfile(Path("/etc") / name, self.etc / name)
        with (self.etc / "passwd").open("a") as users, (self.etc / "group").open("a") as groups:
            users.write("nslcd:x:65533:65533::/:/usr/sbin/nologin\n")
            groups.write("nslcd:x:65533:\n")
        configuration = self.etc / "nslcd.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(replaced(snippet, "bindpw TOKEN", f"bindpw {token}"))
        [module] = unpacked("libpam-ldapd").glob("lib/*/security/pam_ldap.so")
        (self.etc / "pam.d" / SERVICE).write_text(PAM.format(module=module))

    def __enter__(self) -> "Machine":
        # nslcd takes the place of the shell, and so its process id leads to the namespace.
        script = 'mount --bind "$0" /etc && mount -t tmpfs none /run && mkdir /run/nslcd && chmod 777 /run/nslcd && exec "$@"'
        nslcd = unpacked("nslcd") / "usr/sbin/nslcd"
        self.program = Program(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(self.etc), str(nslcd), "-d"],
            self.place / "nslcd.log",
        )
        self.program.await_ready(lambda: "accepting connections" in self.program.written())
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def sign_in(self, login: str, secret: str, *more: str) -> tuple[bool, str]:
        """Whether PAM lets somebody in, and what it says. `more`: what else pamtester is to ask PAM for."""
        pid = str(self.program.process.pid)
        ended = subprocess.run(
            ["nsenter", "--target", pid, "--mount", find_program("pamtester", "pamtester"), SERVICE, login]
            + ["authenticate", *more],
            input=secret + "\n",
            capture_output=True,
            text=True,
            timeout=60,
        )
        said = ended.stdout + ended.stderr
        assert (ended.returncode == 0) == ("successfully authenticated" in said), said
        return ended.returncode == 0, said


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    # A snippet has no address for port 0.
    with Latchkey(place.path, doors={"ldap": {"listen": [f"127.0.0.1:{free_port()}"]}}).start() as latchkey:
        yield latchkey


@pytest.fixture
def machine(place: Place, latchkey: Latchkey) -> Iterator[Machine]:
    token = latchkey.ask("service-token", "create", "nslcd", "--read-directory")["token"]
    with Machine(place.path, latchkey.snippet("nslcd", "--service", SERVICE), token) as machine:
        yield machine


def test_the_right_app_password_signs_in_and_others_do_not(machine: Machine, latchkey: Latchkey):
    alice = latchkey.add_account("alice@example.com")
    app_password = latchkey.create(alice, SERVICE)
    for login in (alice, "alice"):
        accepted, said = machine.sign_in(login, app_password.secret, "acct_mgmt")
        assert accepted and "account management done" in said, said
    for secret in (app_password.mistyped, latchkey.create(alice, "ldap").secret, "x"):
        accepted, said = machine.sign_in(alice, secret)
        assert not accepted and "Authentication failure" in said, said
    accepted, said = machine.sign_in("nobody@example.com", app_password.secret)
    assert not accepted, said
    latchkey.revoke(app_password)
    assert not machine.sign_in(alice, app_password.secret)[0]


def test_while_latchkey_is_in_trouble_nobody_gets_in_and_it_goes_on_afterwards(machine: Machine, latchkey: Latchkey):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"), SERVICE)
    assert machine.sign_in("alice", app_password.secret)[0]
    with latchkey.database_held():
        # The door says that it cannot tell; nslcd has one word for every bind that fails.
        assert not machine.sign_in("alice", app_password.secret)[0]
    assert machine.sign_in("alice", app_password.secret)[0]
    latchkey.kill()
    accepted, said = machine.sign_in("alice", app_password.secret)
    assert not accepted and "cannot retrieve authentication info" in said, said
    latchkey.start()
    # After a failure nslcd looks again a second later.
    assert until("nslcd to find the door again", lambda: machine.sign_in("alice", app_password.secret)[0])

"""Exim asks through the Dovecot door, with `driver = dovecot`.

Debian's Exim and Postfix exclude each other as installed packages, so Exim's is fetched and unpacked only. Its binary
looks up its own user by name, which only the installed package would make: nss_wrapper lends it one.
"""

import base64
import os
import pwd
import shutil
import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from latchkey import ROOT, AppPassword, Latchkey
from packages import unpacked
from places import Place
from processes import Program, free_port, is_listening

PACKAGE = "exim4-daemon-heavy"  # the light one comes without the dovecot driver
LIBRARIES = (
    "libdb5.3 libgnutls-dane0 libidn12 libldap-2.5-0 libmariadb3 libnsl2 libpcre2-8-0 libperl5.36 libpq5 libsasl2-2 "
    "libspf2-2 libnss-wrapper"
)
NSS_WRAPPER = "libnss_wrapper.so"

CONFIGURATION = """\
exim_user = nobody
exim_group = nogroup
spool_directory = {place}/spool
log_file_path = {place}/exim-%s.log
pid_file_path = {place}/exim.pid
primary_hostname = mail.example.com
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
auth_advertise_hosts = *
keep_environment =
tls_advertise_hosts =
acl_smtp_rcpt = accept_authenticated

begin acl
accept_authenticated:
  accept authenticated = *
  deny message = authentication required

begin authenticators
{authenticators}
"""


@pytest.fixture(scope="session")
def exim_binary() -> Path:
    binary = ROOT / ".build/peers/exim4"
    if not binary.exists():
        binary.parent.mkdir(parents=True, exist_ok=True)
        # A copy: the set-user-ID bit, which would keep nss_wrapper out, stays behind.
        shutil.copyfile(unpacked(PACKAGE) / "usr/sbin/exim4", binary)
        binary.chmod(0o755)
    loaded = subprocess.run(["ldd", binary], check=True, capture_output=True, text=True).stdout
    missing = [line.split()[0] for line in loaded.splitlines() if "not found" in line]
    if missing:
        raise FileNotFoundError(f"Exim lacks {', '.join(missing)}: apt-get install {LIBRARIES}")
    return binary


class Exim:
    def __init__(self, binary: Path, place: Path, snippet: str):
        self.port = free_port()
        self.place = place / "exim"
        (self.place / "spool").mkdir(parents=True)
        nobody = pwd.getpwnam("nobody")
        for own in (self.place, self.place / "spool"):
            os.chown(own, nobody.pw_uid, nobody.pw_gid)
        configuration = self.place / "exim.conf"
        # The test speaks in the clear, to which the snippet would not offer a sign-in.
        authenticators = snippet.replace("${if def:tls_in_cipher}", "yes")
        configuration.write_text(
            CONFIGURATION.format(place=self.place, port=self.port, authenticators=authenticators)
        )
        users, groups = self.place / "passwd", self.place / "group"
        own_user = f"Debian-exim:x:{nobody.pw_uid}:{nobody.pw_gid}::/nonexistent:/usr/sbin/nologin\n"
        users.write_text(Path("/etc/passwd").read_text() + own_user)
        groups.write_text(Path("/etc/group").read_text() + f"Debian-exim:x:{nobody.pw_gid}:\n")
        self.environment = {
            "LD_PRELOAD": NSS_WRAPPER,
            "NSS_WRAPPER_PASSWD": str(users),
            "NSS_WRAPPER_GROUP": str(groups),
        }
        self.command = [str(binary), "-C", str(configuration), "-bdf"]

    def __enter__(self) -> "Exim":
        self.program = Program(self.command, self.place / "exim.log", environment=self.environment)
        self.program.await_ready(lambda: is_listening(self.port))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def sign_in(self, app_password: AppPassword, secret: str | None = None, mechanism: str = "PLAIN") -> int:
        """The code that AUTH is answered with."""
        login, secret = app_password.account, secret or app_password.secret
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            client.ehlo()
            if mechanism == "PLAIN":
                return client.docmd("AUTH PLAIN", base64.b64encode(f"\0{login}\0{secret}".encode()).decode())[0]
            for word in ("AUTH LOGIN", *(base64.b64encode(word.encode()).decode() for word in (login, secret))):
                code, _ = client.docmd(word)
                if code != 334:
                    break
            return code


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    with Latchkey(place.path, group=pwd.getpwnam("nobody").pw_gid).start() as latchkey:
        yield latchkey


@pytest.fixture
def exim(exim_binary: Path, place: Place, latchkey: Latchkey) -> Iterator[Exim]:
    with Exim(exim_binary, place.path, latchkey.snippet("exim")) as exim:
        yield exim


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_the_right_app_password_signs_in_and_a_wrong_one_does_not(exim: Exim, latchkey: Latchkey, mechanism: str):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"))
    assert exim.sign_in(app_password, mechanism=mechanism) == 235
    assert exim.sign_in(app_password, app_password.secret.upper(), mechanism) == 235
    assert exim.sign_in(app_password, app_password.mistyped, mechanism) == 535
    latchkey.revoke(app_password)
    assert exim.sign_in(app_password, mechanism=mechanism) == 535


def test_while_the_database_is_held_the_answer_is_temporary(exim: Exim, latchkey: Latchkey):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"))
    with latchkey.database_held():
        assert exim.sign_in(app_password) == 435
    assert exim.sign_in(app_password) == 235


def test_while_the_server_is_down_the_answer_is_temporary(exim: Exim, latchkey: Latchkey):
    app_password = latchkey.create(latchkey.add_account("alice@example.com"))
    latchkey.kill()
    assert exim.sign_in(app_password) == 435
    latchkey.start()
    assert exim.sign_in(app_password) == 235

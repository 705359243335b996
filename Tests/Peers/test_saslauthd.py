"""Cyrus SASL asks through the saslauthd door: its own `testsaslauthd`, and Postfix with `smtpd_sasl_type = cyrus`."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from latchkey import AppPassword, Latchkey
from places import Place
from postfix import Answer, Postfix
from processes import find_program

MECHANISMS = ("PLAIN", "LOGIN")

class MailHouse:
    """Latchkey with a saslauthd door, and what asks there."""

    def __init__(self, place: Path, *, group: int | None = None, realm: str = "join", **settings):
        self.place = place
        self.mux = place / "mux"
        door = {"listen": [f"unix:{self.mux}"], "realm": realm}
        self.latchkey = Latchkey(place, group=group, doors={"saslauthd": door}, **settings)

    def ask(self, login: str, secret: str, service: str = "smtp", realm: str | None = None) -> str:
        """What testsaslauthd prints."""
        command = [find_program("testsaslauthd", "sasl2-bin"), "-f", self.mux, "-u", login, "-p", secret, "-s", service]
        command += ["-r", realm] if realm else []
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
        said = ended.stdout + ended.stderr
        assert (ended.returncode == 0) == ("OK" in said), said
        return said.strip()

    def accepts(self, app_password: AppPassword, **how) -> bool:
        return "OK" in self.ask(app_password.account, app_password.secret, **how)


@pytest.fixture(scope="module")
def house() -> Iterator[MailHouse]:
    """One for the tests that leave it as it was. Every test brings an account of its own."""
    with Place() as place:
        house = MailHouse(place.path, group=Postfix.group())
        with house.latchkey.start():
            yield house


@pytest.fixture
def account(house: MailHouse) -> str:
    return house.latchkey.add_account(f"user-{uuid4().hex[:12]}@example.com")


@pytest.fixture(scope="module")
def postfix(house: MailHouse) -> Iterator[Postfix]:
    with cyrus_postfix(house) as postfix:
        yield postfix


def cyrus_postfix(house: MailHouse, *options: str) -> Postfix:
    place = Path(tempfile.mkdtemp(dir=house.place))
    postfix = Postfix(place, house.latchkey.snippet("postfix-cyrus"), options=options)
    # Where Debian's Postfix looks, whatever cyrus_sasl_config_path says.
    sasl = postfix.config / "sasl"
    sasl.mkdir()
    (sasl / "smtpd.conf").write_text(house.latchkey.snippet("cyrus-sasl"))
    postfix.place.parent.chmod(0o755)
    return postfix


# testsaslauthd


def test_the_right_app_password_is_ok(house: MailHouse, account: str):
    assert house.ask(account, house.latchkey.create(account).secret) == '0: OK "Success."'


def test_a_wrong_and_a_revoked_secret_are_the_same_no(house: MailHouse, account: str):
    revoked = house.latchkey.create(account)
    assert house.accepts(revoked)
    house.latchkey.revoke(revoked)
    answers = {house.ask(account, revoked.secret), house.ask(account, revoked.mistyped), house.ask("nobody", "x")}
    assert answers == {'0: NO "authentication failed"'}


def test_a_realm_is_joined_to_the_login(house: MailHouse, account: str):
    app_password = house.latchkey.create(account)
    login, _, realm = account.partition("@")
    assert "OK" in house.ask(login, app_password.secret, realm=realm)
    assert "OK" in house.ask(login, app_password.secret), "the organisation's domain is added"
    assert "NO" in house.ask(login, app_password.secret, realm="example.net")


def test_an_app_password_for_another_service_is_refused(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, "imap")
    assert house.accepts(app_password, service="IMAP")
    assert not house.accepts(app_password, service="smtp")


def test_cyrus_name_for_pop3_is_understood(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, "pop3")
    assert house.accepts(app_password, service="pop")


def test_the_door_is_told_in_the_log(house: MailHouse, account: str):
    assert house.accepts(house.latchkey.create(account))
    assert "saslauthd" in house.latchkey.run("audit", "list", "--account", account, "--json")


def test_odd_requests_get_no_and_hurt_nobody(house: MailHouse, account: str):
    app_password = house.latchkey.create(account)
    secret = app_password.secret.encode()

    def framed(*strings: bytes) -> bytes:
        return b"".join(len(string).to_bytes(2) + string for string in strings)

    for request in [
        framed(b"", secret, b"smtp", b""),
        framed(account.encode(), b"", b"smtp", b""),
        framed(account.encode() + b"\0x", secret, b"smtp", b""),
        framed(account.encode(), secret + b"\0x", b"smtp", b""),
        framed(account.encode(), secret, b"smtp", b"example.com\n"),
        framed(account.encode(), secret, b"no service", b""),
        b"\xff\xff" + b"a" * 70_000,
    ]:
        assert exchange(house.mux, request).startswith(b"\0\x18NO "), request[:80]
    assert exchange(house.mux, framed(account.encode(), secret, b"smtp", b"")) == b"\0\x02OK"


def test_the_fifth_string_tells_the_network(house: MailHouse, account: str):
    """As the development branch of Cyrus SASL sends it; released clients have no address, and a limit to networks then refuses."""
    app_password = house.latchkey.create(account, network="192.0.2.0/24")
    strings = [account.encode(), app_password.secret.encode(), b"smtp", b""]

    def ask(*more: bytes) -> bytes:
        request = b"".join(len(string).to_bytes(2) + string for string in [*strings, *more])
        return exchange(house.mux, request)

    assert ask(b"192.0.2.7;51234") == b"\0\x02OK"
    assert ask(b"203.0.113.7;51234").startswith(b"\0\x18NO ")
    assert ask().startswith(b"\0\x18NO ")


def test_many_short_connections_at_once_are_all_answered(house: MailHouse, account: str):
    app_password = house.latchkey.create(account)
    strings = [account.encode(), app_password.secret.encode(), b"smtp", b""]
    request = b"".join(len(string).to_bytes(2) + string for string in strings)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: exchange(house.mux, request), range(400)))
    assert answers == [b"\0\x02OK"] * 400


def exchange(mux: Path, request: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(mux))
        try:
            connection.sendall(request)
        except BrokenPipeError:
            pass  # it was answered before it had been said
        answer = b""
        while more := connection.recv(4_096):
            answer += more
        return answer


# Postfix


def sign_in(postfix: Postfix, app_password: AppPassword, **how) -> Answer:
    return postfix.sign_in(app_password.account, app_password.secret, **how)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_postfix_takes_the_right_app_password(house: MailHouse, postfix: Postfix, account: str, mechanism: str):
    answer = sign_in(postfix, house.latchkey.create(account), mechanism=mechanism, sender=account)
    assert (answer.code, answer.sent) == (235, True), answer.transcript


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_postfix_refuses_a_wrong_one(house: MailHouse, postfix: Postfix, account: str, mechanism: str):
    wrong = house.latchkey.create(house.latchkey.add_account(f"other-{account}"))
    answer = postfix.sign_in(account, wrong.secret, mechanism=mechanism)
    assert answer.code == 535, answer.transcript


def test_postfix_refuses_a_revoked_one_from_the_next_attempt_on(house: MailHouse, postfix: Postfix, account: str):
    app_password = house.latchkey.create(account)
    assert sign_in(postfix, app_password).code == 235
    house.latchkey.revoke(app_password)
    answer = sign_in(postfix, app_password)
    assert answer.code == 535, answer.transcript


def test_postfix_refuses_one_for_another_service(house: MailHouse, postfix: Postfix, account: str):
    answer = sign_in(postfix, house.latchkey.create(account, "imap"))
    assert answer.code == 535, answer.transcript


def test_postfix_keeps_the_name_as_it_was_typed(house: MailHouse, postfix: Postfix, account: str):
    """Unlike Dovecot's protocol this one has no room for the canonical name: senders are matched with what was typed."""
    app_password = house.latchkey.create(account)
    login = account.partition("@")[0]
    answer = postfix.sign_in(login, app_password.secret, sender=account)
    assert answer.code == 235 and not answer.sent, answer.transcript


def test_postfix_fills_in_a_realm_that_is_joined(house: MailHouse, account: str):
    app_password = house.latchkey.create(account)
    login = account.partition("@")[0]
    with cyrus_postfix(house, "smtpd_sasl_local_domain = example.com") as postfix:
        answer = postfix.sign_in(login, app_password.secret)
        assert answer.code == 235, answer.transcript
    with cyrus_postfix(house, "smtpd_sasl_local_domain = mail.example.net") as postfix:
        answer = postfix.sign_in(login, app_password.secret)
        assert answer.code == 535, answer.transcript


def test_a_realm_can_be_ignored_or_required(place: Place):
    for realm, expected in [("ignore", (True, True)), ("require", (False, False))]:
        here = place.path / realm
        here.mkdir()
        house = MailHouse(here, realm=realm)
        with house.latchkey.start():
            app_password = house.latchkey.create(house.latchkey.add_account("alice@example.com"))
            answers = (
                "OK" in house.ask("alice", app_password.secret, realm="mail.example.net"),
                "OK" in house.ask("alice", app_password.secret),
            )
            assert answers == expected, realm
            assert "OK" in house.ask("alice", app_password.secret, realm="example.com"), realm


def test_who_asked_is_in_the_log_if_one_wants_to_know_and_what_they_asked_is_not(place: Place):
    house = MailHouse(place.path, log={"level": "trace"})
    with house.latchkey.start():
        app_password = house.latchkey.create(house.latchkey.add_account("alice@example.com"))
        assert house.accepts(app_password) and not house.accepts(app_password, service="imap")
    log = house.latchkey.log.read_text()
    assert f"peer-uid={os.getuid()}" in log
    assert app_password.secret not in log and app_password.secret.replace("-", "") not in log


def test_while_the_database_is_held_nobody_signs_in(place: Place):
    """There is no temporary answer in this protocol: the connection is closed, which Postfix logs as the server's trouble."""
    house = MailHouse(place.path, group=Postfix.group())
    with house.latchkey.start(), cyrus_postfix(house) as postfix:
        app_password = house.latchkey.create(house.latchkey.add_account("alice@example.com"))
        with house.latchkey.database_held():
            said = house.ask(app_password.account, app_password.secret)
            assert "OK" not in said and "authentication failed" not in said, said
            answer = sign_in(postfix, app_password)
            assert answer.code != 235, answer.transcript
            assert "generic failure" in postfix.program.written()
        assert sign_in(postfix, app_password).code == 235


def test_without_the_server_nobody_signs_in_and_afterwards_they_do(place: Place):
    house = MailHouse(place.path, group=Postfix.group())
    with house.latchkey.start(), cyrus_postfix(house) as postfix:
        app_password = house.latchkey.create(house.latchkey.add_account("alice@example.com"))
        house.latchkey.kill()
        answer = sign_in(postfix, app_password)
        assert answer.code != 235, answer.transcript
        house.latchkey.start()
        assert sign_in(postfix, app_password).code == 235

"""nginx's mail proxy asks through the HTTP door, with `auth_http`, where to send its clients on to, and whether."""

import imaplib
import socket
import string
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from certificate import Certificate
from latchkey import Latchkey
from mailproxy import Dovecot, MailProxy
from places import Place
from postfix import Postfix, sign_in
from processes import find_program, free_port, until

#: Every printable octet of ASCII, in an order that no rule for passwords takes for easy, with a blank at neither end.
PRINTABLE = "".join(chr(0x21 + place * 37 % 94) for place in range(94)).replace("A", "A ")
#: Short enough for a command of POP3, for which nginx has 128 octets.
MASTER = string.digits + "!$&*+-.:;<>?@^_|~"
PROTOCOLS = ("imap", "pop3", "smtp")


@dataclass
class MailHouse:
    latchkey: Latchkey
    proxy: MailProxy

    def sign_in(self, protocol: str, login: str, secret: str) -> tuple[bool, str]:
        """Whether nginx and the server behind it let somebody in, and the dialogue."""
        if protocol == "smtp":
            answer = sign_in(self.proxy.smtp, login, secret)
            return answer.code == 235, answer.transcript
        heard = self.proxy.curl(protocol, login, secret)
        return heard.is_in, heard.dialogue


def add_account(latchkey: Latchkey) -> str:
    return latchkey.add_account(f"user-{uuid4().hex[:12]}@example.com")


@contextmanager
def mail_house(place: Place, *, master: bool = False, **proxy) -> Iterator[MailHouse]:
    """The servers behind it ask Latchkey again, or take nginx's one password."""
    with ExitStack() as stack:
        # The servers ask Latchkey and Latchkey names the servers: ports are found beforehand.
        smtp, http = free_port(), free_port()
        door = f"http://127.0.0.1:{http}"
        dovecot = Dovecot(place.path, **({"master_password": MASTER} if master else {"door": door}))
        back_ends = {"imap": f"127.0.0.1:{dovecot.imap}", "pop3": f"127.0.0.1:{dovecot.pop3}"}
        if master:
            file = place.path / "master-password"
            file.touch(mode=0o600)
            file.write_text(MASTER + "\n")
            back_ends["master-password-file"] = str(file)
        else:
            back_ends["smtp"] = f"127.0.0.1:{smtp}"
        doors = {"http": {"listen": [f"127.0.0.1:{http}"], "nginx-mail": back_ends}}
        latchkey = stack.enter_context(Latchkey(place.path, group=Postfix.group(), doors=doors).start())
        stack.enter_context(dovecot)
        if not master:
            options = ["smtpd_authorized_xclient_hosts = 127.0.0.0/8"]
            stack.enter_context(Postfix(place.path, latchkey.snippet("postfix"), port=smtp, options=options))
        yield MailHouse(latchkey, stack.enter_context(MailProxy(place.path, latchkey.snippet("nginx-mail"), **proxy)))


@pytest.fixture(scope="module")
def house() -> Iterator[MailHouse]:
    """One for the tests that leave it as it was. Every test brings an account of its own."""
    with Place() as place, mail_house(place) as house:
        yield house


@pytest.fixture(scope="module")
def master_house() -> Iterator[MailHouse]:
    with Place() as place, mail_house(place, master=True) as house:
        yield house


def is_refusal(protocol: str, dialogue: str) -> bool:
    words = {
        "imap": "NO [AUTHENTICATIONFAILED] Authentication failed",
        "pop3": "-ERR [AUTH] Authentication failed",
        "smtp": "535 5.7.8 Authentication failed",
    }
    return words[protocol] in dialogue


def is_temporary(protocol: str, dialogue: str) -> bool:
    words = {
        "imap": "NO [UNAVAILABLE] Temporary authentication failure",
        "pop3": "-ERR [SYS/TEMP] Temporary authentication failure",
        "smtp": "454 4.7.0 Temporary authentication failure",
    }
    return words[protocol] in dialogue


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_right_app_password_opens_the_mailbox(house: MailHouse, protocol: str):
    app_password = house.latchkey.create(add_account(house.latchkey), protocol)
    is_in, dialogue = house.sign_in(protocol, app_password.account.upper(), app_password.secret)
    assert is_in, dialogue


def test_with_its_certificate_a_password_is_taken_only_after_starttls(place: Place):
    with mail_house(place, certificate=Certificate.make(place.path)) as house:
        app_password = house.latchkey.create(add_account(house.latchkey), "imap", "pop3")
        for protocol in ("imap", "pop3"):
            heard = house.proxy.curl(protocol, app_password.account, app_password.secret, "--ssl-reqd", "--insecure")
            assert heard.is_in, heard.dialogue
            assert not house.proxy.curl(protocol, app_password.account, app_password.secret).is_in


def test_a_mail_is_taken_from_who_signed_in(house: MailHouse):
    """And from the client's own address: Postfix hears of it by XCLIENT, and of the canonical name."""
    app_password = house.latchkey.create(add_account(house.latchkey), "smtp", network="127.0.9.0/24")
    login = app_password.account
    answer = sign_in(house.proxy.smtp, login.upper(), app_password.secret, sender=login, client="127.0.9.7")
    assert (answer.code, answer.sent) == (235, True), answer.transcript
    assert sign_in(house.proxy.smtp, login, app_password.secret, client="127.0.8.7").code == 535


def test_mbsync_fetches_the_mailbox(house: MailHouse):
    app_password = house.latchkey.create(add_account(house.latchkey), "imap")
    heard = house.proxy.mbsync(app_password.account, app_password.secret)
    assert heard.is_in, heard.dialogue
    heard = house.proxy.mbsync(app_password.account, app_password.mistyped)
    assert not heard.is_in and "AUTHENTICATIONFAILED" in heard.dialogue, heard.dialogue


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_no_refusal_tells_why(house: MailHouse, protocol: str):
    """Revoked, mistyped, another service, no such account: outside they are one."""
    account = add_account(house.latchkey)
    revoked = house.latchkey.create(account, protocol)
    assert house.sign_in(protocol, account, revoked.secret)[0]
    house.latchkey.revoke(revoked)
    for login, secret in [
        (account, revoked.secret),
        (account, revoked.mistyped),
        (account, house.latchkey.create(account, "caldav").secret),
        (f"nobody-{account}", revoked.secret),
    ]:
        is_in, dialogue = house.sign_in(protocol, login, secret)
        assert not is_in and is_refusal(protocol, dialogue), dialogue


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_while_the_database_is_held_nobody_is_called_wrong(house: MailHouse, protocol: str):
    app_password = house.latchkey.create(add_account(house.latchkey), protocol)
    with house.latchkey.database_held():
        is_in, dialogue = house.sign_in(protocol, app_password.account, app_password.secret)
        assert not is_in and is_temporary(protocol, dialogue), dialogue
    assert house.sign_in(protocol, app_password.account, app_password.secret)[0]


def test_nginx_itself_keeps_a_guesser_waiting_and_ends_the_connection_with_the_tenth_failure(house: MailHouse):
    account = add_account(house.latchkey)
    app_password = house.latchkey.create(account, "imap")
    client = imaplib.IMAP4("127.0.0.1", house.proxy.imap, timeout=30)
    for _ in range(9):
        beginning = time.monotonic()
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED") as refusal:
            client.login(account, app_password.mistyped)
        assert refusal.type is not imaplib.IMAP4.abort
        assert time.monotonic() - beginning > 2.9
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        client.login(account, app_password.mistyped)
    with pytest.raises((imaplib.IMAP4.abort, ConnectionError)):
        client.login(account, app_password.secret)


def test_after_a_slip_the_right_one_is_not_kept_waiting_on_the_same_connection(house: MailHouse):
    app_password = house.latchkey.create(add_account(house.latchkey), "imap")
    client = imaplib.IMAP4("127.0.0.1", house.proxy.imap, timeout=30)
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        client.login(app_password.account, app_password.mistyped)
    beginning = time.monotonic()
    client.login(app_password.account, app_password.secret)
    assert time.monotonic() - beginning < 2.9
    client.logout()


ODD = "+&%=!#$'*/?^`{|}~\"\\<>()[],;:.-_"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_name_of_odd_characters_arrives_as_it_was_typed(master_house: MailHouse, house: MailHouse, protocol: str):
    """`+` above all, which a form's decoder would make a blank of, and `%`."""
    here = house if protocol == "smtp" else master_house
    # The path of a mailbox has no slash in it; a colon ends curl's name.
    odd = ODD.replace(":", "").replace("/", "/" if protocol == "smtp" else "")
    odd = odd.replace('"', "") if protocol == "smtp" else odd
    for login in (f"a{odd}%41z-{protocol}@example.com", f"zoë-{protocol}@example.com"):
        app_password = here.latchkey.create(here.latchkey.add_account(login), protocol)
        is_in, dialogue = here.sign_in(protocol, login, app_password.secret)
        assert is_in, dialogue
        assert "signed in" in here.latchkey.run("explain", login)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_password_of_every_printable_character_arrives_as_it_was_typed(house: MailHouse, protocol: str):
    """It is the portal's: refused, and recognised for what it is."""
    # nginx has 128 octets for a command of POP3, Base64 and all.
    parts = [PRINTABLE[:48], PRINTABLE[48:]] if protocol == "pop3" else [PRINTABLE]
    for number, password in enumerate(parts):
        login = f"printable-{number}-{protocol}@example.com"
        house.latchkey.run("account", "add", login, "--password-stdin", input=password)
        is_in, dialogue = house.sign_in(protocol, login, password)
        assert not is_in and is_refusal(protocol, dialogue), dialogue
        until("the explanation", lambda: "portal" in house.latchkey.run("explain", login).lower())


def test_a_name_in_latin_1_is_read_as_what_it_is(house: MailHouse):
    """Old clients type what their keyboards have."""
    login = "zoë.o'neill@example.com"
    app_password = house.latchkey.create(house.latchkey.add_account(login), "imap")
    connection = socket.create_connection(("127.0.0.1", house.proxy.imap), timeout=30)
    with connection, connection.makefile("rwb") as lines:
        assert lines.readline().startswith(b"* OK")
        lines.write(b'a LOGIN "%s" "%s"\r\n' % (login.encode("latin-1"), app_password.secret.encode()))
        lines.flush()
        assert lines.readline().startswith(b"a OK")


def test_the_imap_server_sees_the_clients_own_address(house: MailHouse):
    """It asks Latchkey again, and an app password may be bound to a network."""
    app_password = house.latchkey.create(add_account(house.latchkey), "imap", network="127.0.9.0/24")
    login, secret = app_password.account, app_password.secret
    heard = house.proxy.curl("imap", login, secret, "--interface", "127.0.9.7")
    assert heard.is_in, heard.dialogue
    assert is_refusal("imap", house.proxy.curl("imap", login, secret, "--interface", "127.0.8.7").dialogue)


@pytest.mark.parametrize("protocol", ("imap", "pop3"))
def test_the_servers_may_have_one_password_that_only_nginx_knows(master_house: MailHouse, protocol: str):
    app_password = master_house.latchkey.create(add_account(master_house.latchkey), protocol)
    is_in, dialogue = master_house.sign_in(protocol, app_password.account, app_password.secret)
    assert is_in, dialogue
    is_in, dialogue = master_house.sign_in(protocol, app_password.account, MASTER)
    assert not is_in and is_refusal(protocol, dialogue), dialogue


def test_a_protocol_without_a_server_is_temporary_trouble_and_the_log_names_the_key(master_house: MailHouse):
    app_password = master_house.latchkey.create(add_account(master_house.latchkey), "smtp")
    is_in, dialogue = master_house.sign_in("smtp", app_password.account, app_password.secret)
    assert not is_in and is_temporary("smtp", dialogue), dialogue
    until("the log's line", lambda: "doors.http.nginx-mail.smtp" in master_house.latchkey.log.read_text())


def test_while_latchkey_is_down_nobody_gets_in_and_nobody_is_called_wrong(place: Place):
    with mail_house(place) as house:
        app_password = house.latchkey.create(add_account(house.latchkey), *PROTOCOLS)
        house.latchkey.kill()
        for protocol in PROTOCOLS:
            is_in, dialogue = house.sign_in(protocol, app_password.account, app_password.secret)
            assert not is_in and "internal server error" in dialogue.lower(), dialogue
        house.latchkey.start()
        for protocol in PROTOCOLS:
            is_in, dialogue = house.sign_in(protocol, app_password.account, app_password.secret)
            assert is_in, dialogue


def test_who_does_not_sign_in_sends_nothing(place: Place):
    with mail_house(place, smtp_auth="none", imap_auth="plain cram-md5") as house:
        command = [find_program("swaks", "swaks"), "--server", "127.0.0.1", "--port", str(house.proxy.smtp)]
        command += ["--from", "eve@example.com", "--to", "bob@example.com", "--timeout", "30"]
        dialogue = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
        assert "530 5.7.0 Authentication required" in dialogue and "250 2.0.0 Ok: queued" not in dialogue, dialogue
        # Against CRAM-MD5 no app password helps: refused, and the operator is told.
        app_password = house.latchkey.create(add_account(house.latchkey), "imap")
        heard = house.proxy.curl("imap", app_password.account, app_password.secret, "--login-options", "AUTH=CRAM-MD5")
        assert not heard.is_in and is_refusal("imap", heard.dialogue), heard.dialogue
        assert "imap_auth plain login" in house.latchkey.log.read_text()


def test_a_stranger_needs_a_service_token_that_may_ask(place: Place):
    with ExitStack() as stack:
        http = free_port()
        dovecot = stack.enter_context(Dovecot(place.path, master_password=MASTER))
        back_ends = {"imap": f"127.0.0.1:{dovecot.imap}", "pop3": f"127.0.0.1:{dovecot.pop3}"}
        doors = {"http": {"listen": [f"127.0.0.1:{http}"], "trusted": [], "nginx-mail": back_ends}}
        file = place.path / "master-password"
        file.touch(mode=0o600)
        file.write_text(MASTER)
        back_ends["master-password-file"] = str(file)
        latchkey = stack.enter_context(Latchkey(place.path, doors=doors).start())
        app_password = latchkey.create(add_account(latchkey), "imap", "pop3")
        token = latchkey.service_token("nginx", "imap")
        for key, lets_in in ((None, False), ("lks_wrong", False), (token["token"], True)):
            with Place() as other, MailProxy(other.path, latchkey.snippet("nginx-mail"), key=key) as proxy:
                heard = proxy.curl("imap", app_password.account, app_password.secret)
                assert heard.is_in == lets_in, heard.dialogue
                assert lets_in or is_temporary("imap", heard.dialogue), heard.dialogue
                heard = proxy.curl("pop3", app_password.account, app_password.secret)
                assert not heard.is_in and is_temporary("pop3", heard.dialogue), heard.dialogue


@pytest.mark.parametrize(
    "change, complaint",
    [
        (lambda file: file.chmod(0o640), "chmod 600"),
        (lambda file: file.write_text(""), "does not hold one line"),
        (lambda file: file.write_text("two\nlines"), "does not hold one line"),
        (lambda file: file.write_text("x" * 513), "holds no password"),
        (lambda file: file.unlink(), "cannot be read"),
    ],
    ids=["open to others", "empty", "two lines", "too long", "missing"],
)
def test_a_master_password_that_cannot_be_used_keeps_the_server_from_starting(
    place: Place, change: Callable, complaint: str
):
    file = place.path / "master-password"
    file.touch(mode=0o600)
    file.write_text(MASTER)
    change(file)
    latchkey = Latchkey(place.path, doors={"http": {"nginx-mail": {"master-password-file": str(file)}}})
    with pytest.raises(RuntimeError, match=complaint):
        latchkey.start()

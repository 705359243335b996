"""People are told by mail what happens to their account, and can revoke with one click."""

import re
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from certificates import Issuer
from latchkey import Latchkey, Refused
from mailserver import MailServer, part
from places import Place
from portal import Visit
from postfix import Postfix
from processes import free_port, until


def secret_file(place: Path, name: str, text: str) -> str:
    file = place / name
    file.write_text(text + "\n")
    file.chmod(0o600)
    return str(file)


def settings(port: int, **more) -> dict:
    """The portal at an address that links can lead to, and a mail server on this machine."""
    portal = free_port()
    return {
        "portal": {"listen": f"127.0.0.1:{portal}", "url": f"http://localhost:{portal}"},
        "mail": {
            "server": f"localhost:{port}",
            "encryption": "none",
            "from": "latchkey@example.com",
            "admin": "root@example.com",
            **more,
        },
    }


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as mail:
        yield mail


@pytest.fixture
def latchkey(place: Place, mail: MailServer) -> Iterator[Latchkey]:
    with Latchkey(place.path, group=Postfix.group(), **settings(mail.port)).start() as latchkey:
        yield latchkey


@pytest.fixture
def alice(latchkey: Latchkey) -> str:
    return gathering(latchkey, latchkey.add_account("alice@example.com"))


def gathering(latchkey: Latchkey, login: str) -> str:
    """Back when the log is being read: what was before the first look is not told."""
    until("the log to be read", lambda: rows(latchkey, "SELECT seq FROM alert_position"))
    return login


def rows(latchkey: Latchkey, question: str) -> list[tuple]:
    with sqlite3.connect(latchkey.database) as database:
        return database.execute(question).fetchall()


def queued(latchkey: Latchkey) -> int:
    return rows(latchkey, "SELECT COUNT(*) FROM alert")[0][0]


def link_in(message: EmailMessage) -> str:
    found = re.search(r"http://\S+/revoke/\S+", part(message, "plain"))
    assert found, part(message, "plain")
    assert found[0] in part(message, "html")
    return found[0]


def post(url: str) -> int:
    """As the form's button does."""
    origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlparse(url))
    request = urllib.request.Request(url, data=b"", headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"})
    request.add_header("Content-Type", "application/x-www-form-urlencoded")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_new_app_password_is_told_in_text_and_html(latchkey: Latchkey, mail: MailServer, alice: str):
    app_password = latchkey.create(alice, "imap", "smtp")
    message = mail.awaited("was created")
    assert message["to"] == "<alice@example.com>" or str(message["to"]) == "alice@example.com"
    assert str(message["from"]) == "Latchkey <latchkey@example.com>"
    assert message["auto-submitted"] == "auto-generated"
    assert message["subject"] == "App password “Thunderbird on the laptop” was created"
    assert message.get_content_type() == "multipart/alternative"
    assert [kind.get_content_type() for kind in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects and not any(kind.defects for kind in message.iter_parts())
    assert abs(message["date"].datetime.timestamp() - time.time()) < 60
    assert message["message-id"].endswith("@example.com>")
    assert mail.envelopes == [("latchkey@example.com", ["alice@example.com"])]
    for form in (part(message, "plain"), part(message, "html")):
        assert "Thunderbird on the laptop" in form and "an administrator" in form and "(UTC" in form
        assert app_password.secret not in form and app_password.secret.replace("-", "") not in form
    until("the queue to be empty", lambda: queued(latchkey) == 0)
    time.sleep(2.5)
    assert len(mail.messages) == 1, "told once"


def test_the_link_revokes_and_the_mail_server_refuses_the_secret(
    place: Place, latchkey: Latchkey, mail: MailServer, alice: str
):
    with Postfix(place.path, latchkey.snippet("postfix")) as postfix:
        app_password = latchkey.create(alice, "smtp")
        other = latchkey.create(alice, "smtp", name="Another")
        link = link_in(mail.awaited("Thunderbird on the laptop"))
        assert postfix.sign_in(alice, app_password.secret).code == 235
        for _ in range(3):  # as a mail scanner does
            status, page = fetch(link)
            assert status == 200 and "Revoke Thunderbird on the laptop?" in page
        assert postfix.sign_in(alice, app_password.secret).code == 235, "opening it changes nothing"
        assert post(link) == 200
        assert postfix.sign_in(alice, app_password.secret).code == 535
        assert postfix.sign_in(alice, other.secret).code == 235
        assert "opens nothing any more" in fetch(link)[1]
        assert fetch(link[:-1] + ("A" if link[-1] != "A" else "B"))[0] == 410
        message = mail.awaited("“Thunderbird on the laptop” was revoked")
        assert "the link in a mail to you" in part(message, "plain")
        # The device still tries: that is told, too.
        message = mail.awaited("still tries app password “Thunderbird on the laptop”")
        assert "127.0.0.1" in part(message, "plain") and app_password.secret not in part(message, "plain")


def test_first_use_and_a_new_network_are_told(place: Place, latchkey: Latchkey, mail: MailServer, alice: str):
    with Postfix(place.path, latchkey.snippet("postfix")) as postfix:
        app_password = latchkey.create(alice, "smtp")
        for _ in range(3):
            assert postfix.sign_in(alice, app_password.secret).code == 235
        assert "127.0.0.1" in part(mail.awaited("used for the first time"), "plain")
        assert postfix.sign_in(alice, app_password.secret, client="127.0.0.77").code == 235
        assert postfix.sign_in(alice, app_password.secret, client="127.0.9.1").code == 235
        assert "127.0.9.1" in part(mail.awaited("from a new network"), "plain")
        time.sleep(2.5)
        assert len(mail.messages) == 3, mail.subjects


def test_many_wrong_guesses_are_one_mail(place: Place, latchkey: Latchkey, mail: MailServer, alice: str):
    token = latchkey.service_token("tests", "imap")["token"]
    for number in range(25):
        request = urllib.request.Request(
            f"{latchkey.http_door}/verify",
            data=f'{{"account":"{alice}","secret":"wrong-{number}","service":"imap","address":"192.0.2.9"}}'.encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=20).close()
    assert "192.0.2.9" in part(mail.awaited("Many wrong passwords"), "plain")
    time.sleep(2.5)
    assert len(mail.messages) == 1, mail.subjects


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("x\r\nBcc: eve@example.com", "xBcc: eve@example.com"),
        ("Grüße von “Ønsker” 🔑", "Grüße von “Ønsker” 🔑"),
        ("\u202eevil\u202c", "evil"),
        ("טלפון", "\u2068טלפון\u2069"),
        ("<b>bold</b> & \"quoted\"", "<b>bold</b> & \"quoted\""),
        ("=?utf-8?B?DQpCY2M6IGV2ZQ==?=", "=?utf-8?B?DQpCY2M6IGV2ZQ==?="),
        (".\r\n.\r\nMAIL FROM:<eve@example.com>", "..MAIL FROM:<eve@example.com>"),
    ],
    ids=["CRLF", "unicode", "override", "right to left", "markup", "encoded word", "end of data"],
)
def test_a_name_can_be_nothing_but_a_name(latchkey: Latchkey, mail: MailServer, alice: str, name: str, told: str):
    latchkey.create(alice, name=name)
    message = mail.awaited("was created")
    assert message["subject"] == f"App password “{told}” was created"
    assert "bcc" not in message and not message.defects
    assert mail.envelopes == [("latchkey@example.com", ["alice@example.com"])]
    assert told.strip("\u2068\u2069") in part(message, "plain")
    assert "<b>bold" not in part(message, "html")


def test_who_has_no_address_is_told_by_way_of_the_administrator(latchkey: Latchkey, mail: MailServer, alice: str):
    # As an installation without a domain has it.
    with sqlite3.connect(latchkey.database) as database:
        database.execute("UPDATE login_name SET name = 'scanner' WHERE name = ?", (alice,))
        database.execute("UPDATE account SET login = 'scanner' WHERE login = ?", (alice,))
    latchkey.configuration.write_text(latchkey.configuration.read_text().replace('"domain": "example.com",', ""))
    latchkey.create("scanner", name="Office scanner")
    message = mail.awaited("Office scanner")
    assert mail.envelopes == [("latchkey@example.com", ["root@example.com"])]
    assert "scanner has no address of its own" in part(message, "plain")


def test_while_the_mail_server_is_away_nothing_waits_for_it_and_nothing_is_lost(
    place: Place, latchkey: Latchkey, mail: MailServer, alice: str
):
    mail.stop()
    began = time.monotonic()
    latchkey.create(alice, name="While it was away")
    assert fetch(latchkey.portal + "/sign-in")[0] == 200
    assert time.monotonic() - began < 5
    until("it to be queued", lambda: queued(latchkey) == 1)
    until("the log to say so", lambda: "takes no alerts" in latchkey.log.read_text())
    latchkey.kill()
    latchkey.create(alice, name="While nothing ran")
    latchkey.start()
    until("both to be queued", lambda: queued(latchkey) == 2)
    mail.start()
    mail.awaited("While it was away", seconds=70)
    mail.awaited("While nothing ran", seconds=70)
    until("the queue to be empty", lambda: queued(latchkey) == 0)
    assert len(mail.messages) == 2


def test_killed_at_any_time_it_sends_everything_and_hardly_anything_twice(
    latchkey: Latchkey, mail: MailServer, alice: str
):
    for number in range(8):
        latchkey.create(alice, name=f"Number {number}.")
        time.sleep(0.13 * number)
        latchkey.kill()
        latchkey.start()
    for number in range(8):
        mail.awaited(f"Number {number}.")
    until("the queue to be empty", lambda: queued(latchkey) == 0)
    # Whoever gets one twice can tell by its id.
    assert len({message["message-id"] for message in mail.messages}) == 8
    assert len(mail.messages) <= 8 + 8


def test_refused_for_now_it_comes_later_and_holds_up_no_other(latchkey: Latchkey, mail: MailServer, alice: str):
    mail.behaviour = "later"
    latchkey.create(alice, name="Greylisted")
    until("a first try", lambda: mail.tries == 1)
    until("it to wait", lambda: rows(latchkey, "SELECT attempts FROM alert") == [(1,)])
    mail.behaviour = "take"
    latchkey.create(alice, name="Another")
    mail.awaited("Another")
    assert mail.find("Greylisted") is None
    mail.awaited("Greylisted", seconds=45)


def test_refused_for_good_it_is_given_up_and_the_log_says_so(latchkey: Latchkey, mail: MailServer, alice: str):
    mail.behaviour = "never"
    latchkey.create(alice)
    until("a line in the log", lambda: "an alert is given up" in latchkey.log.read_text())
    until("the queue to be empty", lambda: queued(latchkey) == 0)
    assert "550 5.1.1 No such user" in latchkey.log.read_text()
    mail.behaviour = "take"
    latchkey.create(alice, name="The next")
    mail.awaited("The next")
    assert len(mail.messages) == 1


def test_a_connection_that_breaks_in_the_middle_is_no_end(latchkey: Latchkey, mail: MailServer, alice: str):
    mail.behaviour = "hang up"
    latchkey.create(alice, name="Broken off")
    until("it to wait", lambda: rows(latchkey, "SELECT attempts FROM alert") == [(1,)])
    mail.behaviour = "take"
    mail.awaited("Broken off", seconds=45)
    assert len(mail.messages) == 1


def test_a_server_that_says_nothing_is_left_after_a_while(place: Place):
    """And Latchkey, asked to stop meanwhile, does."""
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with Latchkey(place.path, **settings(silent.getsockname()[1])).start() as latchkey:
            alice = gathering(latchkey, latchkey.add_account("alice@example.com"))
            latchkey.create(alice)
            connection, _ = silent.accept()
            assert fetch(latchkey.portal + "/sign-in")[0] == 200
            until("the log to say so", lambda: "it does not answer" in latchkey.log.read_text(), seconds=45)
            connection.close()
            again, _ = silent.accept()
            began = time.monotonic()
            assert latchkey.server and latchkey.server.stop() == 0
            assert time.monotonic() - began < 10
            again.close()


def test_what_is_turned_off_is_not_sent(place: Place, latchkey: Latchkey, mail: MailServer, browser: Browser):
    with Visit.to(latchkey, browser) as visit, Postfix(place.path, latchkey.snippet("postfix")) as postfix:
        page = visit.page
        alice = visit.set_up(latchkey.setup_link)
        page.goto("/")
        page.click("#alerts")
        visit.inspect("alerts")
        page.uncheck("#alert-app-password-first-used")
        page.click("#submit")
        expect(page.locator("#notice")).to_be_visible()
        expect(page.locator("#alert-app-password-first-used")).not_to_be_checked()
        expect(page.locator("#alert-app-password-new-network")).to_be_checked()
        mail.awaited("Your alerts were changed")
        secret = visit.create_app_password("Phone", "email-client")
        message = mail.awaited("“Phone” was created")
        assert "127.0.0.1" in part(message, "plain") and "Chrome on Linux" in part(message, "plain")
        assert postfix.sign_in(alice.login, secret).code == 235
        assert postfix.sign_in(alice.login, secret, client="127.0.9.1").code == 235
        mail.awaited("from a new network")
        assert mail.find("first time") is None

    # The link, in a browser that nobody is signed in with.
    with Visit.to(latchkey, browser) as stranger:
        page = stranger.page
        page.goto(link_in(message))
        stranger.inspect("revocation-link")
        page.click("#submit")
        expect(page.locator("h1")).to_contain_text("opens nothing any more")
        stranger.inspect("revocation-link-done")
        page.goto("/revoke/nonsense")
        stranger.inspect("revocation-link-gone")
    assert mail.awaited("“Phone” was revoked")


def test_the_mails_can_be_read_by_everybody(latchkey: Latchkey, mail: MailServer, alice: str, browser: Browser):
    latchkey.create(alice)
    message = mail.awaited("was created")
    context = browser.new_context(java_script_enabled=True)
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    visit = Visit(context.new_page(), "data:")
    visit.page.set_content(part(message, "html"))
    visit.inspect("mail")
    context.close()
    assert not visit.problems, "\n".join(visit.problems)
    assert not [url for url in requests if not url.startswith(("about:", "data:"))], "it loads nothing"


class TestEncrypted:
    """A server with a certificate and a password, as most are."""

    @pytest.fixture
    def issuer(self, place: Place) -> Issuer:
        return Issuer(place.path)

    @pytest.fixture
    def mail(self, issuer: Issuer) -> Iterator[MailServer]:
        made = issuer.issue("mail", "DNS:localhost")
        with MailServer(certificate=(made.certificate, made.key), login=("latchkey", "an s3cret pass")) as mail:
            yield mail

    def installation(self, place: Place, mail: MailServer, password: str, **more) -> Latchkey:
        file = secret_file(place.path, "mail.password", password)
        return Latchkey(
            place.path,
            **settings(mail.port, **{"encryption": "starttls", "user": "latchkey", "password-file": file, **more}),
        )

    def test_starttls_and_a_sign_in(self, place: Place, mail: MailServer, issuer: Issuer):
        more = {"issuers": str(issuer.certificate)}
        with self.installation(place, mail, "an s3cret pass", **more) as latchkey:
            assert "has taken a message" in latchkey.run("mail", "test", "alice@example.com")
            message = mail.awaited("Latchkey can send mail")
            assert str(message["to"]) == "alice@example.com"
            findings = {finding["check"]: finding for finding in doctor(latchkey)}
            assert findings[f"mail localhost:{mail.port}"]["state"] == "good"
            assert len(mail.messages) == 1, "doctor sends nothing"

    def test_a_wrong_password_is_said_and_not_shown(self, place: Place, mail: MailServer, issuer: Issuer):
        more = {"issuers": str(issuer.certificate)}
        with self.installation(place, mail, "not the password", **more) as latchkey:
            with pytest.raises(Refused, match="does not let us sign in: 535") as refused:
                latchkey.run("mail", "test", "alice@example.com")
            assert "not the password" not in str(refused.value)
            findings = {finding["check"]: finding for finding in doctor(latchkey)}
            assert findings[f"mail localhost:{mail.port}"]["state"] == "bad"

    def test_a_certificate_that_nobody_vouches_for_is_not_believed(self, place: Place, mail: MailServer):
        with self.installation(place, mail, "an s3cret pass") as latchkey:
            with pytest.raises(Refused, match="CERTIFICATE_VERIFY_FAILED"):
                latchkey.run("mail", "test", "alice@example.com")
        assert not mail.messages

    def test_nor_is_one_for_another_name(self, place: Place, issuer: Issuer):
        made = issuer.issue("other", "DNS:mail.example.net")
        with MailServer(certificate=(made.certificate, made.key)) as mail:
            more = {"issuers": str(issuer.certificate)}
            with self.installation(place, mail, "an s3cret pass", **more) as latchkey:
                with pytest.raises(Refused, match="did not take it"):
                    latchkey.run("mail", "test", "alice@example.com")
            assert not mail.messages


def doctor(latchkey: Latchkey) -> list[dict]:
    import json
    import subprocess

    ended = subprocess.run(latchkey.command("doctor", "--json"), capture_output=True, text=True, timeout=60)
    return json.loads(ended.stdout)["findings"]


def test_doctor_says_that_nobody_is_told_where_no_server_is_configured(place: Place):
    with Latchkey(place.path) as latchkey:
        finding = next(finding for finding in doctor(latchkey) if finding["check"] == "mail")
        assert finding["state"] == "warning" and "mail.server" in finding["fix"]
        with pytest.raises(Refused, match="no mail server is configured"):
            latchkey.run("mail", "test", "alice@example.com")
        with latchkey.start():
            latchkey.create(latchkey.add_account("alice@example.com"))
            time.sleep(2.5)
            assert queued(latchkey) == 0 and not rows(latchkey, "SELECT seq FROM alert_position")


def test_by_a_postfix_that_asks_latchkey_itself(place: Place):
    """Postfix with STARTTLS takes the alerts from a service account of this very Latchkey, by an app password, and delivers to a maildir."""
    made = Issuer(place.path)
    certificate = made.issue("mail", "DNS:localhost")
    mailbox = place.path / "mailbox"
    mailbox.mkdir(mode=0o777)
    mailbox.chmod(0o777)
    port = free_port()
    password = Path(secret_file(place.path, "mail.password", "until it is known"))
    given = settings(
        port,
        **{
            "encryption": "starttls",
            "issuers": str(made.certificate),
            "user": "latchkey@example.com",
            "password-file": str(password),
        },
    )
    with Latchkey(place.path, group=Postfix.group(), **given) as latchkey:
        sender = latchkey.add_account("latchkey@example.com")
        app_password = latchkey.create(sender, "smtp", name="Alerts")
        password.write_text(app_password.secret + "\n")
        latchkey.start()
        options = [
            "smtpd_tls_security_level = encrypt",
            "smtpd_tls_auth_only = yes",
            f"smtpd_tls_cert_file = {certificate.certificate}",
            f"smtpd_tls_key_file = {certificate.key}",
            "local_transport = virtual:",
            f"virtual_mailbox_base = {mailbox}",
            "virtual_mailbox_domains = example.com",
            "mydestination =",
            "virtual_mailbox_maps = static:everybody/",
            "virtual_uid_maps = static:65534",
            "virtual_gid_maps = static:65534",
        ]
        with Postfix(place.path, latchkey.snippet("postfix"), port=port, options=options) as postfix:
            master = postfix.config / "master.cf"
            assert master.exists()
            alice = gathering(latchkey, latchkey.add_account("alice@example.com"))
            latchkey.create(alice, name="By Postfix")
            import email
            from email.policy import default

            def delivered() -> list[EmailMessage]:
                found = [email.message_from_bytes(path.read_bytes(), policy=default) for path in mailbox.rglob("new/*")]
                return [message for message in found if "By Postfix" in message["subject"]]

            message = until("the mail in its box", delivered, seconds=40)[0]
            assert str(message["to"]) == "alice@example.com"
            assert "Authenticated sender" in str(message["received"]) or message["received"]
            assert link_in(message)
            assert any(
                event["account"] and event["action"] == "sign-in" for event in latchkey.ask("audit", "list", "--limit", "50")
            )

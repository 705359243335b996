"""Codes by mail as the second step: set up, used and removed in a real Chromium, mailed by SMTP."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from latchkey import Latchkey
from mailserver import MailServer, part
from places import Place
from portal import PASSWORD, Visit, totp
from processes import free_port

MAILBOX = "bob@home.example"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as mail:
        yield mail


@pytest.fixture
def latchkey(place: Place, mail: MailServer) -> Iterator[Latchkey]:
    portal = free_port()
    settings = {
        "portal": {"listen": f"127.0.0.1:{portal}", "url": f"http://localhost:{portal}"},
        "sign-in": {"codes-by-mail": True},
        "mail": {"server": f"localhost:{mail.port}", "encryption": "none", "from": "latchkey@example.com"},
    }
    with Latchkey(place.path, **settings).start() as latchkey:
        yield latchkey


@pytest.fixture
def link(latchkey: Latchkey) -> str:
    """For somebody without a role."""
    latchkey.run("account", "add", "bob@example.com", "--name", "Bob Builder")
    return latchkey.ask("account", "setup-link", "bob@example.com")["setup_link"]


def code(mail: MailServer, subject: str = "Your sign-in code") -> str:
    """The latest, once there is one that was not read yet."""
    message = mail.awaited(subject)
    mail.messages.remove(message)
    digits = re.search(r"^ {4}(\d{4} \d{4})\r?$", part(message, "plain"), re.M)
    assert digits and digits[1] in part(message, "html") and digits[1] not in message["subject"]
    assert message["to"] == MAILBOX
    return digits[1]


def set_up(visit: Visit, link: str, mail: MailServer, look=lambda name: None) -> list[str]:
    """From the set-up link to the first page, without a phone; the recovery codes."""
    page = visit.page
    page.goto(link)
    page.fill("#password", PASSWORD)
    page.click("#submit")
    page.click("#codes-by-mail")
    look("codes-by-mail")
    page.fill("#address", "bob@example.com")
    page.click("#submit")
    expect(page.locator("#address-problem")).to_contain_text("another provider")
    look("codes-by-mail-own")
    page.fill("#address", MAILBOX)
    page.click("#submit")
    expect(page.locator("#mailed-code")).to_be_focused()
    look("codes-by-mail-sent")
    page.fill("#mailed-code", code(mail, "Confirm your mail address"))
    page.keyboard.press("Enter")
    page.wait_for_selector("#recovery-codes")
    codes = page.locator("#recovery-codes li").all_inner_texts()
    page.click("#saved")
    page.wait_for_selector("#new-app-password")
    return codes


def test_somebody_without_a_phone_signs_in_with_codes_from_a_private_mailbox(
    latchkey: Latchkey, browser: Browser, mail: MailServer, link: str
):
    with Visit.to(latchkey, browser) as visit:
        page = visit.page
        set_up(visit, link, mail, look=visit.inspect)
        expect(page.locator("#ways")).to_contain_text(MAILBOX)
        visit.inspect("home-codes-by-mail")

        page.click("#sign-out")
        visit.sign_in("bob@example.com", PASSWORD)
        expect(page.locator("#mail-destination")).to_contain_text("b•••@home.example")
        assert MAILBOX not in page.content(), "a password alone shows no address"
        visit.inspect("code-mail")
        page.click("#mail-code")
        expect(page.locator("#mailed-code")).to_be_focused()
        visit.inspect("code-mailed")
        old = code(mail)
        page.click("#mail-code")
        new = code(mail)
        page.fill("#mailed-code", "00000000" if new != "0000 0000" else "11111111")
        page.click("#submit-mailed")
        expect(page.locator("#mailed-code-problem")).to_be_visible()
        visit.inspect("code-mailed-wrong")
        page.fill("#mailed-code", old.replace(" ", ""))
        page.keyboard.press("Enter")
        page.wait_for_selector("#new-app-password")
        page.goto("/sessions")
        expect(page.locator("main")).to_contain_text("code by mail")


def test_a_code_by_mail_confirms_and_a_form_loses_nothing(
    latchkey: Latchkey, browser: Browser, mail: MailServer, link: str
):
    with Visit.to(latchkey, browser) as visit:
        page = visit.page
        set_up(visit, link, mail)
        latchkey.let_codes_grow_old()
        page.goto("/app-passwords/new?application=email-client")
        expect(page.locator("h1")).to_have_text("Confirm that it is you")
        visit.inspect("confirm-mail")
        page.click("#mail-code")
        page.fill("#mailed-code", code(mail))
        page.click("#submit-mailed")
        page.fill("#name", "Laptop in the workshop")
        latchkey.let_codes_grow_old()
        page.click("#submit")
        page.click("#mail-code")
        expect(page.locator("#name")).to_have_value("Laptop in the workshop")
        visit.inspect("new-app-password-mailed")
        page.fill("#mailed-code", code(mail))
        page.click("#submit")
        assert visit.shown_secret()
        expect(page.locator("main")).to_contain_text("Laptop in the workshop")


def test_it_is_the_last_way_until_there_is_another_and_is_then_removed(
    latchkey: Latchkey, browser: Browser, mail: MailServer, link: str
):
    with Visit.to(latchkey, browser) as visit:
        page = visit.page
        set_up(visit, link, mail)
        page.click("#change-mailbox")
        expect(page.locator("main")).to_contain_text("the only way you can sign in")
        visit.inspect("codes-by-mail-last")
        page.goto("/authenticator")
        secret = page.locator("#totp-secret").text_content() or ""
        page.fill("#code", totp(secret))
        page.click("#submit")
        page.click("#change-mailbox")
        visit.inspect("codes-by-mail-change")
        page.click("#remove")
        expect(page.locator("#notice")).to_contain_text("No codes are mailed any more")
        expect(page.locator("#ways")).not_to_contain_text(MAILBOX)
        page.click("#sign-out")
        visit.sign_in("bob@example.com", PASSWORD)
        page.wait_for_selector("#code")
        assert not page.locator("#mail-code").count()


def test_a_mail_server_that_is_away_is_told_and_the_next_try_works(
    latchkey: Latchkey, browser: Browser, mail: MailServer, link: str
):
    with Visit.to(latchkey, browser) as visit:
        page = visit.page
        set_up(visit, link, mail)
        page.click("#sign-out")
        visit.sign_in("bob@example.com", PASSWORD)
        mail.behaviour = "later"
        page.click("#mail-code")
        expect(page.locator("#mail-problem")).to_contain_text("did not take it")
        visit.inspect("code-not-mailed")
        assert "451" in latchkey.log.read_text() and "could not be mailed" in latchkey.log.read_text()
        mail.behaviour = "take"
        page.click("#mail-code")
        given = code(mail)
        page.fill("#mailed-code", given)
        page.click("#submit-mailed")
        page.wait_for_selector("#new-app-password")
        assert given not in latchkey.log.read_text() and given.replace(" ", "") not in latchkey.log.read_text()


def test_without_scripts_and_with_the_keyboard_alone_it_works(
    latchkey: Latchkey, browser: Browser, mail: MailServer, link: str
):
    with Visit.to(latchkey, browser, java_script_enabled=False) as visit:
        page = visit.page
        set_up(visit, link, mail)
        page.click("#sign-out")
        visit.sign_in("bob@example.com", PASSWORD)
        page.click("#mail-code")
        page.fill("#mailed-code", code(mail))
        page.click("#submit-mailed")
        page.wait_for_selector("#new-app-password")
        page.click("#sign-out")
    with Visit.to(latchkey, browser) as visit:
        page = visit.page
        page.goto("/sign-in")
        visit.sign_in("bob@example.com", PASSWORD)
        visit.tab_to("#mail-code")
        page.keyboard.press("Enter")
        expect(page.locator("#mailed-code")).to_be_focused()
        page.keyboard.type(code(mail))
        visit.tab_to("#submit-mailed")
        page.keyboard.press("Enter")
        page.wait_for_selector("#new-app-password")


def test_where_it_is_switched_off_again_nobody_is_let_in_by_a_password_alone(
    latchkey: Latchkey, browser: Browser, mail: MailServer, link: str
):
    with Visit.to(latchkey, browser) as visit:
        codes = set_up(visit, link, mail)
    latchkey.stop()
    text = latchkey.configuration.read_text()
    latchkey.configuration.write_text(text.replace('"codes-by-mail": true', '"codes-by-mail": false'))
    latchkey.start()
    with Visit.to(latchkey, browser) as visit:
        page = visit.page
        page.goto("/sign-in")
        visit.sign_in("bob@example.com", PASSWORD)
        expect(page.locator(".lede")).to_contain_text("cannot be used here any more")
        assert not page.locator("#mail-code, #code").count()
        page.goto("/authenticator")
        expect(page.locator("#totp-secret")).to_have_count(0)
        visit.inspect("code-mail-off")
        page.click("#use-recovery-code")
        page.fill("#recovery-code", codes[0])
        page.click("#submit")
        page.wait_for_selector("#new-app-password")
        latchkey.let_codes_grow_old()
        page.click("#new-app-password")
        expect(page.locator("h1")).to_have_text("Nothing to confirm with")
        visit.inspect("confirm-nothing")

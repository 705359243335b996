"""First-use approval: a right app password from a new network waits for its owner's yes, and no server says "wrong password"."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from latchkey import AppPassword, Latchkey
from places import Place
from portal import Person, Visit, totp
from postfix import Postfix
from test_curl import ask

#: Two networks that a client on this machine can come from.
HOME, AWAY = "127.0.0.1", "127.0.9.1"


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    settings = {"sign-in": {"first-use-approval": True}}
    with Latchkey(place.path, group=Postfix.group(), **settings).start() as latchkey:
        yield latchkey


@pytest.fixture
def postfix(place: Place, latchkey: Latchkey) -> Iterator[Postfix]:
    with Postfix(place.path, latchkey.snippet("postfix")) as postfix:
        yield postfix


def test_a_yes_in_the_live_panel_lets_the_mail_program_in_and_leaves_the_secret_in_sight(
    visit: Visit, alice: Person, postfix: Postfix
):
    page = visit.page
    secret = visit.create_app_password("Thunderbird on the laptop")
    assert postfix.sign_in(alice.login, secret, client=HOME).code == 454, "temporary: the mail program tries again"
    live = page.locator("#live")
    expect(live).to_contain_text("Was it you?")
    expect(live).to_contain_text(HOME)
    visit.inspect("secret-question")
    live.get_by_role("button", name="Yes, that’s me").click()
    expect(live).to_contain_text("Approved")
    assert visit.shown_secret() == secret
    assert postfix.sign_in(alice.login, secret, client=HOME).code == 235
    expect(live.locator(".live-state")).to_have_class("live-state good")
    assert postfix.sign_in(alice.login, secret[:-1] + "x", client=HOME).code == 535, "a wrong one is wrong"


def test_a_no_keeps_the_network_out_and_leads_to_revoking(visit: Visit, alice: Person, postfix: Postfix):
    page = visit.page
    secret = visit.create_app_password("Thunderbird on the laptop")
    assert postfix.sign_in(alice.login, secret, client=HOME).code == 454
    assert postfix.sign_in(alice.login, secret, client=AWAY).code == 454
    page.goto("/")
    questions = page.locator(".question")
    expect(questions).to_have_count(2)
    visit.inspect("home-question")
    questions.filter(has_text=HOME).get_by_role("button", name="Yes, that’s me").click()
    expect(page.locator("#notice")).to_contain_text("may be used from there")
    expect(page.locator("h1")).to_have_text("Thunderbird on the laptop")
    visit.inspect("app-password-question")
    assert postfix.sign_in(alice.login, secret, client=HOME).code == 235
    page.locator(".question").get_by_role("button", name="No, that wasn’t me").click()
    expect(page.locator("h1")).to_have_text("Revoke Thunderbird on the laptop?")
    expect(page.locator("#notice")).to_contain_text("Nothing gets in from there")
    assert postfix.sign_in(alice.login, secret, client=AWAY).code == 535
    assert postfix.sign_in(alice.login, secret, client=HOME).code == 235
    page.click("#submit")
    assert postfix.sign_in(alice.login, secret, client=HOME).code == 535


def test_a_yes_that_comes_late_asks_for_a_code_first(visit: Visit, latchkey: Latchkey, alice: Person, postfix: Postfix):
    page = visit.page
    secret = visit.create_app_password("Thunderbird on the laptop")
    assert postfix.sign_in(alice.login, secret, client=HOME).code == 454
    latchkey.let_codes_grow_old()
    page.goto("/")
    page.locator(".question").get_by_role("button", name="Yes, that’s me").click()
    expect(page.locator("h1")).to_have_text("Was it you?")
    expect(page.locator("#code")).to_be_visible()
    visit.inspect("approval")
    page.fill("#code", totp(alice.authenticator_secret, steps_ahead=1))
    page.click("#approve")
    expect(page.locator("#notice")).to_contain_text("may be used from there")
    assert postfix.sign_in(alice.login, secret, client=HOME).code == 235


def test_an_administrator_approves_on_the_command_line_and_programs_hear_503_until_then(latchkey: Latchkey):
    app_password: AppPassword = latchkey.create(latchkey.add_account("alice@example.com"))
    token = latchkey.service_token("any")["token"]
    assert ask(latchkey, token, app_password, "smtp") == (503, {"verdict": "unavailable"})
    assert [waiting["network"] for waiting in latchkey.ask("app-password", "approve", app_password.id)] == ["unknown"]
    latchkey.run("app-password", "approve", app_password.id, "--network", "unknown")
    status, answer = ask(latchkey, token, app_password, "smtp")
    assert (status, answer["verdict"]) == (200, "accepted")


def test_what_was_used_before_the_policy_needs_no_yes(latchkey: Latchkey, postfix: Postfix):
    latchkey.stop()
    with_policy = latchkey.configuration.read_text()
    latchkey.configuration.write_text(with_policy.replace('"first-use-approval": true', '"first-use-approval": false'))
    latchkey.start()
    app_password = latchkey.create(latchkey.add_account("alice@example.com"))
    assert postfix.sign_in(app_password.account, app_password.secret, client=HOME).code == 235
    latchkey.stop()
    latchkey.configuration.write_text(with_policy)
    latchkey.start()
    assert postfix.sign_in(app_password.account, app_password.secret, client=HOME).code == 235
    assert postfix.sign_in(app_password.account, app_password.secret, client=AWAY).code == 454

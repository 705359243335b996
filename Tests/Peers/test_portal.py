"""The portal in a real Chromium, beside a real Postfix that asks about what was made there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from latchkey import Latchkey
from places import Place
from portal import Person, Visit, totp
from postfix import Postfix


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    with Latchkey(place.path, group=Postfix.group()).start() as latchkey:
        yield latchkey


@pytest.fixture
def postfix(place: Place, latchkey: Latchkey) -> Iterator[Postfix]:
    with Postfix(place.path, latchkey.snippet("postfix")) as postfix:
        yield postfix


def test_from_the_setup_link_to_a_mail_program_that_works(
    visit: Visit, latchkey: Latchkey, alice: Person, postfix: Postfix
):
    page = visit.page
    assert len(alice.recovery_codes) == 10
    secret = visit.create_app_password("Thunderbird on the laptop")
    assert page.inner_text("#login") == alice.login
    live = page.locator("#live")
    expect(live.locator(".live-state")).to_have_class("live-state waiting")

    mistyped = secret[:-1] + ("b" if secret[-1] == "a" else "a")
    assert postfix.sign_in(alice.login, mistyped).code == 535
    expect(live.locator(".live-state")).to_have_class("live-state bad")
    expect(live).to_contain_text("typ")

    assert postfix.sign_in(alice.login, secret).code == 235
    expect(live.locator(".live-state")).to_have_class("live-state good")
    expect(live).to_contain_text("127.0.0.1")

    page.click("#done")
    expect(page.locator("h1")).to_have_text("Thunderbird on the laptop")


def test_a_new_secret_replaces_the_old_one_when_it_is_used(visit: Visit, alice: Person, postfix: Postfix):
    page = visit.page
    old = visit.create_app_password("Thunderbird on the laptop")
    assert postfix.sign_in(alice.login, old).code == 235
    page.click("#done")
    page.click("#rotate")
    page.click("#submit")
    new = visit.shown_secret()
    assert new != old
    assert postfix.sign_in(alice.login, old).code == 235, "the old one works until the new one is used"
    assert postfix.sign_in(alice.login, new).code == 235
    expect(page.locator("#live .live-state")).to_have_class("live-state good")
    assert postfix.sign_in(alice.login, old).code == 535
    page.goto("/activity")
    expect(page.locator("main")).to_contain_text("The old secret of “Thunderbird on the laptop” ended")


def test_revoking_holds_at_once_and_the_activity_says_so(visit: Visit, alice: Person, postfix: Postfix):
    page = visit.page
    secret = visit.create_app_password("Thunderbird on the laptop")
    kept = visit.create_app_password("Phone", "mobile-device")
    assert postfix.sign_in(alice.login, secret).code == 235
    page.goto("/")
    page.click("text=Thunderbird on the laptop")
    page.click("#revoke")
    expect(page.locator("h1")).to_contain_text("Thunderbird on the laptop")
    page.click("#submit")
    expect(page.locator("#notice")).to_contain_text("Thunderbird on the laptop")
    assert postfix.sign_in(alice.login, secret).code == 535
    assert postfix.sign_in(alice.login, kept).code == 235

    page.goto("/activity?problems=1")
    problem = page.locator(".attempt.bad").first
    expect(problem).to_contain_text("revoked")
    expect(problem.locator(".fix")).not_to_be_empty()
    expect(page.locator("main")).to_contain_text("Thunderbird on the laptop")


def test_signing_in_takes_the_password_and_a_code_that_was_not_used_before(visit: Visit, alice: Person):
    page = visit.page
    page.click("#sign-out")
    visit.sign_in(alice.login, "not the password at all")
    expect(page.locator("#failure")).to_be_visible()
    visit.sign_in(alice.login, alice.password)
    # The one that enrolled the app, if the half minute is not over.
    page.fill("#code", totp(alice.authenticator_secret, steps_ahead=-3))
    page.click("#submit")
    expect(page.locator("#code-problem")).to_be_visible()
    page.fill("#code", totp(alice.authenticator_secret, steps_ahead=1))
    page.click("#submit")
    expect(page.locator("h1")).to_have_text("Security info")

    page.click("#sign-out")
    page.goto("/")
    visit.sign_in(alice.login, alice.password)
    page.click("#use-recovery-code")
    page.fill("#recovery-code", alice.recovery_codes[0])
    page.click("#submit")
    expect(page.locator("h1")).to_have_text("Security info")
    page.click("#sign-out")
    visit.sign_in(alice.login, alice.password)
    page.click("#use-recovery-code")
    page.fill("#recovery-code", alice.recovery_codes[0])
    page.click("#submit")
    expect(page.locator("#recovery-code-problem")).to_be_visible()


def test_a_setup_link_works_once(visit: Visit, latchkey: Latchkey, alice: Person, browser: Browser):
    with Visit.to(latchkey, browser) as second:
        answer = second.page.goto(latchkey.setup_link)
        assert answer and answer.status == 410


def test_an_app_password_can_be_made_with_the_keyboard_alone(visit: Visit, alice: Person):
    page, press = visit.page, visit.page.keyboard.press
    visit.tab_to("#new-app-password")
    press("Enter")
    page.wait_for_selector("#application-email-client")
    visit.tab_to("#application-email-client")
    press("Enter")
    page.wait_for_selector("#submit")
    visit.tab_to("#name")
    press("Control+A")
    page.keyboard.type("Thunderbird on the laptop")
    visit.tab_to("#service-smtp")
    press("Space")
    assert not page.is_checked("#service-smtp")
    press("Space")
    visit.tab_to("#submit")
    press("Enter")
    assert len(visit.shown_secret().replace("-", "")) == 25
    visit.tab_to("#copy-secret")
    visit.tab_to("#done")
    press("Enter")
    expect(page.locator("h1")).to_have_text("Thunderbird on the laptop")


def test_without_scripts_everything_but_the_live_panel_works(latchkey: Latchkey, browser: Browser, postfix: Postfix):
    with Visit.to(latchkey, browser, java_script_enabled=False) as visit:
        alice = visit.set_up(latchkey.setup_link)
        secret = visit.create_app_password("Old browser")
        page = visit.page
        assert postfix.sign_in(alice.login, secret).code == 235
        address = page.get_attribute("#check-now a", "href")
        assert address
        page.goto(address)
        expect(page.locator(".live-state")).to_have_class("live-state good")


def test_every_page_is_for_everybody(visit: Visit, latchkey: Latchkey, browser: Browser, postfix: Postfix):
    """axe finds nothing on any page, nothing needs to be scrolled sideways, and each has its picture taken."""
    page = visit.page
    alice = visit.set_up(latchkey.setup_link, look=visit.inspect)
    visit.inspect("home-empty")
    page.goto("/activity")
    visit.inspect("activity-first")

    page.goto("/app-passwords/new")
    visit.inspect("which-app")
    page.click("#application-email-client")
    visit.inspect("new-app-password")
    page.fill("#name", "")
    page.click("#submit")
    page.wait_for_selector("#name-problem")
    visit.inspect("new-app-password-problem")
    page.goto("/app-passwords/new?application=other")
    visit.inspect("new-app-password-other")

    secret = visit.create_app_password("Thunderbird on the laptop")
    visit.inspect("secret-waiting")
    assert postfix.sign_in(alice.login, secret[:-1] + ("b" if secret[-1] == "a" else "a")).code == 535
    page.wait_for_selector("#live .bad")
    visit.inspect("secret-problem")
    assert postfix.sign_in(alice.login, secret).code == 235
    page.wait_for_selector("#live .good")
    visit.inspect("secret-done")
    page.click("#done")
    details = page.url
    visit.inspect("app-password")
    page.goto(f"{details}/check")
    visit.inspect("check")
    page.goto(f"{details}/rotate")
    visit.inspect("rotate")
    page.click("#submit")
    visit.shown_secret()
    visit.inspect("secret-rotated")
    page.goto(details)
    visit.inspect("app-password-retiring")

    phone = visit.create_app_password("Phone of a person with a rather long name for a device", "mobile-device")
    page.click("#done")
    page.click("#revoke")
    visit.inspect("revoke")
    page.click("#submit")
    page.wait_for_selector("#notice")
    visit.inspect("home-after-revoking")
    assert postfix.sign_in(alice.login, phone).code == 535
    page.goto("/activity")
    visit.inspect("activity")
    page.goto("/activity?problems=1")
    visit.inspect("activity-problems")

    latchkey.let_codes_grow_old()
    page.goto("/app-passwords/new?application=email-client")
    page.wait_for_selector("#code")
    visit.inspect("confirm")
    page.fill("#code", totp(alice.authenticator_secret, steps_ahead=1))
    page.click("#submit")
    page.wait_for_selector("#name")
    latchkey.let_codes_grow_old()
    page.click("#submit")
    page.wait_for_selector("#code")
    visit.inspect("new-app-password-code")
    page.goto("/")
    page.click("#sign-out")
    visit.sign_in(alice.login, alice.password)
    page.click("#use-recovery-code")
    page.fill("#recovery-code", alice.recovery_codes[0])
    page.click("#submit")
    page.wait_for_selector("#new-app-password")

    for path in ("password", "authenticator", "recovery-codes", "sessions"):
        page.goto(f"/{path}")
        visit.inspect(f"{path}-change" if path in ("authenticator", "recovery-codes") else path)
    page.goto("/nothing-here")
    visit.inspect("not-found")

    page.goto("/")
    page.click("#sign-out")
    visit.inspect("sign-in")
    visit.sign_in(alice.login, "not the password at all")
    page.wait_for_selector("#failure")
    visit.inspect("sign-in-refused")
    visit.sign_in(alice.login, alice.password)
    page.wait_for_selector("#code")
    visit.inspect("code")
    page.click("#use-recovery-code")
    visit.inspect("recovery-code")
    page.goto(latchkey.setup_link)
    visit.inspect("setup-link-used")

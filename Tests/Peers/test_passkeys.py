"""Passkeys and security keys in a real Chromium, with the virtual authenticators of its DevTools protocol."""

import sqlite3

import pytest
from playwright.sync_api import Browser, expect

from authenticator import Authenticator, platform, usb_key
from latchkey import Latchkey
from portal import PASSWORD, Visit, totp


def at_home(visit: Visit) -> None:
    expect(visit.page.locator("h1")).to_have_text("Security info")


def add_passkey(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.click("#add-passkey")
    visit.page.click("#use-key")
    at_home(visit)


def add_security_key(visit: Visit) -> None:
    visit.page.goto("/")
    visit.page.click("#add-security-key")
    visit.page.click("#use-key")
    at_home(visit)


def sign_out(visit: Visit) -> None:
    visit.page.click("#sign-out")
    expect(visit.page.locator("h1")).to_have_text("Sign in")


def rows(latchkey: Latchkey, query: str) -> list[tuple]:
    with sqlite3.connect(latchkey.database) as database:
        return database.execute(query).fetchall()


def test_a_passkey_signs_in_by_itself_and_leads_to_an_app_password_in_three_clicks(visit: Visit, latchkey: Latchkey):
    visit.set_up(latchkey.setup_link)
    key = platform(visit)
    add_passkey(visit)
    expect(visit.page.locator("#notice")).to_contain_text("passkey")
    assert [one["isResidentCredential"] for one in key.credentials()] == [True]
    # A browser that offers nothing in the login field, where the virtual authenticator would answer at once.
    visit.page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    sign_out(visit)

    # Click one is the passkey, two the new app password, three its application; the form that then comes is sent by the Enter key.
    page = visit.page
    page.click("#use-key")
    at_home(visit)
    page.click("#new-app-password")
    page.click("#application-email-client")
    page.press("#name", "Enter")
    assert len(visit.shown_secret().replace("-", "")) == 25
    page.goto("/sessions")
    expect(page.locator("main")).to_contain_text("With passkey")


def test_the_browser_offers_passkeys_in_the_login_field(visit: Visit, latchkey: Latchkey):
    visit.set_up(latchkey.setup_link)
    platform(visit)
    add_passkey(visit)
    visit.page.click("#sign-out")
    # The virtual authenticator chooses the only passkey there is, as a person would in the field's list.
    at_home(visit)


def test_an_account_can_be_set_up_and_kept_without_any_password(visit: Visit, latchkey: Latchkey):
    page = visit.page
    key = platform(visit)
    page.goto(latchkey.setup_link)
    page.fill("#login", "alice@example.com")
    page.fill("#name", "Alice Example")
    visit.inspect("setup")
    page.click("#without-password")
    expect(page.locator("h1")).to_have_text("Add a passkey")
    visit.inspect("passkey-setup")
    page.click("#use-key")
    at_home(visit)
    visit.inspect("home-passwordless")
    assert rows(latchkey, "SELECT COUNT(*) FROM portal_password") == [(0,)]
    expect(page.locator("#change-password")).to_have_count(0)
    # The only way in has to stay.
    page.click(".row-action[id^=key-]")
    expect(page.locator(".remove")).to_contain_text("only way")
    expect(page.locator("#remove")).to_have_count(0)
    visit.inspect("passkey")

    latchkey.let_codes_grow_old()
    page.goto("/app-passwords/new?application=email-client")
    expect(page.locator("h1")).to_have_text("Confirm that it is you")
    expect(page.locator("#code")).to_have_count(0)
    visit.inspect("confirm-passkey")
    page.click("#use-key")
    page.wait_for_selector("#name")
    # And in the middle of a form, of which nothing is lost.
    latchkey.let_codes_grow_old()
    page.fill("#name", "Slowly written")
    page.click("#submit")
    expect(page.locator(".step-up")).to_be_visible()
    visit.inspect("step-up-passkey")
    page.click("#use-key")
    visit.shown_secret()
    expect(page.locator("h1")).to_contain_text("Slowly written")
    assert len(key.credentials()) == 1


@pytest.mark.parametrize("protocol", ["ctap2", "u2f"])
def test_a_security_key_is_the_second_step_after_the_password(visit: Visit, latchkey: Latchkey, protocol: str):
    page = visit.page
    alice = visit.set_up(latchkey.setup_link)
    usb_key(visit, protocol)
    add_security_key(visit)
    sign_out(visit)
    visit.sign_in(alice.login, alice.password)
    expect(page.locator("h1")).to_have_text("One more step")
    if protocol == "u2f":
        visit.inspect("second-step")
    page.click("#use-key")
    at_home(visit)
    # It needs no code any more: the app can go.
    page.click("#change-authenticator")
    if protocol == "u2f":
        visit.inspect("authenticator-app")
        page.fill("#name", "")
        page.click("#rename")
        expect(page.locator("#name-problem")).to_be_visible()
    page.fill("#name", "Blue phone")
    page.click("#rename")
    expect(page.locator("#ways")).to_contain_text("Blue phone")
    page.click("#change-authenticator")
    page.click("#remove")
    expect(page.locator("#notice")).to_contain_text("no longer count")
    sign_out(visit)
    visit.sign_in(alice.login, alice.password)
    expect(page.locator("h1")).to_have_text("Use your key")
    expect(page.locator("#code")).to_have_count(0)
    page.click("#use-key")
    at_home(visit)
    # Now it is the last second factor, so neither it nor the password can go.
    page.click(".row-action[id^=key-]")
    expect(page.locator(".remove")).to_contain_text("only way")
    page.goto("/password")
    expect(page.locator(".remove")).to_contain_text("only way")


def test_a_security_key_alone_signs_nobody_in(visit: Visit, latchkey: Latchkey):
    visit.set_up(latchkey.setup_link)
    # It could be used by itself, but was added as a second step only.
    Authenticator(visit, transport="usb", hasResidentKey=True, hasUserVerification=True, isUserVerified=True)
    add_security_key(visit)
    sign_out(visit)
    visit.page.click("#use-key")
    expect(visit.page.locator(".key-problem, #failure").first).to_be_visible()
    expect(visit.page.locator("h1")).to_have_text("Sign in")


def test_ways_to_sign_in_are_renamed_and_removed_and_what_is_removed_opens_nothing(visit: Visit, latchkey: Latchkey):
    page = visit.page
    visit.set_up(latchkey.setup_link)
    key = platform(visit, defaultBackupEligibility=True, defaultBackupState=True)
    add_passkey(visit)
    page.click(".row-action[id^=key-]")
    expect(page.locator(".facts")).to_contain_text("keeps copies")
    page.fill("#name", "  ")
    page.click("#rename")
    expect(page.locator("#name-problem")).to_be_visible()
    page.fill("#name", "Laptop <script>alert(1)</script>")
    page.click("#rename")
    expect(page.locator("#ways")).to_contain_text("Laptop <script>")

    page.click("#change-password")
    page.click("#remove")
    expect(page.locator("#notice")).to_contain_text("password is removed")
    visit.inspect("home-passkey")
    # What only followed the password is of no use any more, and is not offered.
    expect(page.locator("#add-security-key")).to_have_count(0)
    assert len(rows(latchkey, "SELECT 1 FROM webauthn_credential")) == 1

    # A second one, so that the first may go.
    key.remove()
    platform(visit)
    add_passkey(visit)
    page.click(".row-action[id^=key-] >> nth=0")
    page.click("#remove")
    at_home(visit)
    assert len(rows(latchkey, "SELECT 1 FROM webauthn_credential")) == 1
    events = {action for (action,) in rows(latchkey, "SELECT action FROM audit_event")}
    assert {"portal.passkey-added", "portal.passkey-removed", "portal.key-renamed", "portal.password-removed"} <= events


def set_up_without_password(visit: Visit, latchkey: Latchkey) -> None:
    page = visit.page
    page.goto(latchkey.setup_link)
    page.fill("#login", "alice@example.com")
    page.fill("#name", "Alice Example")
    page.click("#without-password")
    page.click("#use-key")
    at_home(visit)


def test_a_password_is_added_beside_a_passkey_works_with_what_follows_it_and_goes_again(
    visit: Visit, latchkey: Latchkey
):
    page = visit.page
    passkey = platform(visit)
    set_up_without_password(visit, latchkey)
    # After the password comes a second step that is chosen here, not by the browser before it.
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    latchkey.let_codes_grow_old()
    page.click("#add-password")
    expect(page.locator("h1")).to_have_text("Confirm that it is you")
    page.click("#use-key")
    expect(page.locator("h1")).to_have_text("Add a password")
    expect(page.locator("#current-password, #remove")).to_have_count(0)
    visit.inspect("add-password")
    page.fill("#password", "Password2026")
    page.click("#submit")
    expect(page.locator("#password-problem")).to_contain_text("easy to guess")
    visit.inspect("add-password-bad")
    # It grew old while she thought of a better one.
    latchkey.let_codes_grow_old()
    page.fill("#password", PASSWORD)
    expect(page.locator("#password-strength")).to_contain_text("centuries")
    page.click("#submit")
    expect(page.locator(".step-up")).to_be_visible()
    visit.inspect("add-password-step-up")
    page.fill("#password", PASSWORD)
    page.click("#use-key")
    at_home(visit)
    expect(page.locator("#notice")).to_contain_text("password is ready")
    expect(page.locator("#change-password")).to_be_visible()
    expect(page.locator("#add-password")).to_have_count(0)
    visit.inspect("home-password-added")

    # Alone it opens nothing: the passkey follows.
    sign_out(visit)
    visit.sign_in("alice@example.com", PASSWORD)
    expect(page.locator("h1")).not_to_have_text("Security info")
    page.click("#use-key")
    at_home(visit)

    # And now what only follows a password can be added.
    page.click("#add-authenticator")
    secret = page.locator("#totp-secret").text_content() or ""
    page.fill("#code", totp(secret))
    page.click("#submit")
    page.goto("/")
    passkey.remove()
    key = usb_key(visit)
    add_security_key(visit)
    sign_out(visit)
    visit.sign_in("alice@example.com", PASSWORD)
    page.click("#use-key")
    at_home(visit)
    key.remove()
    sign_out(visit)
    visit.sign_in("alice@example.com", PASSWORD)
    page.fill("#code", totp(secret, steps_ahead=1))
    page.click("#submit")
    at_home(visit)

    page.click("#change-password")
    expect(page.locator("h1")).to_have_text("Change your password")
    page.click("#remove")
    expect(page.locator("#notice")).to_contain_text("password is removed")
    expect(page.locator("#add-password")).to_be_visible()
    assert rows(latchkey, "SELECT COUNT(*) FROM portal_password") == [(0,)]
    events = [action for (action,) in rows(latchkey, "SELECT action FROM audit_event ORDER BY seq")]
    assert events.count("portal.password-added") == 1 and "portal.password-set" not in events


def test_a_passkey_that_its_owner_did_not_unlock_signs_nobody_in(visit: Visit, latchkey: Latchkey):
    visit.set_up(latchkey.setup_link)
    key = platform(visit)
    add_passkey(visit)
    key.set("setUserVerified", isUserVerified=False)
    sign_out(visit)
    visit.page.click("#use-key")
    expect(visit.page.locator(".key-problem")).to_be_visible()
    expect(visit.page.locator("h1")).to_have_text("Sign in")


def test_an_answer_works_once_and_for_nobody_else(visit: Visit, latchkey: Latchkey, browser: Browser):
    page = visit.page
    visit.set_up(latchkey.setup_link)
    platform(visit)
    add_passkey(visit)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if "/sign-in/passkey" in request.url else None)
    sign_out_and_in(visit)
    assert len(sent) == 1
    headers = {"Origin": visit.origin, "Sec-Fetch-Site": "same-origin"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    with Visit.to(latchkey, browser) as thief:
        for body in [sent[0], sent[0].replace("challenge=A", "challenge=B")]:
            answer = thief.page.request.post("/sign-in/passkey", data=body, headers=headers)
            assert answer.status == 422 and "__Host-latchkey=" not in answer.headers.get("set-cookie", "")
    failed = rows(latchkey, "SELECT refusal FROM audit_event WHERE action = 'portal.sign-in-failed'")
    # The second was for a challenge that was never made, which is nobody's sign-in.
    assert len(failed) == 1
    assert not rows(latchkey, "SELECT 1 FROM audit_event WHERE action = 'portal.key-copy-suspected'")


def sign_out_and_in(visit: Visit) -> None:
    visit.page.click("#sign-out")
    at_home(visit)


def test_passwords_and_codes_still_sign_in_where_there_is_a_passkey(visit: Visit, latchkey: Latchkey):
    alice = visit.set_up(latchkey.setup_link)
    key = platform(visit)
    add_passkey(visit)
    key.remove()
    sign_out(visit)
    visit.sign_in(alice.login, alice.password)
    visit.page.fill("#code", totp(alice.authenticator_secret, steps_ahead=1))
    visit.page.click("#submit")
    at_home(visit)


def test_passkeys_are_managed_with_the_keyboard_alone(visit: Visit, latchkey: Latchkey):
    visit.set_up(latchkey.setup_link)
    platform(visit)
    page = visit.page
    page.goto("/")
    visit.tab_to("#add-passkey")
    page.keyboard.press("Enter")
    page.wait_for_selector("#use-key")
    visit.tab_to("#use-key")
    page.keyboard.press("Enter")
    at_home(visit)


def test_without_scripts_the_pages_say_what_passkeys_need(latchkey: Latchkey, browser: Browser):
    with Visit.to(latchkey, browser, java_script_enabled=False) as visit:
        visit.page.goto("/sign-in")
        expect(visit.page.locator("main")).to_contain_text("need JavaScript")
        expect(visit.page.locator("#use-key")).to_be_hidden()
        assert visit.page.request.get("/.well-known/passkey-endpoints").json()["enroll"].endswith("/passkeys/new")

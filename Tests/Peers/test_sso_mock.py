"""Single sign-on in a real Chromium with oidc-provider-mock: honest, lying in its claims, and silent about when somebody signed in."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from latchkey import Latchkey
from mock_provider import MockProvider
from places import Place
from portal import Visit, totp
from sign_on import NEWCOMERS, Installation, accepts, at_home, refused, rows


@pytest.fixture
def provider() -> Iterator[MockProvider]:
    with MockProvider().running() as provider:
        provider.says_of_alice()
        yield provider


@contextmanager
def visiting(place: Place, browser: Browser, provider: MockProvider, settings: dict, **options) -> Iterator[tuple]:
    with (
        Installation(place.path).latchkey(provider.issuer, "any", **settings).start() as latchkey,
        Visit.to(latchkey, browser, allowing=[provider.issuer], **options) as visit,
    ):
        yield latchkey, visit


def sign_in(visit: Visit, provider: MockProvider) -> None:
    visit.page.goto("/sign-in")
    visit.page.click("#with-example")
    provider.sign_in(visit.page)


def test_from_a_first_account_to_a_confirmation_and_a_sign_out_there(place: Place, browser: Browser, provider: MockProvider):
    with visiting(place, browser, provider, NEWCOMERS | {"end-session": True}) as (latchkey, visit):
        page = visit.page
        sign_in(visit, provider)
        at_home(visit)
        secret = visit.create_app_password("Laptop")
        assert accepts(latchkey, "alice@example.com", secret)
        latchkey.let_codes_grow_old()
        page.goto("/app-passwords/new?application=email-client")
        page.click("#confirm-with-example")
        provider.sign_in(page)
        page.click("#submit")
        visit.shown_secret()
        page.goto("/")
        page.click("#sign-out")
        page.click("button:text-is('End session')")
        expect(page.locator("#notice")).to_contain_text("signed out")
        assert rows(latchkey, "SELECT COUNT(*) FROM session") == [(0,)]
        # The same person, not a second account.
        sign_in(visit, provider)
        at_home(visit)
        assert rows(latchkey, "SELECT COUNT(*) FROM account") == [(1,)]
        assert accepts(latchkey, "alice@example.com", secret)


WITH_AND_WITHOUT_SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])


@WITH_AND_WITHOUT_SCRIPTS
def test_a_form_is_as_it_was_after_a_confirmation_in_the_middle_of_it(
    place: Place, browser: Browser, provider: MockProvider, scripts: bool
):
    with visiting(place, browser, provider, NEWCOMERS, java_script_enabled=scripts) as (latchkey, visit):
        page = visit.page
        sign_in(visit, provider)
        at_home(visit)
        page.goto("/app-passwords/new?application=email-client")
        latchkey.let_codes_grow_old()
        page.fill("#name", "Käthe’s “slow” script & more")
        page.uncheck("#service-smtp")
        page.select_option("#lifetime", "90")
        page.click("summary:text-is('More options')")
        page.fill("#networks", "192.0.2.0/24\n2001:db8::/32")
        page.click("#submit")
        expect(page.locator("h1")).to_have_text("Confirm that it is you")
        expect(page.locator("main")).to_contain_text("with what you filled in")
        assert rows(latchkey, "SELECT COUNT(*) FROM app_password") == [(0,)]
        page.click("#confirm-with-example")
        provider.sign_in(page)
        expect(page.locator("#notice")).to_contain_text("the form is as you sent it")
        if scripts:
            visit.inspect("form-kept")
        expect(page.locator("#name")).to_have_value("Käthe’s “slow” script & more")
        expect(page.locator("#service-imap")).to_be_checked()
        expect(page.locator("#service-smtp")).not_to_be_checked()
        expect(page.locator("#lifetime")).to_have_value("90")
        expect(page.locator("#networks")).to_have_value("192.0.2.0/24\n2001:db8::/32")
        assert rows(latchkey, "SELECT COUNT(*) FROM app_password") == [(0,)]
        address = page.url
        page.click("#submit")
        visit.shown_secret()
        expect(page.locator("h1")).to_contain_text("Käthe’s “slow” script & more")
        # It is bound to the session, sealed, and leads nobody else anywhere.
        ((kept,),) = rows(latchkey, "SELECT sealed FROM kept_form")
        assert b"slow" not in kept
        page.context.clear_cookies()
        sign_in(visit, provider)
        at_home(visit)
        page.goto(address)
        expect(page.locator("#notice")).to_contain_text("not kept any longer")
        expect(page.locator("#name")).not_to_have_value("Käthe’s “slow” script & more")


@WITH_AND_WITHOUT_SCRIPTS
def test_who_has_a_code_as_well_may_choose_in_the_middle_of_a_form(
    place: Place, browser: Browser, provider: MockProvider, scripts: bool
):
    settings = {"single-factor": "accept"}
    with visiting(place, browser, provider, settings, java_script_enabled=scripts) as (latchkey, visit):
        page = visit.page
        alice = visit.set_up(latchkey.setup_link)
        page.click("#connect-example")
        provider.sign_in(page)
        expect(page.locator("#notice")).to_contain_text("connected")
        page.goto("/app-passwords/new?application=email-client")
        latchkey.let_codes_grow_old()
        page.fill("#name", "First thought")
        page.click("#submit")
        expect(page.locator(".step-up #code")).to_be_visible()
        if scripts:
            visit.inspect("step-up-other-way")
        # What is changed after that is not lost either.
        page.fill("#name", "Second thought")
        page.click("#confirm-elsewhere")
        expect(page.locator("#code")).to_be_visible()
        if scripts:
            visit.inspect("confirm-code-and-sso")
        page.click("#confirm-with-example")
        provider.sign_in(page)
        expect(page.locator("#name")).to_have_value("Second thought")
        # By the code of that page as well.
        latchkey.let_codes_grow_old()
        page.fill("#name", "Third thought")
        page.click("#submit")
        page.click("#confirm-elsewhere")
        page.fill("#code", totp(alice.authenticator_secret, steps_ahead=1))
        page.click("#submit")
        expect(page.locator("#name")).to_have_value("Third thought")
        # The enter key in the field of the code sends the code, though the other button comes first.
        latchkey.let_codes_grow_old()
        page.click("#submit")
        page.fill(".step-up #code", "000000")
        page.press(".step-up #code", "Enter")
        expect(page.locator(".step-up .problem")).to_be_visible()
        page.click("#confirm-elsewhere")
        page.click("#confirm-with-example")
        provider.sign_in(page)
        page.click("#submit")
        visit.shown_secret()

        # A form that has passwords in it is not kept.
        page.goto("/password")
        latchkey.let_codes_grow_old()
        page.fill("input[name=current-password]", alice.password)
        page.fill("input[name=password]", "a long and secret new password")
        page.click("#submit")
        before = rows(latchkey, "SELECT COUNT(*) FROM kept_form")
        page.click("#confirm-elsewhere")
        assert rows(latchkey, "SELECT COUNT(*) FROM kept_form") == before
        page.click("#confirm-with-example")
        provider.sign_in(page)
        expect(page.locator("h1")).to_have_text("Change your password")
        expect(page.locator("input[name=password]")).to_have_value("")


def grow_old(latchkey: Latchkey) -> None:
    """As if everybody had signed in an hour ago."""
    with sqlite3.connect(latchkey.database) as database:
        database.execute(
            "UPDATE session SET created = created - 3600000000, strong_at = strong_at - 3600000000"
        )


def test_where_the_provider_does_not_say_when_a_way_of_ones_own_is_added_first(
    place: Place, browser: Browser
):
    silent = MockProvider(tells_time=False)
    with silent.running() as provider, visiting(place, browser, provider, NEWCOMERS) as (latchkey, visit):
        provider.says_of_alice()
        page = visit.page
        sign_in(visit, provider)
        at_home(visit)
        page.click("#new-app-password")
        expect(page.locator("h1")).to_have_text("Add a way to confirm that it is you")
        expect(page.locator("#confirm-with-example")).to_have_count(0)
        visit.inspect("confirm-untold")
        # Later the provider is asked once more, which is as good as having signed in, and no better.
        grow_old(latchkey)
        page.goto("/app-passwords/new")
        page.click("#confirm-with-example")
        provider.sign_in(page)
        expect(page.locator("h1")).to_have_text("Add a way to confirm that it is you")
        assert rows(latchkey, "SELECT COUNT(*) FROM session") == [(1,)]
        assert "auth_time" in latchkey.log.read_text()
        doctor = subprocess.run(latchkey.command("doctor"), capture_output=True, text=True, timeout=60).stdout
        assert f"single sign-on: {provider.issuer} did not say when" in doctor

        page.click("#add-authenticator")
        visit.inspect("authenticator-untold")
        secret = page.locator("#totp-secret").text_content() or ""
        page.fill("#code", totp(secret))
        page.click("#submit")
        at_home(visit)
        visit.create_app_password("Laptop")

        # From then on it is not offered, and whoever has the link from before is told what to do instead.
        grow_old(latchkey)
        page.goto("/app-passwords/new?application=email-client")
        expect(page.locator("#code")).to_be_visible()
        expect(page.locator("#confirm-with-example")).to_have_count(0)
        page.evaluate("location.assign('/confirm/with/example?next=/app-passwords/new%3Fapplication=email-client')")
        provider.sign_in(page)
        expect(page.locator("main")).to_contain_text("did not say when you signed in")
        expect(page.locator("#again")).to_have_count(0)
        visit.inspect("sso-untold")
        page.click("#other-way")
        page.fill("#code", totp(secret, steps_ahead=1))
        page.click("#submit")
        page.wait_for_selector("#name")
        # And whoever signs in there anew, with nothing else, makes nothing and adds nothing.
        page.goto("/")
        page.click("#sign-out")
        sign_in(visit, provider)
        page.goto("/passkeys/new")
        expect(page.locator("h1")).to_have_text("Confirm that it is you")


LIES: dict[str, dict[str, object]] = {
    "the nonce of another request": {"nonce": "another"},
    "another audience": {"aud": "somebody-else"},
    "several audiences, and issued to another": {"aud": ["latchkey", "other"], "azp": "other"},
    "several audiences, and nobody named": {"aud": ["latchkey", "other"]},
    "another issuer": {"iss": "https://login.example.net"},
    "an end that has come": {"iat": 1_700_000_000, "exp": 1_700_000_300},
    "issued long ago, and still good": {"iat": 1_700_000_000},
    "issued tomorrow": {"iat": 4_000_000_000, "exp": 4_000_000_300},
    "not good yet": {"nbf": 4_000_000_000},
    "the access token of another": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "a time that is none": {"auth_time": "yesterday"},
    "methods that are no list": {"amr": {"mfa": True}},
    "groups without end": {"groups": ["a group with a rather long name"] * 600},
    "an address that is not verified": {"email_verified": False},
    "an address of another domain": {"email": "alice@example.org"},
    "an address with another in it": {"email": "alice@example.org@example.com\u0000"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_claim_that_is_not_so_lets_nobody_in(place: Place, browser: Browser, provider: MockProvider, lie: str):
    provider.says_of_alice(**LIES[lie])
    with visiting(place, browser, provider, NEWCOMERS) as (latchkey, visit):
        sign_in(visit, provider)
        refused(visit, latchkey)


def test_an_account_that_is_there_is_nobodys_who_claims_its_name(place: Place, browser: Browser, provider: MockProvider):
    with visiting(place, browser, provider, NEWCOMERS) as (latchkey, visit):
        latchkey.add_account("alice@example.com")
        sign_in(visit, provider)
        expect(visit.page.locator("main")).to_contain_text("is not connected with Example ID")
        assert rows(latchkey, "SELECT COUNT(*) FROM oidc_identity") == [(0,)]
        assert rows(latchkey, "SELECT COUNT(*) FROM session") == [(0,)]

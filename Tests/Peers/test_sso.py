"""Single sign-on in a real Chromium: with Canaille, a whole identity provider, and with one that lies.

`test_sso_mock.py` goes on with a provider whose claims a test sets: what can be told wrong in claims is there.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from hostile_provider import HostileProvider
from identity_provider import Canaille
from latchkey import Latchkey
from mailserver import MailServer, part
from places import Place
from portal import Visit, totp
from processes import until
from sign_on import NEWCOMERS, Installation, accepts, at_home, refused, rows


# With Canaille


@pytest.fixture
def canaille(place: Place) -> Iterator[Canaille]:
    installation = Installation(place.path)
    canaille = Canaille(place.path, installation.portal, "example")
    canaille.installation = installation
    with canaille.running():
        yield canaille


@contextmanager
def with_canaille(canaille: Canaille, **settings) -> Iterator[Latchkey]:
    latchkey = canaille.installation.latchkey(canaille.issuer, canaille.secret, **settings)
    if "groups" in settings:
        latchkey.run("group", "add", "staff")
    with latchkey.start():
        yield latchkey


def test_from_the_first_sign_in_to_an_app_password_that_ends_with_the_account(canaille: Canaille, browser: Browser):
    settings = NEWCOMERS | {"scopes": ["profile", "email", "groups"], "groups": ["Staff = staff"], "end-session": True}
    with with_canaille(canaille, **settings) as latchkey, Visit.to(latchkey, browser, allowing=[canaille.issuer]) as visit:
        page = visit.page
        page.goto("/app-passwords/new?application=email-client")
        visit.inspect("sign-in-sso")
        page.click("#with-example")
        canaille.sign_in(page, "alice")
        # Where she was going, and without a further question: she has signed in there just now.
        page.wait_for_selector("#name")
        page.fill("#name", "Laptop")
        page.click("#submit")
        secret = visit.shown_secret()
        assert accepts(latchkey, "alice@example.com", secret)

        page.goto("/")
        at_home(visit)
        expect(page.locator("#ways")).to_contain_text("alice@example.com")
        visit.inspect("home-sso")
        # A password would be a way around the provider, which only who has a passkey has already.
        expect(page.locator("#add-password")).to_have_count(0)
        page.goto("/password")
        expect(page.locator("h1")).to_have_text("Add a password")
        expect(page.locator("#password")).to_have_count(0)
        visit.inspect("password-needs-passkey")
        page.click("#add-passkey")
        expect(page.locator("h1")).to_have_text("Add a passkey")
        page.goto("/")
        assert latchkey.ask("group", "show", "staff")["members"] == ["alice@example.com"]
        page.click(".row-action[id^=identity-]")
        expect(page.locator(".remove")).to_contain_text("only way")
        visit.inspect("identity")
        page.goto("/sessions")
        expect(page.locator("main")).to_contain_text("With single sign-on")

        # Without a sign-in of the last minutes she confirms there, and with her password.
        latchkey.let_codes_grow_old()
        page.goto("/app-passwords/new?application=email-client")
        expect(page.locator("h1")).to_have_text("Confirm that it is you")
        expect(page.locator("#code")).to_have_count(0)
        visit.inspect("confirm-sso")
        page.click("#confirm-with-example")
        canaille.give_password(page)
        page.wait_for_selector("#name")
        # And in the middle of a form, of which nothing is lost.
        latchkey.let_codes_grow_old()
        page.fill("#name", "Slowly written")
        page.click("#submit")
        expect(page.locator("h1")).to_have_text("Confirm that it is you")
        page.click("#confirm-with-example")
        canaille.give_password(page)
        expect(page.locator("#notice")).to_contain_text("as you sent it")
        page.click("#submit")
        visit.shown_secret()
        expect(page.locator("h1")).to_contain_text("Slowly written")

        page.goto("/")
        page.click("#sign-out")
        page.wait_for_url(lambda url: not url.startswith(visit.origin + "/sign-out"))

        latchkey.run("account", "disable", "alice@example.com")
        assert not accepts(latchkey, "alice@example.com", secret)
        page.goto("/sign-in")
        page.click("#with-example")
        if page.locator("input[name=login]").count():
            canaille.sign_in(page, "alice")
        expect(page.locator("h1")).to_have_text("You are not signed in")
        visit.inspect("sso-refused")
        assert rows(latchkey, "SELECT COUNT(*) FROM session") == [(0,)]
        actions = {action for (action,) in rows(latchkey, "SELECT action FROM audit_event")}
        assert {"portal.identity-linked", "portal.sign-in", "portal.step-up", "portal.sign-in-failed"} <= actions


def test_a_first_sign_in_is_told_by_mail_as_the_account_that_it_made_and_not_as_a_way_that_was_added(
    canaille: Canaille, browser: Browser
):
    with MailServer() as mail:
        canaille.installation.further = {
            "mail": {"server": f"localhost:{mail.port}", "encryption": "none", "from": "latchkey@example.com"}
        }
        with with_canaille(canaille, **NEWCOMERS) as latchkey:
            until("the log to be read", lambda: rows(latchkey, "SELECT seq FROM alert_position"))
            with Visit.to(latchkey, browser, allowing=[canaille.issuer]) as visit:
                visit.page.goto("/")
                visit.page.click("#with-example")
                canaille.sign_in(visit.page, "alice")
                at_home(visit)
            message = mail.awaited("An account was made for you")
            assert "Single sign-on: Example ID, alice@example.com" in part(message, "plain")
            time.sleep(2.5)
            assert mail.subjects == ["An account was made for you"]


def test_an_account_that_is_there_is_connected_by_its_owner_and_disconnected_again(canaille: Canaille, browser: Browser):
    with with_canaille(canaille, **NEWCOMERS) as latchkey, Visit.to(latchkey, browser, allowing=[canaille.issuer]) as visit:
        page = visit.page
        alice = visit.set_up(latchkey.setup_link)
        page.click("#sign-out")
        page.click("#with-example")
        canaille.sign_in(page, "alice")
        expect(page.locator("h1")).to_have_text("You are not signed in")
        expect(page.locator("main")).to_contain_text("with your password or passkey first")
        visit.inspect("sso-login-taken")
        page.click("#other-way")
        visit.sign_in(alice.login, alice.password)
        page.fill("#code", totp(alice.authenticator_secret, steps_ahead=1))
        page.click("#submit")
        at_home(visit)
        page.click("#connect-example")
        at_home(visit)
        expect(page.locator("#notice")).to_contain_text("connected")
        expect(page.locator("#connect-example")).to_have_count(0)
        page.click("#sign-out")
        page.click("#with-example")
        at_home(visit)

        page.click(".row-action[id^=identity-]")
        latchkey.let_codes_grow_old()
        page.click("#remove")
        page.click("#confirm-with-example")
        canaille.give_password(page)
        page.click("#remove")
        expect(page.locator("#notice")).to_contain_text("disconnected")
        assert rows(latchkey, "SELECT COUNT(*) FROM oidc_identity") == [(0,)]
        page.click("#sign-out")
        page.click("#with-example")
        expect(page.locator("main")).to_contain_text("with your password or passkey first")


def test_where_one_factor_is_not_enough_a_second_follows_here(canaille: Canaille, browser: Browser):
    with (
        with_canaille(canaille, **NEWCOMERS | {"single-factor": "ask"}) as latchkey,
        Visit.to(latchkey, browser, allowing=[canaille.issuer]) as visit,
    ):
        page = visit.page
        page.goto("/sign-in")
        page.click("#with-example")
        canaille.sign_in(page, "bob")
        secret = page.locator("#totp-secret").text_content() or ""
        page.fill("#code", totp(secret))
        page.click("#submit")
        page.click("#saved")
        at_home(visit)
        page.click("#sign-out")
        page.click("#with-example")
        expect(page.locator("h1")).to_have_text("Enter your code")
        # What has just been shown there is no second step.
        expect(page.locator("#confirm-with-example")).to_have_count(0)
        page.fill("#code", totp(secret, steps_ahead=1))
        page.click("#submit")
        at_home(visit)


# With one that lies


@pytest.fixture
def provider() -> Iterator[HostileProvider]:
    with HostileProvider().running() as provider:
        yield provider


@pytest.fixture
def latchkey(place: Place, provider: HostileProvider) -> Iterator[Latchkey]:
    installation = Installation(place.path)
    settings = {"create-accounts": True, "allowed-domains": ["example.com"], "end-session": True}
    with installation.latchkey(provider.issuer, None, **settings).start() as latchkey:
        yield latchkey


@pytest.fixture
def visit(latchkey: Latchkey, browser: Browser, provider: HostileProvider) -> Iterator[Visit]:
    with Visit.to(latchkey, browser, allowing=[provider.issuer]) as visit:
        yield visit


LIES: dict[str, Callable[[HostileProvider], None]] = {
    "no nonce": lambda it: it.claims.update(nonce=None),
    "no subject": lambda it: it.claims.update(sub=None),
    "no signature": lambda it: setattr(it, "sign", it.unsigned),
    "the signature of another key": lambda it: setattr(it, "sign", lambda claims: it.signed(claims, it.stranger)),
    "an unknown key": lambda it: setattr(it, "kid", "two"),
    "claims changed after the signature": lambda it: setattr(it, "sign", lambda claims: changed(it, claims)),
    "a logout token in its place": lambda it: setattr(it, "sign", lambda claims: it.signed(claims, typ="logout+jwt")),
    "the state of nobody": lambda it: setattr(it, "bring_back", lambda fields: fields | {"state": "x" * 43}),
    "no state": lambda it: setattr(it, "bring_back", lambda fields: {"code": fields["code"]}),
    "the issuer of another, beside the code": lambda it: setattr(
        it, "bring_back", lambda fields: fields | {"iss": "https://login.example.net"}
    ),
    "an error in words of its own": lambda it: setattr(
        it,
        "bring_back",
        lambda fields: {"error": "access_denied", "error_description": "<b>Call 555</b>", "state": fields["state"]},
    ),
}


def changed(provider: HostileProvider, claims: dict) -> str:
    header, _, signature = provider.signed(claims).split(".")
    _, payload, _ = provider.signed(claims | {"sub": "mallory"}).split(".")
    return f"{header}.{payload}.{signature}"


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_of_the_provider_ends_on_a_page_that_says_what_to_do(
    visit: Visit, latchkey: Latchkey, provider: HostileProvider, lie: str
):
    LIES[lie](provider)
    visit.page.goto("/sign-in")
    visit.page.click("#with-example")
    refused(visit, latchkey)
    assert "555" not in visit.page.content()
    if lie == "no signature":
        visit.inspect("sso-lie")


def test_an_honest_answer_signs_in_once_and_its_replay_does_not(
    visit: Visit, latchkey: Latchkey, provider: HostileProvider, browser: Browser
):
    page = visit.page
    answers: list[str] = []
    page.on("request", lambda request: answers.append(request.url) if "/callback/" in request.url else None)
    page.goto("/sign-in")
    page.click("#with-example")
    at_home(visit)
    asked = provider.requests[0]
    assert asked["code_challenge_method"] == "S256" and len(asked["state"]) == len(asked["nonce"]) == 43
    assert asked["redirect_uri"] == f"{visit.origin}/sign-in/callback/example"
    page.context.clear_cookies(name="__Host-latchkey")
    page.goto(answers[0])
    expect(page.locator("h1")).to_have_text("You are not signed in")
    with Visit.to(latchkey, browser) as other:
        other.page.goto(answers[0])
        expect(other.page.locator("h1")).to_have_text("You are not signed in")
    assert rows(latchkey, "SELECT COUNT(*) FROM session") == [(1,)]


def test_what_another_browser_began_is_not_taken_from_this_one(
    visit: Visit, latchkey: Latchkey, provider: HostileProvider, browser: Browser
):
    # The thief stops short of the portal, and has the victim go there with the thief's own code and state.
    with Visit.to(latchkey, browser) as thief:
        own = {"Sec-Fetch-Site": "same-origin"}
        asked = thief.page.request.get("/sign-in/with/example", headers=own, max_redirects=0).headers["location"]
        answer = thief.page.request.get(asked, max_redirects=0).headers["location"]
    visit.page.goto(answer)
    refused(visit, latchkey)
    # Nor with a cookie of the victim's own.
    visit.page.request.get("/sign-in/with/example", headers=own, max_redirects=0)
    assert any(cookie["name"] == "__Host-latchkey-sso" for cookie in visit.page.context.cookies())
    visit.page.goto(answer)
    refused(visit, latchkey)


def test_no_other_site_can_begin_a_sign_in_or_a_connection(visit: Visit, latchkey: Latchkey, provider: HostileProvider):
    page = visit.page
    for path in ["/sign-in/with/example", "/connect/example", "/confirm/with/example"]:
        answer = page.request.get(path, max_redirects=0, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status == 303 and answer.headers["location"].startswith("/sign-in"), path
        assert "set-cookie" not in answer.headers
    page.goto("/sign-in/with/example")  # as typed in the address bar
    expect(page.locator("h1")).to_have_text("Sign in")
    assert not provider.requests
    assert page.request.get("/sign-in/with/nobody").status == 404


def post(url: str, **fields: str) -> tuple[int, str]:
    """As a provider's server does, without any of a browser's headers."""
    try:
        with urlopen(Request(url, data=urlencode(fields).encode()), timeout=10) as answer:
            return answer.status, answer.headers["Cache-Control"]
    except HTTPError as error:
        return error.code, error.headers["Cache-Control"]


def test_a_logout_at_the_provider_ends_the_sessions_here_and_no_app_password(
    visit: Visit, latchkey: Latchkey, provider: HostileProvider
):
    page = visit.page
    page.goto("/sign-in")
    page.click("#with-example")
    at_home(visit)
    secret = visit.create_app_password("Laptop")
    url = f"{visit.origin}/sso/example/backchannel-logout"
    for token in [
        provider.unsigned({"sub": "alice-1"}),
        provider.logout_token(sub="alice-1", nonce="one"),
        provider.logout_token(sub="alice-1", aud="somebody-else"),
        provider.signed(provider.id_claims()),
        "",
    ]:
        assert post(url, logout_token=token) == (400, "no-store")
    assert post(url, logout_token=provider.logout_token(sub="bob-1")) == (200, "no-store")
    assert rows(latchkey, "SELECT COUNT(*) FROM session") == [(1,)]
    good = provider.logout_token(sub="alice-1", sid="session-1")
    assert post(url, logout_token=good) == (200, "no-store")
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Sign in")
    assert accepts(latchkey, "alice@example.com", secret)
    assert post(url, logout_token=good) == (400, "no-store")
    assert post(f"{visit.origin}/sso/nobody/backchannel-logout", logout_token=good)[0] == 404
    # The exception is for that path alone.
    assert post(f"{visit.origin}/sign-out")[0] == 403


def test_whoever_signs_out_here_is_signed_out_there_too(visit: Visit, latchkey: Latchkey, provider: HostileProvider):
    page = visit.page
    page.goto("/sign-in")
    page.click("#with-example")
    at_home(visit)
    page.click("#sign-out")
    expect(page.locator("h1")).to_have_text("Sign in")
    expect(page.locator("#notice")).to_contain_text("signed out")
    asked = provider.requests[-1]
    assert asked["post_logout_redirect_uri"] == f"{visit.origin}/sign-in" and asked["client_id"] == "latchkey"
    assert asked["id_token_hint"].count(".") == 2
    assert rows(latchkey, "SELECT COUNT(*) FROM session") == [(0,)]


def test_a_provider_that_is_away_is_told_as_such(visit: Visit, provider: HostileProvider, latchkey: Latchkey):
    page = visit.page
    page.goto("/sign-in")
    provider.server.shutdown()
    provider.server.server_close()
    page.click("#with-example")
    refused(visit, latchkey)
    expect(page.locator("main")).to_contain_text("does not answer just now")
    expect(page.locator("#again")).to_be_visible()
    # The page of one's own is there all the same.
    page.click("#other-way")
    expect(page.locator("#login")).to_be_visible()

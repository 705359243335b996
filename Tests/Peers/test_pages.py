"""What holds of all pages: they need no script and no mouse, and neither other sites nor the browser's memory get at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Error, expect

from authenticator import platform
from latchkey import Latchkey
from portal import PASSWORD, Person, Visit, totp
from processes import serving


@contextmanager
def other_site(html: str) -> Iterator[str]:
    """A page of somebody else's, under a name that is another site's to a browser."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Prizes</title>{html}".encode())

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


def test_no_other_site_can_frame_a_page(latchkey: Latchkey, visit: Visit):
    visit.set_up(latchkey.setup_link)
    page = visit.page.context.new_page()
    for path in ("/", "/sign-in", "/app-passwords/new?application=script", "/confirm", "/nothing-here"):
        with other_site(f'<iframe id="portal" src="{latchkey.portal}{path}"></iframe>') as site:
            visit.allowed.append(site)
            with page.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
                page.goto(site)
            assert "Latchkey" not in page.frames[-1].content(), f"{path} is shown in a frame"
    # What the browser has to say of that is what is wanted here.
    visit.problems[:] = [problem for problem in visit.problems if "frame-ancestors 'none'" not in problem]


@pytest.mark.parametrize(
    "path", ["/sign-out", "/sessions/end-others", "/app-passwords", "/password", "/authenticator/remove", "/alerts"]
)
def test_no_other_site_can_send_a_form(latchkey: Latchkey, visit: Visit, path: str):
    visit.set_up(latchkey.setup_link)
    form = (
        f'<form method="post" action="{latchkey.portal}{path}"><input name="name" value="x"><button id="win">Win</button>'
        "</form>"
    )
    with other_site(form) as site:
        visit.allowed.append(site)
        visit.page.goto(site)
        visit.page.click("#win")
        expect(visit.page.locator("h1")).to_have_text("That came from somewhere else")
    visit.page.goto("/")
    visit.page.wait_for_selector("#new-app-password")
    expect(visit.page.locator("#recent")).not_to_contain_text("signed out")


def test_the_back_button_shows_nothing_to_whoever_comes_after(latchkey: Latchkey, visit: Visit):
    visit.set_up(latchkey.setup_link)
    secret = visit.create_app_password("Thunderbird on the laptop")
    page = visit.page
    page.click("#done")
    page.wait_for_selector("#revoke")
    # The answer to a form is in no cache: the browser offers to send the form again.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    # The browser's page about that arrives after the error: until then there is nothing to read or to leave.
    expect(page.locator("body")).to_contain_text("ERR_CACHE_MISS")
    assert secret not in page.content()
    page.goto("/")
    page.goto("/activity")
    page.click("#sign-out")
    page.wait_for_selector("#login")
    for _ in range(2):
        page.go_back()
        expect(page.locator("h1")).to_have_text("Sign in")
        assert "Thunderbird" not in page.content()


def test_every_page_but_passkeys_works_without_scripts(latchkey: Latchkey, browser: Browser):
    with Visit.to(latchkey, browser, java_script_enabled=False) as visit:
        alice = visit.set_up(latchkey.setup_link)
        page = visit.page

        def code(steps: int = 0) -> str:
            latchkey.forget_used_codes()
            return totp(alice.authenticator_secret, steps)

        # A new app password, with the confirmation within its form.
        page.goto("/app-passwords/new?application=email-client")
        page.fill("#name", "Laptop")
        latchkey.let_codes_grow_old()
        page.click("#submit")
        expect(page.locator("#name")).to_have_value("Laptop")
        page.fill("#code", code())
        page.click("#submit")
        first = visit.shown_secret()
        page.click("#done")
        details = page.url
        page.goto(f"{details}/check")
        expect(page.locator(".live-state")).to_be_visible()

        # A new secret, then its end.
        page.goto(f"{details}/rotate")
        page.click("#submit")
        assert visit.shown_secret() != first
        page.click("#done")
        page.click("#revoke")
        page.click("#submit")
        expect(page.locator("#notice")).to_contain_text("revoked")

        # What happened, with its filter.
        page.goto("/activity")
        expect(page.locator("main")).to_contain_text("was revoked")
        page.goto("/activity?problems=1")
        expect(page.locator("main")).to_contain_text("No problems")

        # Step-up on a page of its own.
        latchkey.let_codes_grow_old()
        page.goto("/recovery-codes")
        page.fill("#code", code())
        page.click("#submit")
        page.click("#submit")
        codes = page.locator("#recovery-codes li").all_inner_texts()
        assert len(codes) == 10 and not set(codes) & set(alice.recovery_codes)

        # The password, the app, the alerts.
        page.goto("/password")
        page.fill("#current-password", PASSWORD)
        page.fill("#password", "oboe lamp quarry meadow")
        page.click("#submit")
        expect(page.locator("#notice")).to_contain_text("password is changed")
        page.goto("/authenticator")
        alice.authenticator_secret = page.locator("#totp-secret").text_content() or ""
        page.fill("#code", totp(alice.authenticator_secret))
        page.click("#submit")
        expect(page.locator("#notice")).to_contain_text("new app")
        page.goto("/alerts")
        page.locator("input[type=checkbox]").first.uncheck()
        page.click("#submit")
        expect(page.locator("#notice")).to_contain_text("choice is kept")

        # The helpdesk's link.
        latchkey.run("account", "add", "bob@example.com", "--name", "Bob Builder")
        page.goto("/helpdesk")
        page.fill("#login", "bob@example.com")
        page.click("#find")
        page.click("#submit")
        assert "/setup/" in page.inner_text("#link")

        # Another browser, which is ended from this one; and the way in by a recovery code.
        with Visit.to(latchkey, browser, java_script_enabled=False) as other:
            other.page.goto("/activity")
            other.sign_in(alice.login, "oboe lamp quarry meadow")
            other.page.click("#use-recovery-code")
            other.page.fill("#recovery-code", codes[0])
            other.page.click("#submit")
            expect(other.page.locator("h1")).to_have_text("Activity")
            page.goto("/sessions")
            page.click("#end-others")
            expect(page.locator("#notice")).to_contain_text("everywhere else")
            other.page.goto("/")
            other.page.wait_for_selector("#login")
        page.click("#sign-out")
        visit.sign_in(alice.login, "oboe lamp quarry meadow")
        page.fill("#code", code())
        page.click("#submit")
        page.wait_for_selector("#new-app-password")


def test_signing_in_confirming_and_removing_need_no_mouse(latchkey: Latchkey, visit: Visit):
    alice: Person = visit.set_up(latchkey.setup_link)
    page = visit.page

    def press(selector: str) -> None:
        visit.tab_to(selector)
        page.keyboard.press("Enter")

    def write(selector: str, text: str) -> None:
        visit.tab_to(selector)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)

    press("#sign-out")
    page.wait_for_selector("#login")
    write("#login", alice.login)
    write("#password", alice.password)
    page.keyboard.press("Enter")
    page.wait_for_selector("#code")
    write("#code", totp(alice.authenticator_secret, 1))
    page.keyboard.press("Enter")
    page.wait_for_selector("#new-app-password")

    # Confirming, on the way to a new app password.
    latchkey.let_codes_grow_old()
    latchkey.forget_used_codes()
    press("#new-app-password")
    page.wait_for_selector("#code")
    write("#code", totp(alice.authenticator_secret))
    page.keyboard.press("Enter")
    page.wait_for_selector("#application-script")
    press("#application-script")
    page.wait_for_selector("#name")
    write("#name", "Nightly backup")
    press("#submit")
    visit.shown_secret()
    press("#done")
    page.wait_for_selector("#revoke")
    press("#revoke")
    page.wait_for_selector("h1:has-text('Revoke')")
    press("#submit")
    expect(page.locator("#notice")).to_contain_text("Nightly backup")

    # Away from the app, to a passkey and back: what can be removed is removed without a mouse.
    platform(visit)
    press("#add-passkey")
    page.wait_for_selector("#use-key")
    press("#use-key")
    page.wait_for_selector("#new-app-password")
    press("#change-authenticator")
    page.wait_for_selector("#remove")
    press("#remove")
    expect(page.locator("#notice")).to_contain_text("no longer count")
    press("#change-password")
    page.wait_for_selector("#remove")
    press("#remove")
    expect(page.locator("#notice")).to_contain_text("password is removed")
    # A browser that offers nothing in the login field, where the virtual authenticator would answer at once.
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    press("#sign-out")
    page.wait_for_selector("#use-key")
    press("#use-key")
    page.wait_for_selector("#new-app-password")

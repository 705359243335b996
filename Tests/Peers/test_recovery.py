"""Choosing a password, the helpdesk, and the way back in, in a real Chromium."""


from playwright.sync_api import Browser, expect

from latchkey import Latchkey
from portal import Person, Visit, totp


def set_up_by(link: str, visit: Visit, password: str) -> str:
    """From somebody's set-up link to their recovery codes; returns the key in their authenticator app."""
    page = visit.page
    page.goto(link)
    page.fill("#password", password)
    page.click("#submit")
    secret = page.locator("#totp-secret").text_content() or ""
    page.fill("#code", totp(secret))
    page.click("#submit")
    page.wait_for_selector("#recovery-codes")
    return secret


def test_how_hard_a_password_is_to_guess_is_told_while_it_is_typed_and_never_in_a_url(visit: Visit, latchkey: Latchkey):
    page = visit.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(latchkey.setup_link)
    page.fill("#login", "alice@example.com")
    strength = page.locator("#password-strength")
    page.locator("#password").press_sequentially("starwars12")
    expect(strength).to_contain_text("easy to guess")
    visit.inspect("setup-weak")
    page.fill("#password", "copper teapot under the ferry")
    expect(strength).to_contain_text("centuries")
    visit.inspect("setup-strong")
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "x");
            const event = new ClipboardEvent("paste", { clipboardData: data, cancelable: true, bubbles: true });
            if (!document.getElementById("password").dispatchEvent(event)) throw new Error("pasting is prevented");
        }"""
    )
    page.fill("#password", "alice2026")
    page.click("#submit")
    expect(page.locator("#password-problem")).to_contain_text("easy to guess")
    assert not [url for url in asked if "starwars" in url or "teapot" in url]
    assert "starwars12" not in latchkey.log.read_text()


def test_the_page_to_change_a_password_stands_where_password_managers_look(visit: Visit, alice: Person):
    page = visit.page
    page.goto("/.well-known/change-password")
    assert page.url.endswith("/password")
    page.fill("#current-password", "not it at all")
    page.fill("#password", "violet-harbour-spoon-quarry")
    expect(page.locator("#password-strength")).to_contain_text("centuries")
    page.click("#submit")
    expect(page.locator("#current-password-problem")).to_be_visible()
    expect(page.locator("#password-strength")).to_contain_text("centuries")
    visit.inspect("password-problem")


def test_the_helpdesk_lets_somebody_back_in_who_then_looks_over_what_still_works(
    visit: Visit, latchkey: Latchkey, browser: Browser, alice: Person
):
    latchkey.run("account", "add", "helper@example.com", "--name", "Hilda Helpful", "--role", "helpdesk")
    latchkey.run("account", "add", "bob@example.com", "--name", "Bob Builder")
    bob_link = latchkey.ask("account", "setup-link", "bob@example.com")["setup_link"]
    with Visit.to(latchkey, browser) as bob:
        # The command only knows the configured port, which is "any".
        set_up_by("/setup/" + bob_link.rpartition("/")[2], bob, "violet harbour spoon")
        bob.page.click("#saved")
        bob.create_app_password("Old phone", "mobile-device")
        bob.create_app_password("Thunderbird on the laptop")

    page = visit.page
    page.goto("/helpdesk")
    visit.inspect("helpdesk")
    page.fill("#login", "bo")
    page.click("#find")
    expect(page.locator("#login-problem")).to_be_visible()
    page.fill("#login", "bob@example.com")
    page.click("#find")
    expect(page.locator("#person")).to_have_text("Bob Builder")
    visit.inspect("helpdesk-person")
    page.click("#submit")
    link = page.inner_text("#link")
    visit.inspect("recovery-link")
    page.goto("/helpdesk?login=alice")
    expect(page.locator("#objection")).to_contain_text("This is you")
    visit.inspect("helpdesk-oneself")

    with Visit.to(latchkey, browser) as back:
        set_up_by(link, back, "oboe lamp quarry meadow")
        back.page.click("#saved")
        expect(back.page.locator("h1")).to_have_text("You are back in")
        expect(back.page.locator("#removed")).to_contain_text("authenticator app")
        expect(back.page.locator("#still-working .row")).to_have_count(2)
        back.inspect("recovered")
        back.page.get_by_role("button", name="Revoke Old phone").click()
        expect(back.page.locator("#notice")).to_contain_text("Old phone")
        expect(back.page.locator("#still-working .row")).to_have_count(1)
        back.page.click("#reviewed")
        expect(back.page.locator("h1")).to_have_text("Security info")
        gone = back.page.goto(link)
        assert gone and gone.status == 410
    made = [
        event for event in latchkey.ask("audit", "list", "--account", "bob@example.com")
        if event["action"] == "portal.setup-link-issued"
    ]
    assert made[0]["actor"].startswith("account:"), "the log says who made it"


def test_the_secret_page_says_who_may_never_ask_for_it(visit: Visit, alice: Person):
    visit.create_app_password("Thunderbird on the laptop")
    keep = visit.page.locator("#keep")
    expect(keep).to_contain_text("reads your mail")
    expect(keep).to_contain_text("no authority")
    expect(keep).to_contain_text("Stop")
    visit.inspect("secret-keep")

"""A person at the portal: a real Chromium, driven the way a mouse or a keyboard would, and watched."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

from latchkey import ROOT, Latchkey
from processes import find_program

SCREENSHOTS = ROOT / ".build/screenshots"
WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
PASSWORD = "copper teapot under the ferry"


def totp(secret: str, steps_ahead: int = 0) -> str:
    """The code that an authenticator app shows now, or in so many half minutes (RFC 6238, with its defaults)."""
    key = base64.b32decode(secret.replace(" ", "").upper() + "=" * (-len(secret.replace(" ", "")) % 8))
    counter = struct.pack(">Q", int(time.time()) // 30 + steps_ahead)
    digest = hmac.digest(key, counter, hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@dataclass
class Person:
    """What somebody remembers of having been set up."""

    login: str
    password: str
    authenticator_secret: str
    recovery_codes: list[str]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_program("chromium", "chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """A browser window of one's own, and all that went wrong in it."""

    page: Page
    origin: str
    problems: list[str] = field(default_factory=list)
    #: Origins that this visit leads to, such as an identity provider's. What their own pages complain of is theirs.
    allowed: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def to(
        cls, latchkey: Latchkey, browser: Browser, allowing: list[str] | None = None, **options
    ) -> Iterator["Visit"]:
        """Raises at the end what the console, the content security policy or foreign requests had to say."""
        context = browser.new_context(base_url=latchkey.portal, reduced_motion="reduce", **options)
        context.set_default_timeout(15_000)
        context.add_init_script(
            f"if (location.origin === '{latchkey.portal}') addEventListener('securitypolicyviolation',"
            " event => console.error('policy:', event.violatedDirective, event.blockedURI))"
        )
        visit = cls(context.new_page(), latchkey.portal, allowed=allowing or [])
        context.on("console", visit._console)
        context.on("weberror", lambda error: visit.problems.append(f"script: {error.error}"))
        context.on("request", visit._request)
        context.on("response", visit._response)
        yield visit
        context.close()
        assert not visit.problems, "\n".join(visit.problems)

    def _console(self, message: ConsoleMessage) -> None:
        # A page that answers 4xx on purpose is a failed resource to the browser; `_response` looks at the others.
        if self._is_allowed(message.location["url"]):
            return
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin + "/", "data:")) and not self._is_allowed(request.url):
            self.problems.append(f"foreign request: {request.url}")

    def _response(self, response: Response) -> None:
        if self._is_allowed(response.url):
            return
        if response.status >= 400 and response.request.resource_type != "document":
            self.problems.append(f"{response.status} for {response.url}")

    def _is_allowed(self, url: str) -> bool:
        return any(url.startswith(origin + "/") for origin in self.allowed)

    # Steps

    def set_up(
        self, link: str, login: str = "alice@example.com", look: Callable[[str], None] = lambda name: None
    ) -> Person:
        """From the one-time link to the first page; `look` is called on each page in between, with its name."""
        page = self.page
        page.goto(link)
        look("setup")
        page.fill("#login", login)
        page.fill("#name", "Alice Example")
        page.fill("#password", PASSWORD)
        page.click("#submit")
        secret = page.locator("#totp-secret").text_content() or ""
        look("authenticator")
        page.fill("#code", totp(secret))
        page.click("#submit")
        page.wait_for_selector("#recovery-codes")
        codes = page.locator("#recovery-codes li").all_inner_texts()
        look("recovery-codes")
        page.click("#saved")
        page.wait_for_selector("#new-app-password")
        return Person(login, PASSWORD, secret, codes)

    def sign_in(self, login: str, password: str) -> None:
        """The first half: what comes after a right password is a code."""
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.click("#submit")

    def create_app_password(self, name: str, application: str = "email-client") -> str:
        """From the first page to the secret, by mouse."""
        page = self.page
        page.goto("/")
        page.click("#new-app-password")
        page.click(f"#application-{application}")
        page.fill("#name", name)
        page.click("#submit")
        return self.shown_secret()

    def shown_secret(self) -> str:
        self.page.wait_for_selector("#secret")
        return self.page.inner_text("#secret").strip()

    def tab_to(self, selector: str, most: int = 60) -> None:
        """Moves the focus with the Tab key alone, to where it can be seen."""
        for _ in range(most):
            if self.page.evaluate("selector => document.activeElement?.matches(selector)", selector):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"{selector} cannot be reached with the Tab key on {self.page.url}")
        style = self.page.evaluate(
            "() => { const s = getComputedStyle(document.activeElement);"
            " return { outline: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0, shadow: s.boxShadow } }"
        )
        assert style["outline"] or style["shadow"] != "none", f"the focus on {selector} cannot be seen"

    def inspect(self, name: str) -> None:
        """Takes the page's pictures, wide and narrow, light and dark, and asks axe about each."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            for scheme in SCHEMES:
                where = f"{name}-{width}-{scheme}"
                self.page.emulate_media(color_scheme=scheme)
                self.page.screenshot(path=SCREENSHOTS / f"{where}.png", full_page=True)
                for violation in Axe().run(self.page).response["violations"]:
                    nodes = "; ".join(f"{node['html']} ({node['failureSummary']})" for node in violation["nodes"][:3])
                    self.problems.append(f"axe on {where}: {violation['id']}: {violation['help']}: {nodes}")
            overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if overflow > 0:
                self.problems.append(f"{name} is {overflow} px wider than a window of {width} px")
        self.page.set_viewport_size({"width": WIDTHS[-1], "height": 800})

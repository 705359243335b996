"""oidc-provider-mock, a real OpenID Provider whose people and claims are set by its API, so that it also says what is not so.

It keeps no session and asks for a name each time, whatever `prompt` and `max_age` say. It signs whatever it says with its right key. For wrong
signatures and keys, claims that are missing, and what a browser brings back, there is `hostile_provider.py`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from urllib.request import Request, urlopen

import oidc_provider_mock
import oidc_provider_mock._app as mock
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Page
from werkzeug.serving import make_server

from processes import serving

#: Its own has a style sheet from the internet.
PLAIN = "<!doctype html><html lang=en><title>Mock</title><main>{% block content %}{% endblock %}</main></html>"


class Silent(mock.OpenIDCode):
    """Does not say when somebody signed in, as Google's and others don't: the mock says that it was just now."""

    def get_compatible_claims(self, request):
        claims = super().get_compatible_claims(request)
        del claims["auth_time"]
        return claims


class MockProvider:
    def __init__(self, tells_time: bool = True):
        with patch.object(mock, "OpenIDCode", mock.OpenIDCode if tells_time else Silent):
            app = oidc_provider_mock.app()
        app.jinja_loader = ChoiceLoader([DictLoader({"_base.html": PLAIN}), app.jinja_loader])
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.issuer = f"http://localhost:{self.server.server_port}"

    @contextmanager
    def running(self) -> Iterator["MockProvider"]:
        with serving(self.server):
            yield self

    def says(self, subject: str, **claims: object) -> None:
        """What it says of this person from now on, besides or in the place of what it says by itself."""
        request = Request(
            f"{self.issuer}/users/{subject}", json.dumps(claims).encode(), {"Content-Type": "application/json"},
            method="PUT",
        )  # fmt: skip
        urlopen(request, timeout=10).close()

    def says_of_alice(self, **claims: object) -> None:
        honest = {"email": "alice@example.com", "email_verified": True, "name": "Alice Example"}
        self.says("alice-1", **honest | claims)

    def sign_in(self, page: Page, subject: str = "alice-1") -> None:
        page.fill("input[name=sub]", subject)
        page.click("button:text-is('Authorize')")

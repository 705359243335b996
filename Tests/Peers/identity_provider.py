"""Canaille, a whole identity provider, in memory: what `python identity_provider.py PORT CLIENT_SECRET REDIRECT_URI SIGN_OUT_URI` runs, and how a test uses it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from processes import Program, free_port, is_listening

PASSWORD = "a password of the provider"
PEOPLE = {"alice": "Alice Example", "bob": "Bob Example"}


class Canaille:
    """A running provider whose people are alice and bob at example.com; alice is of its group Staff."""

    secret = "the secret of this client"

    def __init__(self, place: Path, portal: str, name: str):
        self.port = free_port()
        self.issuer = f"http://localhost:{self.port}"
        self.log = place / "canaille.log"
        self.arguments = [self.secret, f"{portal}/sign-in/callback/{name}", f"{portal}/sign-in"]

    @contextmanager
    def running(self) -> Iterator["Canaille"]:
        program = Program([sys.executable, __file__, str(self.port), *self.arguments], self.log)
        try:
            program.await_ready(lambda: is_listening(self.port), 60)
            yield self
        finally:
            program.stop()

    def sign_in(self, page: Page, login: str) -> None:
        """On its pages, as a person does: first the name, then the password."""
        page.fill("input[name=login]", login)
        page.click("button[type=submit]")
        self.give_password(page)

    def give_password(self, page: Page) -> None:
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")


def serve(port: int, secret: str, redirect_uri: str, sign_out_uri: str) -> None:
    import canaille.oidc.userinfo as userinfo
    from canaille import create_app
    from canaille.app import models
    from canaille.backends import Backend
    from werkzeug.serving import run_simple

    app = create_app(
        {
            "SECRET_KEY": "for this test",
            "SERVER_NAME": f"localhost:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "CANAILLE": {"DATABASE": "memory", "FORCE_HTTPS": False},
            "CANAILLE_OIDC": {"TRUSTED_DOMAINS": ["localhost"]},
        }
    )
    # Canaille verifies addresses but does not say so in its tokens.
    said = userinfo.generate_user_claims
    import canaille.oidc.provider as provider

    provider.generate_user_claims = lambda *arguments: said(*arguments) | {"email_verified": True}
    with app.app_context():
        people = [
            models.User(
                user_name=login, formatted_name=name, given_name=name.split()[0], family_name="Example",
                emails=[f"{login}@example.com"], password=PASSWORD,
            )
            for login, name in PEOPLE.items()
        ]  # fmt: skip
        for person in people:
            Backend.instance.save(person)
        Backend.instance.save(models.Group(display_name="Staff", members=[people[0]]))
        client = models.Client(
            client_id="latchkey", client_secret=secret, client_name="Latchkey", client_uri="http://localhost",
            redirect_uris=[redirect_uri], post_logout_redirect_uris=[sign_out_uri], grant_types=["authorization_code"],
            response_types=["code"], scope=["openid", "profile", "email", "groups"],
            token_endpoint_auth_method="client_secret_basic",
        )  # fmt: skip
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)
    run_simple("127.0.0.1", port, app, threaded=True)


if __name__ == "__main__":
    # The folder of this file would stand before the package of the same name.
    sys.path.pop(0)
    serve(int(sys.argv[1]), *sys.argv[2:])

"""The portal behind a real nginx and a real Caddy, which do TLS for it, in a real Chromium."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest
from playwright.sync_api import Browser, expect

from caddy import Caddy
from certificates import Issuer
from dovecot import sign_in
from latchkey import AppPassword, Latchkey, replaced
from nginx import Nginx
from places import Place
from portal import Visit
from processes import find_program, free_port


Proxy = Callable[[Place, Latchkey, int], AbstractContextManager]


def nginx(place: Place, latchkey: Latchkey, port: int, bind: str | None = None) -> Nginx:
    """Reaches the portal from the address `bind`."""
    certificate = Issuer(place.path).issue("portal", "DNS:localhost")
    server = replaced(latchkey.snippet("nginx-portal"), f"listen {port} ssl;", f"listen 127.0.0.1:{port} ssl;")
    server = replaced(server, f"listen [::]:{port} ssl;", "")
    server = replaced(server, "/etc/nginx/portal.pem", str(certificate.certificate))
    server = replaced(server, "/etc/nginx/portal.key", str(certificate.key))
    if bind:
        server = replaced(server, "location / {", f"location / {{\n        proxy_bind {bind};")
    return Nginx(place.path, port, server)


def caddy(place: Place, latchkey: Latchkey, port: int) -> Caddy:
    return Caddy(place.path, port, latchkey.snippet("caddy-portal"))


@contextmanager
def portal_behind(proxy: Proxy, place: Place, **portal: object) -> Iterator[Latchkey]:
    """At `https://localhost:PORT`."""
    port = free_port()
    settings = {"listen": f"127.0.0.1:{free_port()}", "url": f"https://localhost:{port}", **portal}
    with Latchkey(place.path, portal=settings).start() as latchkey, proxy(place, latchkey, port):
        yield latchkey


def guess(latchkey: Latchkey, address: str, *headers: str) -> str | None:
    """Tries a wrong password from this address of the machine; returns the one that the audit log has."""
    command = [find_program("curl", "curl"), "--silent", "--show-error", "--insecure", "--max-time", "30"]
    command += ["--interface", address, "--header", f"Origin: {latchkey.portal}", "--write-out", "%{http_code}"]
    for header in headers:
        command += ["--header", header]
    command += ["--output", "/dev/null", "--data", "login=nobody&password=wrong", f"{latchkey.portal}/sign-in"]
    status = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert status.startswith(("2", "4")), status
    (event,) = latchkey.ask("audit", "list", "--action", "portal.sign-in-failed", "--limit", "1")
    return event["address"]


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_from_the_first_account_to_an_app_password_in_use(proxy: Proxy, place: Place, browser: Browser):
    with portal_behind(proxy, place) as latchkey, Visit.to(latchkey, browser, ignore_https_errors=True) as visit:
        alice = visit.set_up(latchkey.setup_link)
        secret = visit.create_app_password("Laptop")
        # What happens is shown as it happens: nothing on the way keeps it back.
        state = visit.page.locator(".live-state")
        expect(state).to_have_class("live-state waiting")
        assert sign_in(latchkey.socket, AppPassword("", secret, alice.login))
        expect(state).to_have_class("live-state good")
        cookies = {cookie["name"]: cookie for cookie in visit.page.context.cookies()}
        session = cookies["__Host-latchkey"]
        assert session["secure"] and session["httpOnly"] and session["sameSite"] == "Lax"
        answer = visit.page.goto("/activity")
        assert answer and "max-age=" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_proxy_on_this_machine_is_believed_and_a_browser_is_not(proxy: Proxy, place: Place):
    with portal_behind(proxy, place) as latchkey:
        assert guess(latchkey, "127.0.0.7") == "127.0.0.7"
        assert guess(latchkey, "127.0.0.8", "X-Forwarded-For: 192.0.2.1") == "127.0.0.8"
        assert "X-Forwarded-For is not believed" not in latchkey.log.read_text()


@pytest.mark.parametrize("trusted, believed", [(["127.0.9.0/24"], True), (["127.0.8.0/24"], False), ([], False)])
def test_a_proxy_elsewhere_is_believed_if_its_network_is_listed(place: Place, trusted: list[str], believed: bool):
    with portal_behind(partial(nginx, bind="127.0.9.1"), place, trusted=trusted) as latchkey:
        assert guess(latchkey, "127.0.0.7") == ("127.0.0.7" if believed else "127.0.9.1")
        assert guess(latchkey, "127.0.0.8") == ("127.0.0.8" if believed else "127.0.9.1")
        warnings = latchkey.log.read_text().count("X-Forwarded-For is not believed")
        assert warnings == (0 if believed else 1), "once, not for each visitor"

"""Authenticators that Chromium believes to be there, over its DevTools protocol (WebAuthn domain)."""

from playwright.sync_api import CDPSession

from portal import Visit


class Authenticator:
    """One that the browser believes to be there, and that is touched at once."""

    def __init__(self, visit: Visit, **options):
        self.session: CDPSession = visit.page.context.new_cdp_session(visit.page)
        self.session.send("WebAuthn.enable")
        settings = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True} | options
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": settings})["authenticatorId"]

    def credentials(self) -> list[dict]:
        return self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def set(self, command: str, **values) -> None:
        self.session.send(f"WebAuthn.{command}", {"authenticatorId": self.id, **values})

    def remove(self) -> None:
        self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})


def platform(visit: Visit, **options) -> Authenticator:
    """A computer or phone with a fingerprint reader."""
    return Authenticator(visit, hasResidentKey=True, hasUserVerification=True, isUserVerified=True, **options)


def usb_key(visit: Visit, protocol: str = "ctap2") -> Authenticator:
    """A key that is only touched."""
    return Authenticator(visit, protocol=protocol, transport="usb", hasResidentKey=False, hasUserVerification=False)

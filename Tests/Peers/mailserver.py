"""A mail server that does as it is told: takes mail, refuses it, hangs, hangs up, is away and comes back."""

import email
import ssl
import threading
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from processes import free_port, until


class MailServer:
    """Over aiosmtpd. `behaviour` may be changed at any time; it holds from the next message on."""

    def __init__(self, *, certificate: tuple[Path, Path] | None = None, login: tuple[str, str] | None = None):
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.tries = 0
        #: take, later, never, hang up, hang
        self.behaviour = "take"
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        self._login = login
        self._controller: Controller | None = None
        self._release = threading.Event()

    def start(self) -> "MailServer":
        options: dict = {"enable_SMTPUTF8": True}
        if self._context:
            options |= {"tls_context": self._context, "require_starttls": True}
        if self._login:
            options |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": bool(self._context)}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()
        return self

    def stop(self) -> None:
        if self._controller:
            self._controller.stop(no_assert=True)
        self._controller = None

    def __enter__(self) -> "MailServer":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()

    def _authenticate(self, server: SMTP, session, envelope, mechanism, data) -> AuthResult:
        right = self._login and (data.login.decode(), data.password.decode()) == self._login
        return AuthResult(success=bool(right), handled=False)

    async def handle_RCPT(self, server: SMTP, session, envelope, address: str, options: list[str]) -> str:
        self.tries += 1
        match self.behaviour:
            case "later":
                return "451 4.7.1 Try again later"
            case "never":
                return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session, envelope) -> str:
        if self.behaviour == "hang up":
            server.transport.abort()
            return "421 gone"
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.messages.append(email.message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"

    # What came

    def awaited(self, subject: str, seconds: float = 20) -> EmailMessage:
        """The first message whose subject has this in it."""
        return until(f"a mail about {subject!r}", lambda: self.find(subject), seconds)

    def find(self, subject: str) -> EmailMessage | None:
        return next((message for message in self.messages if subject in message["subject"]), None)

    @property
    def subjects(self) -> list[str]:
        return [message["subject"] for message in self.messages]


def part(message: EmailMessage, kind: str) -> str:
    """Its text as `plain` or `html`."""
    body = message.get_body((kind,))
    assert body, f"there is no {kind} in {message}"
    return body.get_content()

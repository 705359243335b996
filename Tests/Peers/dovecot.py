"""A small client of the Dovecot auth protocol, for tests that ask more often than a mail server can be made to."""

import base64
import socket
from collections.abc import Iterable
from pathlib import Path

from latchkey import AppPassword


def sign_in_all(door: Path, app_passwords: Iterable[AppPassword], service: str = "smtp") -> list[bool]:
    """Whether each is accepted, all asked at once over one connection. Raises `OSError` if the door goes away."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(str(door))
        with connection.makefile("rwb") as lines:
            lines.write(b"VERSION\t1\t1\nCPID\t1\n")
            count = 0
            for count, app_password in enumerate(app_passwords, start=1):
                response = base64.b64encode(f"\0{app_password.account}\0{app_password.secret}".encode()).decode()
                lines.write(f"AUTH\t{count}\tPLAIN\tservice={service}\tresp={response}\n".encode())
            lines.flush()
            verdicts: dict[int, bool] = {}
            while len(verdicts) < count:
                line = lines.readline()
                if not line:
                    raise ConnectionError("the door closed before it had answered")
                word, *fields = line.decode().rstrip("\n").split("\t")
                if word in ("OK", "FAIL"):
                    verdicts[int(fields[0])] = word == "OK"
            return [verdicts[number] for number in range(1, count + 1)]


def sign_in(door: Path, app_password: AppPassword, service: str = "smtp") -> bool:
    return sign_in_all(door, [app_password], service)[0]

"""A certificate for 127.0.0.1 that signs itself, made by openssl."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from processes import find_program


@dataclass(frozen=True)
class Certificate:
    certificate: Path
    key: Path

    @classmethod
    def make(cls, place: Path, days: int = 2) -> "Certificate":
        """Good for so many days from now."""
        made = cls(place / "tls.pem", place / "tls.key")
        subprocess.run(
            [
                *(find_program("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt"),
                *("ec_paramgen_curve:prime256v1", "-nodes", "-days", str(days), "-subj", "/CN=localhost"),
                *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
                *("-keyout", str(made.key), "-out", str(made.certificate)),
            ],
            check=True,
            capture_output=True,
        )
        made.certificate.chmod(0o644)
        return made

    @property
    def settings(self) -> dict[str, str]:
        """As the configuration names it."""
        return {"certificate": str(self.certificate), "key": str(self.key)}

"""Certificates for the programs of one test, made by openssl: an issuer, and what it issues."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from processes import find_program


@dataclass(frozen=True)
class Certificate:
    certificate: Path
    key: Path


class Issuer:
    def __init__(self, place: Path, name: str = "issuer"):
        self.place = place / name
        self.place.mkdir()
        self.own = self._make("issuer", "-x509", "-addext", "basicConstraints=critical,CA:TRUE")

    @property
    def certificate(self) -> Path:
        return self.own.certificate

    def issue(self, name: str, *alternative_names: str) -> Certificate:
        """For `alternative_names` such as `DNS:nas.example.com` or `IP:127.0.0.1`; good for either end of a connection."""
        return self._make(
            name,
            *("-x509", "-CA", str(self.own.certificate), "-CAkey", str(self.own.key)),
            *("-addext", "subjectAltName=" + ",".join(alternative_names)),
            *("-addext", "basicConstraints=critical,CA:FALSE"),
            *("-addext", "extendedKeyUsage=serverAuth,clientAuth"),
        )

    def _make(self, name: str, *options: str) -> Certificate:
        made = Certificate(self.place / f"{name}.pem", self.place / f"{name}.key")
        subprocess.run(
            [
                *(find_program("openssl", "openssl"), "req", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
                *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
                *("-keyout", str(made.key), "-out", str(made.certificate), *options),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        return made

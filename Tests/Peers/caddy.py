"""Caddy with the sites of a test, as its package has it."""

from pathlib import Path

from packages import unpacked
from processes import Program, is_listening

#: Certificates are of Caddy's own issuer, which nobody is made to believe.
OPTIONS = """\
{{
  admin off
  default_bind 127.0.0.1
  auto_https disable_redirects
  skip_install_trust
  storage file_system {place}/storage
}}
"""


class Caddy:
    def __init__(self, place: Path, port: int, sites: str):
        """`sites` listen on `port` of this machine."""
        self.port = port
        self.place = place / "caddy"
        self.place.mkdir()
        self.configuration = self.place / "Caddyfile"
        self.configuration.write_text(OPTIONS.format(place=self.place) + sites + "\n")

    def __enter__(self):
        command = ["env", f"XDG_CONFIG_HOME={self.place}", str(unpacked("caddy") / "usr/bin/caddy"), "run"]
        command += ["--config", str(self.configuration), "--adapter", "caddyfile"]
        self.program = Program(command, self.place / "caddy.log")
        self.program.await_ready(lambda: is_listening(self.port))
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

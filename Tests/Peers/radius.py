"""Programs that speak RADIUS, and where they are told to ask."""

import re
import subprocess
from pathlib import Path

from certificates import Certificate, Issuer
from latchkey import replaced
from processes import Program, find_program, free_port

SECRET = "correct-horse-battery-staple"
#: For the programs in front, whose own clients have another.
FRONT_SECRET = "another-secret-of-some-length"


def secret_file(place: Path, secret: str = SECRET) -> str:
    file = place / "radius.secret"
    file.write_text(secret + "\n")
    file.chmod(0o600)
    return str(file)


def radclient(port: int, *attributes: str, what: str = "auth", secret: str = SECRET, seconds: int = 4) -> str | None:
    """What the answer says, as `radclient` writes it; nil if none that it believes comes within `seconds`."""
    command = [find_program("radclient", "freeradius-utils"), "-x", "-r", "1", "-t", str(seconds)]
    asked = subprocess.run(
        [*command, f"127.0.0.1:{port}", what, secret],
        input=", ".join(attributes) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    found = re.search(r"^Received (.*)", asked.stdout, re.MULTILINE | re.DOTALL)
    return found[1] if found else None


def sign_in(port: int, login: str, password: str, *more: str, secret: str = SECRET, seconds: int = 4) -> str | None:
    return radclient(
        port,
        f'User-Name = "{login}"',
        f'User-Password = "{password}"',
        "NAS-Identifier = radclient",
        "Message-Authenticator = 0x00",
        *more,
        secret=secret,
        seconds=seconds,
    )


FREERADIUS = """\
name = radiusd
prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = {place}
logdir = {place}
run_dir = {place}
pidfile = {place}/freeradius.pid
log {{
  destination = stdout
  auth = yes
}}
security {{
  reject_delay = 0
  status_server = yes
}}
thread pool {{
  start_servers = 1
  max_servers = 4
  min_spare_servers = 1
  max_spare_servers = 2
}}
client wifi {{
  ipaddr = 127.0.0.1
  secret = {front_secret}
  require_message_authenticator = yes
}}
{snippet}
modules {{
  eap {{
    default_eap_type = ttls
    tls-config common {{
      certificate_file = {certificate}
      private_key_file = {key}
      ca_file = {issuer}
      tls_min_version = "1.2"
      tls_max_version = "1.2"
    }}
    ttls {{
      tls = common
      virtual_server = inner
      use_tunneled_reply = yes
    }}
  }}
}}
server wifi {{
  listen {{
    type = auth
    ipaddr = 127.0.0.1
    port = {port}
  }}
  authorize {{
    eap {{
      ok = return
    }}
  }}
  authenticate {{
    eap
  }}
  pre-proxy {{
    update proxy-request {{
      Message-Authenticator := 0x00
    }}
  }}
  post-proxy {{
    eap
  }}
}}
server inner {{
  authorize {{
    update control {{
      Proxy-To-Realm := latchkey
    }}
  }}
}}
"""


class FreeRADIUS:
    """In front of Latchkey: ends EAP-TTLS, and asks about the password inside as PAP."""

    def __init__(self, place: Path, snippet: str, certificate: Certificate, issuer: Issuer):
        self.port = free_port()
        self.place = place / "freeradius"
        self.place.mkdir()
        (self.place / "dictionary").touch()
        (self.place / "radiusd.conf").write_text(
            FREERADIUS.format(
                place=self.place,
                port=self.port,
                snippet=replaced(snippet, "secret = SECRET", f"secret = {SECRET}"),
                front_secret=FRONT_SECRET,
                certificate=certificate.certificate,
                key=certificate.key,
                issuer=issuer.certificate,
            )
        )
        self.issuer = issuer

    def __enter__(self) -> "FreeRADIUS":
        command = [find_program("freeradius", "freeradius"), "-f", "-l", "stdout", "-d", str(self.place)]
        self.program = Program(command, self.place / "freeradius.log")
        self.program.await_ready(lambda: "Ready to process requests" in self.program.written())
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

    def join_wifi(self, login: str, password: str) -> str:
        """What `eapol_test` writes as a telephone that joins a WPA-Enterprise network; its last line is SUCCESS or FAILURE."""
        network = self.place / "eapol.conf"
        network.write_text(
            "network={\n"
            '  ssid="office"\n  key_mgmt=WPA-EAP\n  eap=TTLS\n  phase2="auth=PAP"\n'
            f'  anonymous_identity="anonymous"\n  identity="{login}"\n  password="{password}"\n'
            f'  ca_cert="{self.issuer.certificate}"\n'
            "}\n"
        )
        command = [find_program("eapol_test", "eapoltest"), "-c", str(network), "-a", "127.0.0.1"]
        asked = subprocess.run(
            [*command, "-p", str(self.port), "-s", FRONT_SECRET, "-t", "12", "-r", "0"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        return asked.stdout


RADSECPROXY = """\
ListenUDP 127.0.0.1:{port}
LogLevel 1
LogDestination file://{place}/proxy.log
client 127.0.0.1 {{
  type udp
  secret {front_secret}
}}
{snippet}
"""


class RadSecProxy:
    """In front of Latchkey: takes UDP, and asks over TLS."""

    def __init__(self, place: Path, snippet: str, certificate: Certificate, issuer: Issuer):
        self.port = free_port()
        self.place = place / "radsecproxy"
        self.place.mkdir()
        for name, file in [
            ("issuer.pem", issuer.certificate),
            ("proxy.pem", certificate.certificate),
            ("proxy.key", certificate.key),
        ]:
            snippet = replaced(snippet, f"/etc/radsecproxy/{name}", str(file))
        self.configuration = self.place / "radsecproxy.conf"
        self.configuration.write_text(
            RADSECPROXY.format(place=self.place, port=self.port, front_secret=FRONT_SECRET, snippet=snippet)
        )

    def __enter__(self) -> "RadSecProxy":
        command = [find_program("radsecproxy", "radsecproxy"), "-f", "-c", str(self.configuration)]
        self.program = Program(command, self.place / "radsecproxy.log")
        return self

    def __exit__(self, *_) -> None:
        self.program.stop()

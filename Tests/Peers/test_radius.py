"""RADIUS: access points, VPN concentrators and proxies ask through the RADIUS door."""

import hashlib
import socket
import sqlite3
import struct
import subprocess
from collections.abc import Iterator

import pytest
from pyrad import packet as wire
from pyrad.client import Client
from pyrad.dictionary import Dictionary

from certificates import Issuer
from latchkey import Latchkey
from places import Place
from processes import find_program, free_port, until
from radius import FRONT_SECRET, SECRET, FreeRADIUS, RadSecProxy, radclient, secret_file, sign_in


WORDS = """\
ATTRIBUTE User-Name 1 string
ATTRIBUTE User-Password 2 octets
ATTRIBUTE CHAP-Password 3 octets
ATTRIBUTE Reply-Message 18 string
ATTRIBUTE Calling-Station-Id 31 string
ATTRIBUTE NAS-Identifier 32 string
ATTRIBUTE Proxy-State 33 octets
ATTRIBUTE EAP-Message 79 octets
ATTRIBUTE Message-Authenticator 80 octets
"""
#: What the log says of whoever is no client.
SHOWN_OUT = "it comes from no client that is configured"


def door(place: Place, **more) -> dict:
    return {
        "radius": {
            "listen": "127.0.0.1:0",
            "clients": {
                "here": {"networks": "127.0.0.0/8", "secret-file": secret_file(place.path), "service": "vpn"} | more
            },
            "replies": {"vpn": {"vlan": 42, "filter-id": "staff", "session-timeout": 3600}},
        }
    }


@pytest.fixture
def latchkey(place: Place) -> Iterator[Latchkey]:
    with Latchkey(place.path, doors=door(place)).start() as latchkey:
        yield latchkey


def sign_ins(latchkey: Latchkey) -> int:
    """How many are recorded."""
    with sqlite3.connect(latchkey.database) as database:
        return database.execute("SELECT count(*) FROM audit_event WHERE action = 'sign-in'").fetchone()[0]


class TestRadclient:
    def test_the_right_app_password_is_let_in_and_told_its_vlan(self, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        answer = sign_in(latchkey.port("radius"), "alice", app_password.secret)
        assert answer.startswith("Access-Accept")
        # First, so that nothing can be slipped in before it.
        assert answer.split("\n")[1].strip().startswith("Message-Authenticator")
        for said in ['Tunnel-Private-Group-Id:0 = "42"', 'Filter-Id = "staff"', "Session-Timeout = 3600"]:
            assert said in answer

    def test_wrong_revoked_and_misplaced_app_passwords_get_one_answer(self, latchkey: Latchkey):
        alice = latchkey.add_account("alice@example.com")
        app_password, elsewhere = latchkey.create(alice, "vpn"), latchkey.create(alice, "wifi")
        revoked = latchkey.create(alice, "vpn")
        latchkey.revoke(revoked)
        port = latchkey.port("radius")
        for login, secret in [
            (alice, app_password.mistyped),
            (alice, revoked.secret),
            (alice, elsewhere.secret),
            (alice, "x" * 128),
            ("nobody@example.com", app_password.secret),
        ]:
            answer = sign_in(port, login, secret)
            assert answer.startswith("Access-Reject"), secret
            assert [line.strip().split(" = ")[0] for line in answer.strip().split("\n")[1:]] == [
                "Message-Authenticator",
                "Reply-Message",
            ]
            assert 'Reply-Message = "Authentication failed"' in answer
        assert sign_in(port, alice, app_password.secret).startswith("Access-Accept")

    def test_while_the_database_is_held_nobody_is_answered(self, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        with latchkey.database_held():
            assert sign_in(latchkey.port("radius"), "alice", app_password.secret, seconds=8) is None
        assert sign_in(latchkey.port("radius"), "alice", app_password.secret).startswith("Access-Accept")

    def test_another_secret_and_an_unsigned_request_are_not_answered(self, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        port = latchkey.port("radius")
        assert sign_in(port, "alice", app_password.secret, secret="another-secret-altogether") is None
        unsigned = ["User-Name = alice", f'User-Password = "{app_password.secret}"']
        assert radclient(port, *unsigned) is None
        log = latchkey.log.read_text()
        assert "its Message-Authenticator is wrong" in log and "it has no Message-Authenticator" in log
        assert app_password.secret not in log

    def test_the_watchdog_is_answered(self, latchkey: Latchkey):
        answer = radclient(latchkey.port("radius"), "Message-Authenticator = 0x00", what="status")
        assert answer.startswith("Access-Accept")
        assert "Tunnel" not in answer

    def test_radtest_signs_in(self, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        for secret, code in [(app_password.secret, 0), (app_password.mistyped, 1)]:
            asked = subprocess.run(
                [
                    *(find_program("radtest", "freeradius-utils"), "alice", secret),
                    *(f"127.0.0.1:{latchkey.port('radius')}", "0", SECRET),
                ],
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert asked.returncode == code, asked.stdout

    def test_where_a_password_would_be_needed_as_it_is_nobody_gets_in(self, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        answer = radclient(
            latchkey.port("radius"),
            "User-Name = alice",
            f'CHAP-Password = "{app_password.secret}"',
            "NAS-Identifier = old-box",
            "Message-Authenticator = 0x00",
        )
        assert answer.startswith("Access-Reject")
        warned = [line for line in latchkey.log.read_text().split("\n") if "cannot be verified" in line]
        assert len(warned) == 1 and "method=CHAP" in warned[0] and "old-box" in warned[0]


def test_a_client_that_does_not_sign_can_be_let_ask_but_not_through_a_proxy(place: Place):
    with Latchkey(place.path, doors=door(place, **{"require-message-authenticator": "no"})).start() as latchkey:
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        unsigned = ["User-Name = alice", f'User-Password = "{app_password.secret}"']
        answer = radclient(latchkey.port("radius"), *unsigned)
        assert answer.startswith("Access-Accept") and "Message-Authenticator" in answer
        assert radclient(latchkey.port("radius"), *unsigned, "Proxy-State = 0x01") is None


class TestPyrad:
    """Where an odd packet is needed, or the same one twice."""

    @pytest.fixture
    def client(self, place: Place, latchkey: Latchkey) -> Iterator[Client]:
        (place.path / "dictionary").write_text(WORDS)
        client = Client(
            server="127.0.0.1",
            authport=latchkey.port("radius"),
            secret=SECRET.encode(),
            dict=Dictionary(str(place.path / "dictionary")),
        )
        client.retries, client.timeout = 1, 4
        yield client

    @staticmethod
    def request(client: Client, login: str, password: str, **attributes) -> wire.AuthPacket:
        request = client.CreateAuthPacket(code=wire.AccessRequest, User_Name=login, **attributes)
        request["User-Password"] = request.PwCrypt(password)
        request.add_message_authenticator()
        return request

    def test_proxy_states_come_back_in_their_order(self, client: Client, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        states = [b"first", b"", b"\0third", b"first"]
        request = self.request(client, "alice", app_password.secret)
        for state in states:
            request.AddAttribute("Proxy-State", state)
        reply = client.SendPacket(request)
        assert reply.code == wire.AccessAccept
        assert reply["Proxy-State"] == states

    def test_a_packet_sent_twice_is_counted_once_and_gets_the_same_answer(self, client: Client, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        octets = self.request(client, "alice", app_password.secret).RequestPacket()
        before = sign_ins(latchkey)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as same:
            same.settimeout(10)
            replies = []
            for _ in range(3):
                same.sendto(octets, ("127.0.0.1", latchkey.port("radius")))
                replies.append(same.recv(4096))
        assert replies[0] == replies[1] == replies[2]
        assert sign_ins(latchkey) == before + 1

    def test_many_at_once_are_all_answered(self, client: Client, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.settimeout(10)
            waiting = {}
            for number in range(200):
                request = self.request(client, "alice", app_password.secret)
                request.id = number
                waiting[number] = request
                one.sendto(request.RequestPacket(), ("127.0.0.1", latchkey.port("radius")))
            while waiting:
                reply = one.recv(4096)
                request = waiting.pop(reply[1])
                signed = hashlib.md5(reply[:4] + request.authenticator + reply[20:] + SECRET.encode()).digest()
                assert reply[0] == wire.AccessAccept and reply[4:20] == signed

    def test_what_the_telephone_is_called_is_kept(self, client: Client, latchkey: Latchkey):
        alice = latchkey.add_account("alice@example.com")
        near = latchkey.create(alice, "vpn", network="192.0.2.0/24")
        for station, code in [("192.0.2.7", wire.AccessAccept), ("203.0.113.7", wire.AccessReject)]:
            request = self.request(client, "alice", near.secret, Calling_Station_Id=station)
            assert client.SendPacket(request).code == code
        assert "192.0.2.7" in latchkey.run("explain", alice) + latchkey.run("audit", "list", "--json")

    def test_noise_gets_no_answer_and_does_no_harm(self, client: Client, latchkey: Latchkey):
        app_password = latchkey.create(latchkey.add_account("alice@example.com"), "vpn")
        good = self.request(client, "alice", app_password.secret).RequestPacket()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noisy:
            noisy.settimeout(0.5)
            for octets in [
                b"",
                good[:19],
                good[:-1],
                bytes([4]) + good[1:],
                good[:2] + struct.pack(">H", 5000) + good[4:],
                good[:20] + bytes([1, 1]) + good[22:],
                good[:-1] + bytes([good[-1] ^ 1]),
                b"\xff" * 4096,
            ]:
                noisy.sendto(octets, ("127.0.0.1", latchkey.port("radius")))
            with pytest.raises(TimeoutError):
                noisy.recv(4096)
        assert client.SendPacket(self.request(client, "alice", app_password.secret)).code == wire.AccessAccept

    def test_a_client_that_nobody_configured_is_not_answered(self, place: Place):
        doors = door(place, networks="192.0.2.0/24")
        with Latchkey(place.path, doors=doors).start() as latchkey:
            assert sign_in(latchkey.port("radius"), "alice", "x", seconds=2) is None
            assert SHOWN_OUT in latchkey.log.read_text()


class TestFreeRADIUS:
    """WPA-Enterprise: FreeRADIUS ends EAP-TTLS and asks Latchkey about the password inside."""

    @pytest.fixture
    def freeradius(self, place: Place, latchkey: Latchkey) -> Iterator[FreeRADIUS]:
        issuer = Issuer(place.path)
        certificate = issuer.issue("radius.example.com", "DNS:radius.example.com")
        with FreeRADIUS(place.path, latchkey.snippet("freeradius"), certificate, issuer) as freeradius:
            yield freeradius

    @pytest.fixture
    def latchkey(self, place: Place) -> Iterator[Latchkey]:
        doors = door(place, service="wifi")
        # A snippet has no address for port 0.
        doors["radius"]["listen"] = f"127.0.0.1:{free_port()}"
        doors["radius"]["replies"] = {"wifi": {"vlan": 42}}
        with Latchkey(place.path, doors=doors).start() as latchkey:
            yield latchkey

    def test_a_telephone_joins_with_its_app_password_and_not_without(
        self, freeradius: FreeRADIUS, latchkey: Latchkey
    ):
        alice = latchkey.add_account("alice@example.com")
        app_password = latchkey.create(alice, "wifi")
        joined = freeradius.join_wifi(alice, app_password.secret)
        assert joined.endswith("SUCCESS\n"), joined
        assert "Attribute 81 (Tunnel-Private-Group-Id)" in joined
        assert freeradius.join_wifi(alice, app_password.mistyped).endswith("FAILURE\n")
        assert freeradius.join_wifi(alice, latchkey.create(alice, "vpn").secret).endswith("FAILURE\n")
        latchkey.revoke(app_password)
        assert freeradius.join_wifi(alice, app_password.secret).endswith("FAILURE\n")


class TestRadSec:
    """radsecproxy takes UDP and asks over TLS, each end with a certificate."""

    @pytest.fixture
    def issuer(self, place: Place) -> Issuer:
        return Issuer(place.path)

    @pytest.fixture
    def latchkey(self, place: Place, issuer: Issuer) -> Iterator[Latchkey]:
        own = issuer.issue("latchkey", "IP:127.0.0.1")
        doors = {
            "radius": {
                "tls-listen": f"127.0.0.1:{free_port()}",
                "client-issuers": str(issuer.certificate),
                "clients": {"campus": {"certificates": ["proxy.example.com"], "service": "wifi"}},
            }
        }
        tls = {"certificate": str(own.certificate), "key": str(own.key)}
        with Latchkey(place.path, doors=doors, tls=tls).start() as latchkey:
            yield latchkey

    def test_the_right_app_password_is_let_in_and_others_are_not(
        self, place: Place, latchkey: Latchkey, issuer: Issuer
    ):
        alice = latchkey.add_account("alice@example.com")
        app_password = latchkey.create(alice, "wifi")
        own = issuer.issue("proxy", "DNS:Proxy.example.com")
        with RadSecProxy(place.path, latchkey.snippet("radsecproxy"), own, issuer) as proxy:

            def ask(secret: str) -> str | None:
                return sign_in(proxy.port, alice, secret, secret=FRONT_SECRET)

            # radsecproxy connects at its leisure.
            answer = until("an answer", lambda: ask(app_password.secret), seconds=40)
            assert answer.startswith("Access-Accept")
            assert ask(app_password.mistyped).startswith("Access-Reject")
            assert ask(latchkey.create(alice, "vpn").secret).startswith("Access-Reject")
            with latchkey.database_held():
                assert ask(app_password.secret) is None
            latchkey.revoke(app_password)
            assert until("an answer", lambda: ask(app_password.secret), seconds=40).startswith("Access-Reject")

    def test_a_certificate_with_another_name_or_of_another_issuer_opens_nothing(
        self, place: Place, latchkey: Latchkey, issuer: Issuer
    ):
        alice = latchkey.add_account("alice@example.com")
        app_password = latchkey.create(alice, "wifi")
        foreign = Issuer(place.path, "foreign")
        for name, certificate in [
            ("stranger", issuer.issue("stranger", "DNS:stranger.example.com")),
            ("forger", foreign.issue("proxy", "DNS:proxy.example.com")),
        ]:
            (place.path / name).mkdir()
            with RadSecProxy(place.path / name, latchkey.snippet("radsecproxy"), certificate, issuer) as proxy:
                for _ in range(2):
                    assert sign_in(proxy.port, alice, app_password.secret, secret=FRONT_SECRET, seconds=3) is None
                if name == "stranger":
                    until("the stranger to be shown out", lambda: SHOWN_OUT in latchkey.log.read_text())
                else:
                    until("the forger to be told", lambda: "unknown ca" in proxy.program.written())
        assert sign_ins(latchkey) == 0

"""OpenLDAP's tools and the ldap3 library of Python ask through the LDAP door: in the clear on this machine, with StartTLS, with TLS."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import ldap3
import pytest
from ldap3.core.exceptions import LDAPAttributeError

from certificate import Certificate
from latchkey import AppPassword, Latchkey
from places import Place
from processes import find_program

BASE = "dc=example,dc=com"
ALICE = "alice@example.com"
ALICE_DN = f"uid={ALICE},ou=people,{BASE}"
BOB = "bob@example.com"
#: ldap.h
SUCCESS, COMPARE_FALSE, COMPARE_TRUE, NO_SUCH_OBJECT, INVALID_CREDENTIALS, NO_ACCESS, UNWILLING = 0, 5, 6, 32, 49, 50, 53


@dataclass(frozen=True)
class Tool:
    """What a program of ldap-utils did."""

    status: int
    output: str

    @property
    def entries(self) -> list[dict[str, list[str]]]:
        """What `ldapsearch -LLL -o ldif-wrap=no` wrote."""
        found = []
        for block in self.output.strip().split("\n\n"):
            entry: dict[str, list[str]] = {}
            for line in block.splitlines():
                name, _, value = line.partition(": ")
                if name and not line.startswith("#"):
                    entry.setdefault(name, []).append(value)
            if "dn" in entry:
                found.append(entry)
        return found

    @property
    def names(self) -> list[str]:
        return [entry["dn"][0] for entry in self.entries]


class Door:
    """An installation whose LDAP door listens, and the tools that ask it."""

    def __init__(self, latchkey: Latchkey, certificate: Certificate):
        self.latchkey = latchkey
        self.certificate = certificate

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.latchkey.port('ldap')}"

    @property
    def tls_url(self) -> str:
        return f"ldaps://127.0.0.1:{self.latchkey.port('ldaps')}"

    def run(self, tool: str, *arguments: str, url: str | None = None) -> Tool:
        ended = subprocess.run(
            [find_program(tool, "ldap-utils"), "-H", url or self.url, *arguments],
            env={**os.environ, "LDAPTLS_CACERT": str(self.certificate.certificate), "LDAPCONF": "/dev/null"},
            capture_output=True,
            text=True,
            timeout=30,
        )
        return Tool(ended.returncode, ended.stdout + ended.stderr)

    def whoami(self, name: str, secret: str, *arguments: str, url: str | None = None) -> Tool:
        return self.run("ldapwhoami", "-x", "-D", name, "-w", secret, *arguments, url=url)

    def search(self, *arguments: str, by: tuple[str, str] | None = None, url: str | None = None) -> Tool:
        bind = ["-D", by[0], "-w", by[1]] if by else []
        return self.run("ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", *bind, *arguments, url=url)


@pytest.fixture
def door(place: Place) -> Iterator[Door]:
    certificate = Certificate.make(place.path)
    ldap = {"listen": ["127.0.0.1:0"], "tls-listen": ["127.0.0.1:0"]}
    with Latchkey(place.path, doors={"ldap": ldap}, tls=certificate.settings).start() as latchkey:
        yield Door(latchkey, certificate)


@pytest.fixture
def alice(door: Door) -> AppPassword:
    door.latchkey.run("account", "add", ALICE, "--name", "Alice Liddell")
    return door.latchkey.create(ALICE, "ldap")


@pytest.fixture
def reader(door: Door) -> tuple[str, str]:
    """The name and token of a service account that may read, and a directory for it: Bob, and the groups staff and wiki."""
    latchkey = door.latchkey
    latchkey.run("account", "add", BOB, "--name", "Bob")
    latchkey.run("group", "add", "staff", "--description", "Everybody who works here")
    latchkey.run("group", "add", "wiki")
    made = latchkey.ask("service-token", "create", "Nextcloud", "--read-directory")
    return f"cn=nextcloud,ou=services,{BASE}", made["token"]


def join(door: Door, group: str, *logins: str) -> None:
    for login in logins:
        door.latchkey.run("group", "add-member", group, login)


# Binds


def test_an_app_password_binds_in_the_clear_with_starttls_and_with_tls(door: Door, alice: AppPassword):
    for url, arguments in [(door.url, []), (door.url, ["-ZZ"]), (door.tls_url, [])]:
        for name in [ALICE_DN, f"uid=alice,ou=people,{BASE}", f"mail={ALICE},ou=people,{BASE}", ALICE, "alice"]:
            accepted = door.whoami(name, alice.secret, *arguments, url=url)
            assert (accepted.status, accepted.output) == (SUCCESS, f"dn:{ALICE_DN}\n")
        refused = door.whoami(ALICE_DN, alice.mistyped, *arguments, url=url)
        assert refused.status == INVALID_CREDENTIALS
    anonymous = door.run("ldapwhoami", "-x")
    assert (anonymous.status, anonymous.output) == (SUCCESS, "anonymous\n")


def test_every_refusal_looks_the_same(door: Door, alice: AppPassword):
    other = door.latchkey.create(ALICE, "imap")
    old = door.latchkey.create(ALICE, "ldap")
    door.latchkey.revoke(old)
    expected = door.whoami(ALICE_DN, alice.mistyped)
    assert expected.status == INVALID_CREDENTIALS
    assert "Authentication failed" in expected.output
    for name, secret in [
        (ALICE_DN, other.secret),
        (ALICE_DN, old.secret),
        (ALICE_DN, "password"),
        (f"uid=nobody,ou=people,{BASE}", alice.secret),
        ("uid=alice,ou=people,dc=example,dc=org", alice.secret),
        (f"cn=nextcloud,ou=services,{BASE}", "lks_" + "a" * 43),
    ]:
        assert door.whoami(name, secret) == expected


def test_a_name_without_a_password_is_no_login(door: Door, alice: AppPassword):
    unauthenticated = door.whoami(ALICE_DN, "")
    assert unauthenticated.status == UNWILLING
    assert "unauthenticated bind (DN with no password) disallowed" in unauthenticated.output


def test_the_branch_of_an_app_chooses_what_the_app_password_must_be_for(door: Door, alice: AppPassword):
    imap = door.latchkey.create(ALICE, "imap")
    for name in [f"uid=alice,ou=people,app=imap,{BASE}", f"uid=alice,app=imap,{BASE}"]:
        assert door.whoami(name, imap.secret).status == SUCCESS
        assert door.whoami(name, alice.secret).status == INVALID_CREDENTIALS
    assert door.whoami(f"uid=alice,app=ldap,{BASE}", alice.secret).status == SUCCESS


def test_sasl_plain_binds_and_no_other_mechanism_is_offered(door: Door, alice: AppPassword):
    offered = door.search("-b", "", "-s", "base", "supportedSASLMechanisms")
    assert [line for line in offered.output.splitlines() if ":" in line][1:] == ["supportedSASLMechanisms: PLAIN"]
    plain = ["-Y", "PLAIN", "-U", ALICE, "-O", "none", "-Q"]
    accepted = door.run("ldapwhoami", *plain, "-w", alice.secret, "-ZZ")
    assert (accepted.status, accepted.output) == (SUCCESS, f"dn:{ALICE_DN}\n")
    assert door.run("ldapwhoami", *plain, "-w", alice.mistyped, "-ZZ").status == INVALID_CREDENTIALS


def test_trouble_with_the_database_is_no_wrong_password(door: Door, alice: AppPassword):
    with door.latchkey.database_held():
        unavailable = door.whoami(ALICE_DN, alice.secret)
    assert unavailable.status == 52
    assert "Temporary authentication failure" in unavailable.output
    assert door.whoami(ALICE_DN, alice.secret).status == SUCCESS


def test_what_ldap_cannot_do_is_refused_and_says_where_it_is_done(door: Door, alice: AppPassword):
    bound = ["-x", "-D", ALICE_DN, "-w", alice.secret]
    changed = door.run("ldappasswd", *bound, "-a", alice.secret, "-s", "a new one")
    assert changed.status == 1 and "app passwords are made, not chosen" in changed.output
    deleted = door.run("ldapdelete", *bound, ALICE_DN)
    assert deleted.status == UNWILLING and "nothing is changed through LDAP" in deleted.output


# Searches


def test_a_person_finds_themselves_and_their_groups(door: Door, alice: AppPassword, reader: tuple[str, str]):
    join(door, "staff", ALICE, BOB)
    own = door.search("-b", BASE, "(objectClass=inetOrgPerson)", "uid", "cn", "sn", "mail", "memberOf", by=(ALICE_DN, alice.secret))
    assert own.entries == [
        {
            "dn": [ALICE_DN],
            "uid": [ALICE],
            "cn": ["Alice Liddell"],
            "sn": ["Liddell"],
            "mail": [ALICE],
            "memberOf": [f"cn=staff,ou=groups,{BASE}"],
        }
    ]
    groups = door.search("-b", f"ou=groups,{BASE}", "-s", "one", "member", by=("alice", alice.secret))
    assert groups.entries == [{"dn": [f"cn=staff,ou=groups,{BASE}"], "member": [ALICE_DN]}]
    assert door.search("-b", f"uid={BOB},ou=people,{BASE}", by=("alice", alice.secret)).status == NO_SUCH_OBJECT
    assert door.search("-b", BASE).status == NO_ACCESS


def test_a_service_account_finds_people_and_groups_as_applications_ask(
    door: Door, alice: AppPassword, reader: tuple[str, str]
):
    join(door, "staff", ALICE, BOB)
    join(door, "wiki", ALICE)
    bob_dn = f"uid={BOB},ou=people,{BASE}"

    def names(*arguments: str) -> list[str]:
        found = door.search(*arguments, "1.1", by=reader, url=door.tls_url)
        assert found.status == SUCCESS, found.output
        return found.names

    assert names("-b", f"ou=people,{BASE}", "-s", "one", "(objectClass=inetOrgPerson)") == [ALICE_DN, bob_dn]
    # Nextcloud, Dovecot, Postfix
    assert names("-b", BASE, "(&(objectClass=inetOrgPerson)(|(uid=alice)(mail=alice)))") == [ALICE_DN]
    assert names("-b", BASE, f"(mail={BOB})") == [bob_dn]
    assert names("-b", BASE, "(mail=nobody@example.com)") == []
    # Jenkins, GitLab, Apache
    groups = [f"cn=staff,ou=groups,{BASE}", f"cn=wiki,ou=groups,{BASE}"]
    assert names("-b", BASE, f"(|(member={ALICE_DN})(uniqueMember={ALICE_DN}))") == groups
    assert names("-b", BASE, f"(memberOf={groups[1].upper()})") == [ALICE_DN]
    assert names("-b", BASE, f"(memberOf:1.2.840.113556.1.4.1941:={groups[0]})") == [ALICE_DN, bob_dn]
    assert names("-b", BASE, "(&(cn=*iddel*)(!(uid=bob)))") == [ALICE_DN]
    compared = door.run("ldapcompare", "-x", "-D", reader[0], "-w", reader[1], groups[0], f"member:{ALICE_DN}")
    assert compared.status == COMPARE_TRUE
    compared = door.run("ldapcompare", "-x", "-D", reader[0], "-w", reader[1], groups[1], f"member:{bob_dn}")
    assert compared.status == COMPARE_FALSE
    # The tool's own pages, one entry each.
    assert names("-E", "pr=1/noprompt", "-b", f"ou=people,{BASE}", "-s", "one") == [ALICE_DN, bob_dn]
    limited = door.search("-z", "1", "-b", f"ou=people,{BASE}", "-s", "one", by=reader)
    assert limited.status == 4 and limited.names == [ALICE_DN]


def test_a_disabled_account_is_found_as_disabled_and_binds_no_more(door: Door, alice: AppPassword, reader: tuple[str, str]):
    door.latchkey.run("account", "disable", ALICE)
    found = door.search("-b", BASE, "(uid=alice)", "isActive", by=reader)
    assert found.entries == [{"dn": [ALICE_DN], "isActive": ["FALSE"]}]
    assert door.whoami(ALICE_DN, alice.secret).status == INVALID_CREDENTIALS


def test_a_service_token_reads_only_if_it_may_and_only_until_it_is_revoked(door: Door, alice: AppPassword, reader: tuple[str, str]):
    blind = door.latchkey.service_token("blind")
    name = f"cn=blind,ou=services,{BASE}"
    assert door.whoami(name, blind["token"]).output == f"dn:{name}\n"
    assert door.search("-b", BASE, by=(name, blind["token"])).status == NO_ACCESS
    assert door.whoami(name, reader[1]).status == INVALID_CREDENTIALS
    connection = ldap3.Connection(ldap3.Server(door.url), *reader, auto_bind=True)
    assert connection.search(BASE, "(uid=alice)")
    seen = door.latchkey.ask("service-token", "list")
    door.latchkey.run("service-token", "revoke", next(token["id"] for token in seen if token["name"] == "Nextcloud"))
    assert not connection.search(BASE, "(uid=alice)")
    assert connection.result["result"] == NO_ACCESS
    connection.unbind()


def test_ldap3_reads_the_schema_and_finds_everything_in_it(door: Door, alice: AppPassword, reader: tuple[str, str]):
    join(door, "staff", ALICE)
    server = ldap3.Server(door.url, get_info=ldap3.ALL)
    with ldap3.Connection(server, *reader, auto_bind=True, check_names=True) as connection:
        assert server.info.naming_contexts == [BASE]
        assert server.schema.object_classes["inetOrgPerson"]
        for filter in ["(objectClass=*)", "(&(objectClass=groupOfNames)(member=*))", "(createTimestamp>=20200101000000Z)"]:
            assert connection.search(BASE, filter, attributes=[ldap3.ALL_ATTRIBUTES, ldap3.ALL_OPERATIONAL_ATTRIBUTES])
            for entry in connection.response:
                for name in entry["attributes"]:
                    assert name in server.schema.attribute_types
        # What operating systems ask for, whether we hold it or not.
        connection.search(BASE, "(uid=alice)", attributes=["uidNumber", "homeDirectory", "sshPublicKey", "modifyTimestamp"])
        assert connection.response[0]["attributes"]["modifyTimestamp"].year >= 2020
        with pytest.raises(LDAPAttributeError):
            connection.search(BASE, "(uid=alice)", attributes=["noSuchAttribute"])


def test_ldap3_gets_everybody_page_by_page(door: Door, alice: AppPassword, reader: tuple[str, str]):
    for number in range(8):
        door.latchkey.add_account(f"person{number}@example.com")
    with ldap3.Connection(ldap3.Server(door.tls_url), *reader, auto_bind=True) as connection:
        found = connection.extend.standard.paged_search(
            f"ou=people,{BASE}", "(objectClass=inetOrgPerson)", ldap3.LEVEL, attributes=["uid"], paged_size=3, generator=False
        )
    everybody = [ALICE, BOB, *(f"person{number}@example.com" for number in range(8))]
    # The library turns each page around.
    assert sorted(entry["attributes"]["uid"][0] for entry in found) == everybody


def test_a_connection_that_starts_tls_forgets_who_it_was(door: Door, alice: AppPassword):
    with ldap3.Connection(ldap3.Server(door.url), ALICE_DN, alice.secret) as connection:
        assert connection.extend.standard.who_am_i() == f"dn:{ALICE_DN}"
        connection.start_tls()
        assert not connection.extend.standard.who_am_i()

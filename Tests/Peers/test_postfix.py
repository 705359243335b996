"""Postfix asks through the Dovecot door, with `smtpd_sasl_type = dovecot`."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from latchkey import AppPassword, Latchkey
from places import Place
from postfix import Postfix
from processes import free_port, until

MECHANISMS = ("PLAIN", "LOGIN")


@dataclass
class MailHouse:
    latchkey: Latchkey
    postfix: Postfix

    def sign_in(self, app_password: AppPassword, secret: str | None = None, **how):
        return self.postfix.sign_in(app_password.account, secret or app_password.secret, **how)


@pytest.fixture(scope="module", params=["unix", "tcp"])
def house(request: pytest.FixtureRequest) -> Iterator[MailHouse]:
    """One for the tests that leave it as it was, over each kind of socket. Every test brings an account of its own."""
    doors = {} if request.param == "unix" else {"dovecot": {"listen": [f"127.0.0.1:{free_port()}"]}}
    with Place() as place, Latchkey(place.path, group=Postfix.group(), doors=doors).start() as latchkey:
        with Postfix(place.path, latchkey.snippet("postfix")) as postfix:
            yield MailHouse(latchkey, postfix)


@pytest.fixture
def fresh_house(place: Place) -> Iterator[MailHouse]:
    """One to be broken."""
    with Latchkey(place.path, group=Postfix.group()).start() as latchkey:
        with Postfix(place.path, latchkey.snippet("postfix")) as postfix:
            yield MailHouse(latchkey, postfix)


@pytest.fixture
def account(house: MailHouse) -> str:
    return house.latchkey.add_account(f"user-{uuid4().hex[:12]}@example.com")


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_right_app_password_signs_in(house: MailHouse, account: str, mechanism: str):
    app_password = house.latchkey.create(account)
    answer = house.sign_in(app_password, mechanism=mechanism)
    assert answer.code == 235, answer.transcript


def test_a_mail_is_taken_from_who_signed_in(house: MailHouse, account: str):
    answer = house.sign_in(house.latchkey.create(account), sender=account)
    assert (answer.code, answer.sent) == (235, True), answer.transcript


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_wrong_secret_is_refused(house: MailHouse, account: str, mechanism: str):
    house.latchkey.create(account)
    of_another_account = house.latchkey.create(house.latchkey.add_account(f"other-of-{account}"))
    answer = house.sign_in(AppPassword("", of_another_account.secret, account), mechanism=mechanism, client="127.0.1.1")
    assert answer.code == 535, answer.transcript


def test_a_mistyped_secret_is_refused(house: MailHouse, account: str):
    app_password = house.latchkey.create(account)
    answer = house.sign_in(app_password, app_password.mistyped)
    assert answer.code == 535, answer.transcript
    assert house.sign_in(app_password).code == 235


@pytest.mark.parametrize(
    "typed",
    [
        str.upper,
        lambda secret: secret.replace("-", " "),
        lambda secret: secret.replace("-", ""),
        lambda secret: f" {secret} ",
    ],
    ids=["upper case", "blanks", "no dashes", "blanks around"],
)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_how_a_secret_is_typed_does_not_matter(house: MailHouse, account: str, mechanism: str, typed):
    app_password = house.latchkey.create(account)
    answer = house.sign_in(app_password, typed(app_password.secret), mechanism=mechanism)
    assert answer.code == 235, answer.transcript


def test_a_revoked_app_password_is_refused_from_the_next_attempt_on(house: MailHouse, account: str):
    app_password = house.latchkey.create(account)
    assert house.sign_in(app_password).code == 235
    house.latchkey.revoke(app_password)
    answer = house.sign_in(app_password)
    assert answer.code == 535, answer.transcript


def test_a_rotated_app_password_works_until_its_replacement_is_used(house: MailHouse, account: str):
    old = house.latchkey.create(account)
    new = house.latchkey.rotate(old)
    assert house.sign_in(old).code == 235
    assert house.sign_in(new).code == 235
    assert house.sign_in(old).code == 535
    assert house.sign_in(new).code == 235


def test_an_expired_app_password_is_refused(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, expires="90d")
    assert house.sign_in(app_password).code == 235
    house.latchkey.let_expire(app_password)
    answer = house.sign_in(app_password)
    assert answer.code == 535, answer.transcript


def test_an_app_password_for_another_service_is_refused(house: MailHouse, account: str):
    answer = house.sign_in(house.latchkey.create(account, "imap", "caldav"))
    assert answer.code == 535, answer.transcript


def test_an_app_password_works_only_from_its_network(house: MailHouse, account: str):
    app_password = house.latchkey.create(account, network="127.0.9.0/24")
    assert house.sign_in(app_password, client="127.0.9.7").code == 235
    answer = house.sign_in(app_password, client="127.0.8.7")
    assert answer.code == 535, answer.transcript


def test_a_disabled_account_is_refused_until_it_is_enabled(house: MailHouse, account: str):
    app_password = house.latchkey.create(account)
    house.latchkey.run("account", "disable", account)
    answer = house.sign_in(app_password)
    assert answer.code == 535, answer.transcript
    house.latchkey.run("account", "enable", account)
    assert house.sign_in(app_password).code == 235


def test_no_refusal_tells_why(house: MailHouse, account: str):
    """Revoked, mistyped, another service, no such account: outside they are one."""
    revoked = house.latchkey.create(account)
    house.latchkey.revoke(revoked)
    calendar = house.latchkey.create(account, "caldav")
    answers = [
        house.sign_in(revoked),
        house.sign_in(revoked, revoked.mistyped),
        house.sign_in(calendar),
        house.postfix.sign_in("nobody@example.com", revoked.secret, client="127.0.2.1"),
    ]
    refusals = {line for answer in answers for line in answer.transcript.splitlines() if " 535 " in line}
    assert len(refusals) == 1, refusals


def test_a_login_name_means_the_same_however_it_is_written(house: MailHouse):
    """Upper case, and without the domain: Postfix is told the canonical name, which the sender must fit."""
    app_password = house.latchkey.create(house.latchkey.add_account("alice@example.com"))
    for login in ("Alice@Example.com", "alice"):
        answer = house.postfix.sign_in(login, app_password.secret, sender="alice@example.com")
        assert (answer.code, answer.sent) == (235, True), answer.transcript


def test_nobody_sends_in_anothers_name(house: MailHouse, account: str):
    answer = house.sign_in(house.latchkey.create(account), sender="alice@example.com")
    assert answer.code == 235, answer.transcript
    assert "553 5.7.1" in answer.transcript and not answer.sent, answer.transcript


def test_a_portal_password_opens_no_mailbox(house: MailHouse, account: str):
    login = f"portal-{account}"
    password = "many words that only I put together"
    house.latchkey.run("account", "add", login, "--password-stdin", input=password)
    answer = house.postfix.sign_in(login, password, client="127.0.3.1")
    assert answer.code == 535, answer.transcript
    until("the explanation", lambda: "portal" in house.latchkey.run("explain", login).lower())


def test_a_forgotten_device_does_not_lock_out_the_others(house: MailHouse, account: str):
    forgotten, used = house.latchkey.create(account), house.latchkey.create(account)
    house.latchkey.revoke(forgotten)
    for _ in range(12):
        assert house.sign_in(forgotten, client="127.0.4.1").code == 535
    answer = house.sign_in(used, client="127.0.4.1")
    assert answer.code == 235, answer.transcript


def test_while_the_database_is_held_the_answer_is_temporary(fresh_house: MailHouse):
    """A sign-in that cannot be recorded is not granted (durability `strict`), and not called a wrong password."""
    app_password = fresh_house.latchkey.create(fresh_house.latchkey.add_account("alice@example.com"))
    with fresh_house.latchkey.database_held():
        answer = fresh_house.sign_in(app_password)
        assert answer.code == 454, answer.transcript
    assert fresh_house.sign_in(app_password).code == 235


def test_while_the_server_does_not_answer_the_answer_is_temporary(fresh_house: MailHouse):
    app_password = fresh_house.latchkey.create(fresh_house.latchkey.add_account("alice@example.com"))
    assert fresh_house.sign_in(app_password).code == 235
    with fresh_house.latchkey.frozen():
        answer = fresh_house.sign_in(app_password)
        assert answer.code in (0, 454), answer.transcript
        assert "535" not in answer.transcript
    assert fresh_house.sign_in(app_password).code == 235


def test_after_a_crash_postfix_goes_on_without_being_restarted(fresh_house: MailHouse):
    app_password = fresh_house.latchkey.create(fresh_house.latchkey.add_account("alice@example.com"))
    assert fresh_house.sign_in(app_password).code == 235
    fresh_house.latchkey.kill()
    answer = fresh_house.sign_in(app_password)
    assert "535" not in answer.transcript and "454" in answer.transcript, answer.transcript
    fresh_house.latchkey.start()
    answer = fresh_house.sign_in(app_password)
    assert answer.code == 235, answer.transcript

"""account, key: the control plane from the command line."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from clearhouse.testing import Client, ServerProcess
from unit.cli.conftest import Run


def test_an_account_is_opened_funded_and_listed(run: Run, server: ServerProcess) -> None:
    at = ("--url", server.url)
    opened = run(
        *("account", "create", *at, "--json", "--label", "first"),
        *("--balance", "MAIN:USDT=5", "--balance", "ISOLATED_MARGIN:BTCUSDT:USDT=7"),
    ).json
    uid = str(opened["uid"])
    moved = run("account", "fund", uid, "USDT", "2.5", "--wallet", "FUNDING", "--json", *at)
    assert list(moved.json) == ["tranId"]
    listed = run("account", "list", "--json", *at).json
    account = next(one for one in listed if one["uid"] == opened["uid"])
    assert account["label"] == "first"
    assert account["balances"] == {
        "MAIN": {"USDT": "5.00000000"},
        "ISOLATED_MARGIN:BTCUSDT": {"USDT": "7.00000000"},
        "FUNDING": {"USDT": "2.50000000"},
    }
    client = Client(server.url, opened["apiKey"], opened["apiSecret"])
    assert client.signed("GET", "/api/v3/account").status == 200
    client.close()


def test_funding_with_an_idempotency_key_happens_once(run: Run, server: ServerProcess) -> None:
    words = ("account", "fund", "1000001", "USDT", "1", "--idempotency-key", "k", "--json")
    first = run(*words, "--url", server.url)
    assert run(*words, "--url", server.url).json == first.json


def test_an_isolated_wallet_takes_its_pair_from_symbol(run: Run, server: ServerProcess) -> None:
    words = ("account", "fund", "1000001", "USDT", "1", "--wallet", "ISOLATED_MARGIN")
    assert run(*words, "--symbol", "BTCUSDT", "--url", server.url).status == 0


def test_the_list_is_for_people_too(run: Run, server: ServerProcess) -> None:
    ran = run("account", "list", CLEARHOUSE_URL=server.url)
    assert "1000001  demo" in ran.out
    assert "10 BTC" in ran.out


def test_the_list_goes_on_from_page_to_page(
    run: Run, server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearhouse.cli.account.PAGE", 1)
    for _ in range(2):
        run("account", "create", "--url", server.url)
    uids = [one["uid"] for one in run("account", "list", "--json", "--url", server.url).json]
    assert len(uids) >= 3
    assert uids == sorted(set(uids))
    limited = run("account", "list", "--json", "--limit", "2", "--url", server.url).json
    assert [one["uid"] for one in limited] == uids[:2]


def test_a_key_is_made_used_and_revoked(run: Run, server: ServerProcess) -> None:
    at = ("--url", server.url)
    words = ("key", "create", "1000001", "--permission", "enableReading", "--ip", "127.0.0.0/8")
    made = run(*words, "--json", *at).json
    client = Client(server.url, made["apiKey"], made["apiSecret"])
    transfer = {"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": "1"}
    assert client.signed("GET", "/api/v3/account").status == 200
    assert client.signed("POST", "/sapi/v1/asset/transfer", **transfer).json["code"] == -1002
    assert "revoked" in run("key", "revoke", "1000001", made["apiKey"], *at).out
    assert client.signed("GET", "/api/v3/account").json["code"] == -2015
    client.close()


def test_a_public_key_comes_from_a_file(run: Run, server: ServerProcess, tmp_path: Path) -> None:
    pem = tmp_path / "key.pem"
    public = Ed25519PrivateKey.generate().public_key()
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    words = ("key", "create", "1000001", "--kind", "ed25519", "--public-key")
    made = run(*words, str(pem), "--json", "--url", server.url).json
    assert list(made) == ["apiKey"]
    missing = run(*words, str(tmp_path / "none.pem"), "--url", server.url)
    assert (missing.status, missing.out) == (1, "")
    assert "cannot be read" in missing.err


REFUSALS = {
    "unknown account": (("account", "fund", "7", "USDT", "1"), "no account 7"),
    "unknown key": (("key", "revoke", "1000001", "x"), "no such key"),
    "no amount": (("account", "fund", "1000001", "USDT", "1e5"), "is no amount"),
    "no balance": (("account", "create", "--balance", "USDT"), "WALLET:ASSET=AMOUNT"),
    "clock not frozen": (("clock", "advance", "1h"), "freeze it first"),
    "no step": (("clock", "advance", "soon"), "500ms, 90s"),
    "no moment": (("clock", "set", "frozen", "--now", "noon"), "2026-01-31T12:00:00"),
    "no mode": (("clock", "set", "backwards"), "real, frozen or scaled"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_one_sentence(run: Run, server: ServerProcess, name: str) -> None:
    words, sentence = REFUSALS[name]
    ran = run(*words, "--url", server.url)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("clearhouse: ")
    assert ran.err.count("\n") == 1
    assert sentence in ran.err


def test_a_token_is_asked_for_and_taken(run: Run, guarded: ServerProcess) -> None:
    refused = run("account", "list", "--url", guarded.url)
    assert (refused.status, refused.out) == (1, "")
    assert "--admin-token or CLEARHOUSE_ADMIN_TOKEN" in refused.err
    token = {"CLEARHOUSE_URL": guarded.url, "CLEARHOUSE_ADMIN_TOKEN": "open sesame"}
    assert run("account", "list", **token).status == 0


def test_nobody_answers(run: Run) -> None:
    ran = run("account", "list", "--url", "http://127.0.0.1:9")
    assert ran.status == 1
    assert "start one with 'clearhouse serve'" in ran.err


@pytest.mark.parametrize("url", ["localhost:7400", "ftp://x", "http://", "http://x:y"])
def test_an_address_that_is_none(run: Run, url: str) -> None:
    ran = run("ledger", "check", "--url", url)
    assert ran.status == 1
    assert "--url takes an address" in ran.err

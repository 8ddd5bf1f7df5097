"""Signatures: the published vectors, where a signature may stand, and what spoils one."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from clearhouse.api.signing import Verifier, payload_of, ws_payload_of
from clearhouse.messages.queries import KeyView
from clearhouse.model.access import KeyKind
from clearhouse.model.ids import Millis, Uid
from clearhouse.runtime.sealing import Sealer
from unit.api.harness import NOW, Answer, House, in_house
from unit.api.signers import Signer, ed25519, rsa

FUTURES = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
SPOT = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
LIMIT = "side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
STAMP = "recvWindow=5000&timestamp=1499827319559"
VECTORS = [
    (
        "everything in the query",
        FUTURES,
        "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943",
        "",
        "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9",
    ),
    (
        "query and body, joined without a separator",
        FUTURES,
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC",
        "quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943",
        "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4",
    ),
    (
        "everything in the body",
        SPOT,
        "",
        f"symbol=LTCBTC&{LIMIT}&{STAMP}",
        "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71",
    ),
    (
        "a symbol that is percent-encoded",
        SPOT,
        f"symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&{LIMIT}&{STAMP}",
        "",
        "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
    ),
]
BAD = (400, -1022, "Signature for this request is not valid.")
PATH = "/sapi/v1/asset/transfer"
WHAT = "type=MAIN_FUNDING&asset=USDT&amount=1"


@pytest.mark.parametrize(
    ("name", "secret", "query", "body", "signature"), VECTORS, ids=[row[0] for row in VECTORS]
)
def test_published_vector(name: str, secret: str, query: str, body: str, signature: str) -> None:
    sealer = Sealer(bytes(32))
    key = KeyView(
        api_key="k" * 64,
        uid=Uid(1),
        kind=KeyKind.HMAC,
        material=sealer.seal(secret.encode()),
        permissions=frozenset(),
        allowed_ips=(),
        created_at=Millis(0),
    )
    verifier = Verifier(sealer)
    tail = f"&signature={signature}".encode()
    sent = (query.encode(), body.encode() + tail) if body else (query.encode() + tail, b"")
    assert verifier.verify(key, payload_of(*sent), signature)
    assert verifier.verify(key, payload_of(*sent), signature.upper())
    assert not verifier.verify(key, payload_of(*sent) + b" ", signature)


@pytest.mark.parametrize(
    ("query", "body", "payload"),
    [
        (b"a=1&b=2&signature=x", b"", b"a=1&b=2"),
        (b"signature=x&a=1&b=2", b"", b"a=1&b=2"),
        (b"a=1&signature=x&b=2", b"", b"a=1&b=2"),
        (b"signature=x", b"", b""),
        (b"signature=x", b"a=1", b"a=1"),
        (b"a=1", b"signature=x&b=2", b"a=1b=2"),
        (b"a=1&signature=x", b"b=2", b"a=1b=2"),
        (b"a=1", b"b=2&signature=x", b"a=1b=2"),
        (b"a=%EF%BC%91+%20&signature=x", b"", b"a=%EF%BC%91+%20"),
        (b"a=1&signature=", b"", b"a=1"),
        (b"a=1&xsignature=1&signature=x", b"", b"a=1&xsignature=1"),
        (b"a=signature=1&signature=x", b"", b"a=signature=1"),
        (b"", b"", b""),
    ],
)
def test_the_payload_is_what_was_sent_without_the_signature(
    query: bytes, body: bytes, payload: bytes
) -> None:
    assert payload_of(query, body) == payload


def test_the_payload_of_the_websocket_api_is_sorted_by_name() -> None:
    sent = {"timestamp": "1", "signature": "x", "apiKey": "k", "asset": "USDT", "B": "2"}
    assert ws_payload_of(sent) == b"B=2&apiKey=k&asset=USDT&timestamp=1"


async def _send(house: House, query: str, body: str, signature: str | None = None) -> Answer:
    """`SIGN` in query or body stands for the signature over the rest."""
    if signature is None:
        raw = payload_of(query.encode(), body.encode()).decode()
        signature = house.sign(raw)
    query, body = query.replace("SIGN", signature), body.replace("SIGN", signature)
    headers = {"x-mbx-apikey": house.key, "content-type": "application/x-www-form-urlencoded"}
    return await house.send("POST", PATH, query, body, headers=headers)


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (f"{WHAT}&timestamp={NOW}&signature=SIGN", ""),
        (f"signature=SIGN&{WHAT}&timestamp={NOW}", ""),
        (f"{WHAT}&signature=SIGN&timestamp={NOW}", ""),
        ("", f"{WHAT}&timestamp={NOW}&signature=SIGN"),
        ("", f"signature=SIGN&{WHAT}&timestamp={NOW}"),
        (WHAT, f"timestamp={NOW}&signature=SIGN"),
        (f"timestamp={NOW}&signature=SIGN", WHAT),
        (f"{WHAT}&timestamp={NOW}", "signature=SIGN"),
        ("signature=SIGN", f"{WHAT}&timestamp={NOW}"),
        (f"timestamp={NOW}&{WHAT}&unknown=extra&signature=SIGN", ""),
        (f"{WHAT}&timestamp={NOW}&note=%E5%B8%81+a%20b&signature=SIGN", ""),
        (f"{WHAT}&timestamp={NOW}&empty=&&bare&signature=SIGN", ""),
    ],
)
def test_accepted_wherever_it_stands(query: str, body: str) -> None:
    async def scene(house: House) -> None:
        answer = await _send(house, query, body)
        assert (answer.status, list(answer.json)) == (200, ["tranId"]), answer.body

    in_house(scene)


def test_the_query_wins_over_the_body() -> None:
    async def scene(house: House) -> None:
        query = f"{WHAT}&timestamp={NOW}&signature=SIGN"
        assert (await _send(house, query, "amount=2&type=MAIN_OPTION")).status == 200
        rows = (await house.signed("GET", PATH, {"type": "MAIN_FUNDING"})).json["rows"]
        assert [row["amount"] for row in rows] == ["1"]

    in_house(scene)


GOOD_QUERY = f"{WHAT}&timestamp={NOW}&signature=SIGN"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda right: "0" * 64,
        lambda right: right[:-1],
        lambda right: right[:32],
        lambda right: right + "0",
        lambda right: right[:-1] + ("0" if right[-1] != "0" else "1"),
        lambda right: right[::-1],
        lambda right: "z" * 64,
        lambda right: "%00" * 64,
        lambda right: quote("\u0661" * 64),
        lambda right: right + "%20",
        lambda right: "a",
        lambda right: "f" * 5000,
    ],
)
def test_what_is_no_signature(spoil: Callable[[str], str]) -> None:
    async def scene(house: House) -> None:
        right = house.sign(f"{WHAT}&timestamp={NOW}")
        before = house.digest()
        assert (await _send(house, GOOD_QUERY, "", spoil(right))).refusal == BAD
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        (f"{WHAT}&timestamp={NOW}", f"{WHAT}0&timestamp={NOW}"),
        (f"{WHAT}&timestamp={NOW}", f"timestamp={NOW}&{WHAT}"),
        ("note=a b&timestamp=1", "note=a+b&timestamp=1"),
        (f"{WHAT}&note=\u5e01&timestamp={NOW}", f"{WHAT}&note=%E5%B8%81&timestamp={NOW}"),
        (f"{WHAT}&note=%e5%b8%81&timestamp={NOW}", f"{WHAT}&note=%E5%B8%81&timestamp={NOW}"),
    ],
)
def test_a_signature_is_over_the_bytes_as_sent(signed: str, sent: str) -> None:
    async def scene(house: House) -> None:
        stamped = sent if str(NOW) in sent else sent.replace("timestamp=1", f"timestamp={NOW}")
        answer = await _send(house, f"{stamped}&signature=SIGN", "", house.sign(signed))
        assert answer.refusal == BAD

    in_house(scene)


def test_hex_in_capitals_is_the_same_signature() -> None:
    async def scene(house: House) -> None:
        right = house.sign(f"{WHAT}&timestamp={NOW}").upper()
        assert (await _send(house, GOOD_QUERY, "", right)).status == 200

    in_house(scene)


@pytest.mark.parametrize("signer", [ed25519(), rsa(), rsa(4096)], ids=["ed25519", "rsa", "rsa4096"])
def test_asymmetric_keys(signer: Signer) -> None:
    async def scene(house: House) -> None:
        keyed = await house.new_key(kind=signer.kind, publicKey=signer.public_key)
        right = signer.sign(f"{WHAT}&timestamp={NOW}")
        assert (await _send(keyed, GOOD_QUERY, "", quote(right, safe=""))).status == 200
        assert (await _send(keyed, GOOD_QUERY, "", right)).status == 200  # a bare + is a blank
        mixed = signer.sign(f"{WHAT}timestamp={NOW}")
        sent = await _send(keyed, WHAT, f"timestamp={NOW}&signature=SIGN", quote(mixed, safe=""))
        assert sent.status == 200
        before = house.digest()
        for wrong in (
            right.swapcase(),
            right[:-4],
            right[4:],
            "",
            "AAAA",
            "not base64!",
            house.sign(f"{WHAT}&timestamp={NOW}"),
            signer.sign(f"{WHAT}&timestamp={NOW}0"),
            ed25519(9).sign(f"{WHAT}&timestamp={NOW}"),
        ):
            answer = await _send(keyed, GOOD_QUERY, "", quote(wrong, safe=""))
            assert answer.json["code"] == (-1022 if wrong else -1102)
        assert house.digest() == before

    in_house(scene)


def test_the_signature_of_another_key_opens_nothing() -> None:
    async def scene(house: House) -> None:
        other = await house.account()
        stolen = house.as_key(house.key, other.secret)
        assert (await stolen.transfer("MAIN_FUNDING", "USDT", "1")).refusal == BAD

    in_house(scene)

"""Parameters that are broken before anybody asks what they mean, and how names are matched."""

import pytest

from unit.api.harness import NOW, House, in_house

PATH = "/sapi/v1/asset/transfer"
WHAT = f"type=MAIN_FUNDING&asset=USDT&amount=1&timestamp={NOW}"
DUPLICATE = (400, -1101, "Duplicate values for a parameter detected.")
BROKEN = (400, -1100, "Illegal characters found in a parameter.")


@pytest.mark.parametrize(
    ("query", "body", "expected"),
    [
        (f"{WHAT}&amount=2", "", DUPLICATE),
        (f"{WHAT}&amount=1", "", DUPLICATE),
        (f"{WHAT}&%61mount=1", "", DUPLICATE),
        (f"{WHAT}&x=1&x=1", "", DUPLICATE),
        ("", f"{WHAT}&amount=2", DUPLICATE),
        (f"{WHAT}&signature=a&signature=b", "", DUPLICATE),
        (WHAT + "&x" * 2, "", DUPLICATE),
        (WHAT + "".join(f"&x{n}=1" for n in range(100)), "", DUPLICATE),
        (f"{WHAT}&x=%", "", BROKEN),
        (f"{WHAT}&x=%4", "", BROKEN),
        (f"{WHAT}&x=%zz", "", BROKEN),
        (f"{WHAT}&x=%%20", "", BROKEN),
        (f"{WHAT}&%=1", "", BROKEN),
        (f"{WHAT}&x=%ff", "", BROKEN),
        (f"{WHAT}&x=%ed%a0%80", "", BROKEN),  # a surrogate
        (f"{WHAT}&x=%c0%80", "", BROKEN),  # an over-long NUL
        (f"{WHAT}&x=%f4%90%80%80", "", BROKEN),  # beyond Unicode
        (WHAT.encode() + b"&x=\xe5\xb8\x81", "", BROKEN),
        (WHAT.encode() + b"&x=\xff", "", BROKEN),
        (b"\x80", "", BROKEN),
        ("", WHAT.encode() + b"&x=\xe5\xb8\x81", BROKEN),
        ("", f"{WHAT}&x=%", BROKEN),
    ],
)
def test_refused_before_anything_is_looked_up(
    query: str | bytes, body: str | bytes, expected: tuple[int, int, str]
) -> None:
    """Also with a good key: the signature is right for what was sent."""

    async def scene(house: House) -> None:
        before = house.digest()
        sent = [part if isinstance(part, bytes) else part.encode() for part in (query, body)]
        right = house.sign((sent[0] + sent[1]).decode("latin-1"))
        sent[1] += f"&signature={right}".encode() if sent[1] else f"signature={right}".encode()
        headers = {"x-mbx-apikey": house.key}
        answer = await house.send("POST", PATH, sent[0], sent[1], headers=headers)
        assert answer.refusal == expected
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(
    "extra",
    [
        "unknown=1",
        "listenKey=abc",
        "UNKNOWN",
        "%E5%B8%81=%E5%B8%81",
        "a=b=c",
        "=value",
        "&&",
        "x=%00",
        "x=" + "y" * 10_000,
        "&".join(f"x{n}=1" for n in range(90)),
    ],
)
def test_extra_parameters_are_ignored(extra: str) -> None:
    """Clients send keys that an operation does not know; the exchange ignores them here."""

    async def scene(house: House) -> None:
        text = f"{WHAT}&{extra}"
        query = f"{text}&signature={house.sign(text)}"
        answer = await house.send("POST", PATH, query, headers={"x-mbx-apikey": house.key})
        assert answer.status == 200, answer.body

    in_house(scene)


def test_names_are_matched_without_case_where_no_exact_one_is_sent() -> None:
    """ccxt and python-binance send names in other cases; an exact name goes first."""

    async def scene(house: House) -> None:
        params = {"Type": "MAIN_FUNDING", "ASSET": "USDT", "amount": "1", "AMOUNT": "2"}
        assert (await house.signed("POST", PATH, params)).status == 200
        rows = (await house.signed("GET", PATH, {"TYPE": "MAIN_FUNDING"})).json["rows"]
        assert [row["amount"] for row in rows] == ["1"]

    in_house(scene)


@pytest.mark.parametrize("name", ["Timestamp", "TIMESTAMP"])
def test_the_names_that_secure_a_request_are_exact(name: str) -> None:
    async def scene(house: House) -> None:
        answer = await house.signed("GET", "/fapi/v2/balance", {"timestamp": None, name: NOW})
        assert answer.refusal == (
            400,
            -1102,
            "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
        )

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("/api/v3/exchangeInfo", {"symbol": "MOON"}, (400, -1121, "Invalid symbol.")),
        ("/api/v3/exchangeInfo", {"symbol": "btcusdt"}, (400, -1121, "Invalid symbol.")),
        ("/api/v3/exchangeInfo", {"symbols": '["MOON"]'}, (400, -1121, "Invalid symbol.")),
        ("/api/v3/exchangeInfo", {"symbols": "BTCUSDT"}, -1130),
        ("/api/v3/exchangeInfo", {"symbols": "[1]"}, -1130),
        ("/api/v3/exchangeInfo", {"symbols": "["}, -1130),
        ("/api/v3/exchangeInfo", {"symbols": "[" * 500}, -1130),
        ("/api/v3/exchangeInfo", {"symbols": "x" * 513}, -1130),
        ("/api/v3/exchangeInfo", {"symbols": '["\\ud800"]'}, -1130),
        ("/api/v3/exchangeInfo", {"symbol": "BTCUSDT", "symbols": '["BTCUSDT"]'}, -1130),
        ("/api/v3/account", {"omitZeroBalances": "yes"}, -1130),
        ("/api/v3/account", {"omitZeroBalances": ""}, -1105),
        ("/sapi/v1/margin/isolated/account", {"symbols": "MOONUSDT"}, -3028),
        ("/sapi/v1/margin/isolated/account", {"symbols": "BTCUSDT,"}, -3028),
        (
            "/sapi/v1/margin/isolated/account",
            {"symbols": "BTCUSDT,ETHUSDT,BNBUSDT,SOLUSDT,XRPUSDT,ADAUSDT"},
            -1130,
        ),
        ("/sapi/v1/asset/wallet/balance", {"quoteAsset": "MOON"}, -5003),
        ("/sapi/v1/asset/wallet/balance", {"quoteAsset": "U SDT"}, -1100),
        ("/papi/v1/balance", {"asset": "MOON"}, (400, -1108, "Invalid asset.")),
        ("/papi/v1/balance", {"asset": "usdt"}, (400, -1108, "Invalid asset.")),
        ("/papi/v1/balance", {"asset": ""}, (400, -1105, "Parameter 'asset' was empty.")),
    ],
)
def test_reading_with_wrong_parameters(
    path: str, params: dict[str, str], expected: int | tuple[int, int, str]
) -> None:
    async def scene(house: House) -> None:
        refusal = (await house.signed("GET", path, params)).refusal
        assert (refusal if isinstance(expected, tuple) else refusal[1]) == expected
        assert refusal[0] == 400

    in_house(scene)


@pytest.mark.parametrize(
    "path", ["/sapi/v3/asset/getUserAsset", "/sapi/v1/asset/get-funding-asset"]
)
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"asset": "MOON"}, -5003),
        ({"asset": "usdt"}, -5003),
        ({"asset": "U\tSDT"}, -1100),
        ({"needBtcValuation": "maybe"}, -1130),
    ],
)
def test_asset_lists(path: str, params: dict[str, str], code: int) -> None:
    async def scene(house: House) -> None:
        assert (await house.signed("POST", path, params)).refusal[:2] == (400, code)

    in_house(scene)

"""Paths, methods and sizes: 404, 405, 413, and what a request line may hold."""

import pytest

from unit.api.harness import NOW, House, in_house

PAGE = "/docs/coverage"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW")


@pytest.mark.parametrize(
    "path",
    [
        "/sapi/v1/nothing",
        "/sapi",
        "/sapi/",
        "/api/",
        "/sapi/v1/asset/transfer/",
        "/sapi/v1/asset/transfer/x",
        "/sapi/v9/asset/transfer",
        "/sapi/v1/asset/TRANSFER",
        "/sapi/v1/margin/loan",
        "/api/v3/order",
        "/sapi/v1/\u5e01",
        "/sapi/v1/%",
        "/sapi/v1/%s%s%d",
        "/sapi/v1/{0}",
        "/sapi//v1/asset/transfer",
        "/sapi/../sapi/v1/asset/transfer",
        "/sapi/v1/" + "x" * 5000,
        '/sapi/v1/"\\',
    ],
)
def test_unknown_path(path: str) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        for method in METHODS:
            answer = await house.send(method, path, house.query())
            assert (answer.status, answer.json["code"]) == (404, -1099)
            assert answer.json["msg"] == (
                f"Not found: {path[:200]} is no operation of this venue. What is built: {PAGE}"
            )
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(
    "path",
    [
        "/fapi/v1/nothing",
        "/fapi",
        "/fapi/",
        "/fapi/v2/balance/",
        "/fapi/v9/balance",
        "/fapi/v2/BALANCE",
        "/dapi/v1/account",
        "/eapi/v1/ping",
        "/papi/v1/um/account",
        "/fapi/v1/\u5e01",
        "/fapi/v1/%",
        "/fapi/v1/%s%s%d",
        "/fapi/v1/{0}",
        "/fapi//v2/balance",
        "/fapi/../fapi/v2/balance",
        "/fapi/v1/" + "x" * 5000,
        '/fapi/v1/"\\',
    ],
)
def test_unknown_futures_path(path: str) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        for method in METHODS:
            answer = await house.send(method, path, house.query())
            text = f"Path {path[:200]}, Method {method} is invalid"
            assert answer.refusal == (404, -5000, text)
            assert answer.headers["x-clearhouse-hint"] == f"what is built: {PAGE}"
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v3/ping", "GET"),
        ("/sapi/v3/asset/getUserAsset", "POST"),
        ("/sapi/v1/asset/transfer", "POST, GET"),
    ],
)
def test_wrong_method(path: str, allowed: str) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get"):
            if method in allowed:
                continue
            answer = await house.signed(method, path)
            text = f"This operation is not supported. Allowed here: {allowed}."
            assert answer.refusal == (405, -1020, text)
            assert answer.headers["allow"] == allowed
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/fapi/v2/balance", "GET"),
        ("/fapi/v1/ping", "GET"),
        ("/fapi/v1/multiAssetsMargin", "GET, POST"),
        ("/dapi/v1/balance", "GET"),
    ],
)
def test_wrong_method_of_a_futures_path(path: str, allowed: str) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get"):
            if method in allowed:
                continue
            answer = await house.signed(method, path)
            assert answer.refusal == (404, -5000, f"Path {path}, Method {method} is invalid")
            assert answer.headers["x-clearhouse-hint"] == f"allowed here: {allowed}"
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize("path", ["/nothing", "/", "/fap", "/fapi2/v1/ping", "/_clearhouse/v1/x"])
def test_paths_of_no_family_are_no_exchange_paths(path: str) -> None:
    async def scene(house: House) -> None:
        answer = await house.send("GET", path, headers={"host": "127.0.0.1"})
        assert answer.status in (200, 404)
        assert "x-mbx-uuid" not in answer.headers

    in_house(scene)


async def _body(house: House, size: int) -> tuple[int, int]:
    what = f"type=MAIN_FUNDING&asset=USDT&amount=1&timestamp={NOW}&pad="
    body = what + "x" * (size - len(what) - len("&signature=") - 64)
    body += f"&signature={house.sign(body)}"
    assert len(body) == size
    headers = {"x-mbx-apikey": house.key}
    answer = await house.send("POST", "/sapi/v1/asset/transfer", b"", body, headers=headers)
    return answer.status, answer.json.get("code", 0)


def test_a_body_of_64_kib_and_not_a_byte_more() -> None:
    async def scene(house: House) -> None:
        assert await _body(house, 65_536) == (200, 0)
        before = house.digest()
        assert await _body(house, 65_537) == (413, -1100)
        assert await _body(house, 1_000_000) == (413, -1100)
        assert house.digest() == before

    in_house(scene)


def test_a_query_of_64_kib_and_not_a_byte_more() -> None:
    async def scene(house: House) -> None:
        assert (await house.send("GET", "/fapi/v1/ping", "x" * 65_536)).status == 200
        assert (await house.send("GET", "/fapi/v1/ping", "x" * 65_537)).refusal == (
            413,
            -1100,
            "Illegal characters found in a parameter. The body is longer than 65536 bytes.",
        )

    in_house(scene)


def test_the_body_of_a_get_is_not_read() -> None:
    """Parameters of a GET stand in the query; what a client adds below it is not signed."""

    async def scene(house: House) -> None:
        headers = {"x-mbx-apikey": house.key}
        query = house.query()
        answer = await house.send("GET", "/fapi/v2/balance", query, b"\xff%", headers=headers)
        assert answer.status == 200

    in_house(scene)


def test_every_answer_names_the_version_and_the_request() -> None:
    async def scene(house: House) -> None:
        seen = set()
        for method, path in (("GET", "/fapi/v1/ping"), ("GET", "/fapi/x"), ("PUT", "/api/v3/ping")):
            answer = await house.send(method, path)
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-clearhouse"] == "0.1.0"
            assert answer.headers["content-length"] == str(len(answer.body))
            seen.add(answer.headers["x-mbx-uuid"])
        assert len(seen) == 3

    in_house(scene)


def test_a_bug_is_told_as_the_exchange_would(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(house: House) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(house.opened.venue, "read", None)
            assert (await house.signed("GET", "/fapi/v2/balance")).refusal == (
                500,
                -1001,
                "Internal error; unable to process your request. Please try again.",
            )
        assert (await house.signed("GET", "/fapi/v2/balance")).status == 200

    in_house(scene)


@pytest.mark.parametrize("path", ["/", "/docs/", "/nothing", "/_clearhouse/v1/nothing"])
@pytest.mark.parametrize("query", [b"\xff", b"a=%ff", b"%", b"\xe5\xb8\x81=\x80&&"])
def test_pages_survive_a_query_that_is_no_text(path: str, query: bytes) -> None:
    async def scene(house: House) -> None:
        answer = await house.send("GET", path, query, headers={"host": "127.0.0.1"})
        assert answer.status in (200, 307, 404)

    in_house(scene)

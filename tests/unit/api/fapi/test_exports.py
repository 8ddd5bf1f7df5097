"""Exports over HTTP: request, status, link, download, and everything that is refused."""

import asyncio
import io
import re
import zipfile
from typing import Any

import pytest

from clearhouse.model.ids import DAY_MS
from unit.api.harness import NOW, House, in_house

KINDS = ("income", "order", "trade")
WEEK_MS = 7 * DAY_MS
WINDOW = {"startTime": NOW - DAY_MS, "endTime": NOW}
FIRST = 546_975_389_218_332_672
LINK = re.compile(r"http://127\.0\.0\.1:7400(/_clearhouse/downloads/[0-9]+-[0-9a-f]{64}\.zip)")


async def request(house: House, kind: str = "income", **params: object) -> Any:
    return await house.signed("GET", f"/fapi/v1/{kind}/asyn", WINDOW | params)


async def status(house: House, number: object, kind: str = "income", **headers: str) -> Any:
    return await house.send(
        "GET",
        f"/fapi/v1/{kind}/asyn/id",
        house.query(downloadId=number),
        headers={"x-mbx-apikey": house.key, **headers},
    )


async def finished(house: House, number: object, kind: str = "income", **headers: str) -> Any:
    """The status as soon as the file is there."""
    for _ in range(500):
        answer = (await status(house, number, kind, **headers)).json
        if answer["status"] == "completed":
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError("the file was not written within five seconds")


def path_of(answer: Any) -> str:
    match = LINK.fullmatch(answer["url"])
    assert match, answer
    return match[1]


def unpacked(body: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


async def later(house: House, ms: int) -> None:
    """Move the frozen clock; signed requests are then stamped too early, so their window grows."""
    moved = await house.control("POST", "/clock/advance", {"ms": ms})
    assert moved.status == 200


def test_from_the_request_to_the_rows() -> None:
    async def scene(house: House) -> None:
        async with house.exporting():
            sent = [await house.transfer("MAIN_UMFUTURE", "USDT", a) for a in ("7", "0.5")]
            sent.append(await house.transfer("UMFUTURE_MAIN", "USDT", "0.00000001"))
            one, two, three = (answer.json["tranId"] for answer in sent)
            requested = await request(house)
            assert requested.json == {
                "avgCostTimestampOfLast30d": 0,
                "downloadId": str(FIRST),
            }
            assert requested.headers["x-mbx-used-weight-1m"] == "1000"
            answer = await finished(house, FIRST)
            assert answer == {
                "downloadId": str(FIRST),
                "status": "completed",
                "url": answer["url"],
                "notified": True,
                "expirationTimestamp": NOW + WEEK_MS,
                "isExpired": None,
            }
            file = await house.send("GET", path_of(answer))
            assert file.status == 200
            assert file.headers["content-type"] == "application/zip"
            assert file.headers["content-disposition"] == f'attachment; filename="{FIRST}.zip"'
            assert file.headers["content-length"] == str(len(file.body))
            assert file.headers["cache-control"] == "private, no-store"
            assert file.headers["x-clearhouse"]
            assert unpacked(file.body) == {
                f"income-{FIRST}.csv": (
                    "symbol,incomeType,income,asset,info,time,tranId,tradeId\r\n"
                    f",TRANSFER,7.00000000,USDT,TRANSFER,{NOW},{one},\r\n"
                    f",TRANSFER,0.50000000,USDT,TRANSFER,{NOW},{two},\r\n"
                    f",TRANSFER,-0.00000001,USDT,TRANSFER,{NOW},{three},\r\n"
                )
            }

    in_house(scene)


@pytest.mark.parametrize(("kind", "columns"), [("order", 28), ("trade", 17)])
def test_orders_and_trades_have_a_header_and_no_rows(kind: str, columns: int) -> None:
    async def scene(house: House) -> None:
        async with house.exporting():
            number = (await request(house, kind)).json["downloadId"]
            answer = await finished(house, number, kind)
            file = await house.send("GET", path_of(answer))
            (text,) = unpacked(file.body).values()
            assert text.count("\r\n") == 1
            assert text.count(",") == columns - 1

    in_house(scene)


def test_while_a_file_is_being_written_there_is_no_link() -> None:
    """Nobody writes here, so it stays that way."""

    async def scene(house: House) -> None:
        await request(house)
        assert (await status(house, FIRST)).json == {
            "downloadId": str(FIRST),
            "status": "processing",
            "url": "",
            "notified": False,
            "expirationTimestamp": -1,
            "isExpired": None,
        }

    in_house(scene)


def test_what_was_asked_for_before_is_written_after_a_start() -> None:
    async def scene(house: House) -> None:
        numbers = [(await request(house)).json["downloadId"] for _ in range(2)]
        await house.revive()
        async with house.exporting():
            for number in numbers:
                assert (await finished(house, number))["notified"] is True

    in_house(scene)


def test_a_link_expires_after_seven_days_and_its_file_goes() -> None:
    async def scene(house: House) -> None:
        async with house.exporting():
            await request(house)
            answer = await finished(house, FIRST)
            path, file = path_of(answer), house.application.export_files.path(FIRST)
            await later(house, WEEK_MS - 1)
            assert (await house.send("GET", path)).status == 200
            assert file.exists()
            await later(house, 1)
            refused = await house.send("GET", path)
            assert refused.error == (410, "expired")
            assert refused.json["error"]["message"] == (
                "this link has expired; request the export anew"
            )
            late = await house.signed(
                "GET",
                "/fapi/v1/income/asyn/id",
                {"downloadId": FIRST, "timestamp": NOW + WEEK_MS},
            )
            assert late.json == answer | {"isExpired": True}
            for _ in range(500):
                if not file.exists():
                    return
                await asyncio.sleep(0.01)
            raise AssertionError("the file of an expired link stayed")

    in_house(scene)


def test_the_pace_is_that_of_the_finished_exports() -> None:
    async def scene(house: House) -> None:
        await request(house)
        await later(house, 1_234)
        async with house.exporting():
            await finished(house, FIRST)
            again = await request(house, timestamp=NOW + 1_234)
            assert again.json["avgCostTimestampOfLast30d"] == 1_234

    in_house(scene)


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({}, "http://127.0.0.1:7400"),
        ({"host": "futures.example"}, "http://futures.example"),
        ({"host": "futures.example:8443"}, "http://futures.example:8443"),
        ({"host": "[::1]:7400"}, "http://[::1]:7400"),
        ({"host": "futures.example", "x-forwarded-proto": "https"}, "https://futures.example"),
        ({"host": "futures.example", "x-forwarded-proto": "gopher"}, "http://futures.example"),
        ({"host": "evil.example/path?"}, "http://127.0.0.1:7400"),
        ({"host": "user@evil.example"}, "http://127.0.0.1:7400"),
        ({"host": ""}, "http://127.0.0.1:7400"),
    ],
)
def test_a_link_leads_where_the_caller_found_this_server(
    headers: dict[str, str], origin: str
) -> None:
    async def scene(house: House) -> None:
        async with house.exporting():
            await request(house)
            await finished(house, FIRST)
            url = (await status(house, FIRST, **headers)).json["url"]
            assert url.startswith(f"{origin}/_clearhouse/downloads/{FIRST}-")

    in_house(scene)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        (
            {"startTime": None},
            -1102,
            "Mandatory parameter 'startTime' was not sent, was empty/null, or malformed.",
        ),
        (
            {"endTime": None},
            -1102,
            "Mandatory parameter 'endTime' was not sent, was empty/null, or malformed.",
        ),
        (
            {"startTime": "-1"},
            -1100,
            "Illegal characters found in parameter 'startTime'; legal range is '^[0-9]{1,18}$'.",
        ),
        ({"startTime": NOW + 1}, -1023, "Start time is greater than end time."),
        ({"startTime": NOW - 366 * DAY_MS - 1}, -4165, "Maximum time interval is 366 days"),
    ],
)
def test_a_request_is_refused(
    kind: str, params: dict[str, object], code: int, message: str
) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        assert (await request(house, kind, **params)).refusal == (400, code, message)
        assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize("start", [NOW, NOW - 366 * DAY_MS])
def test_windows_from_one_moment_to_a_leap_year_are_taken(start: int) -> None:
    async def scene(house: House) -> None:
        assert (await request(house, startTime=start)).status == 200

    in_house(scene)


def test_the_quota_of_thirty_days() -> None:
    async def scene(house: House) -> None:
        other = await house.account()
        for _ in range(5):
            assert (await request(house, "trade")).status == 200
            house.wall.now += 60_000
        refused = await request(house, "trade")
        assert refused.refusal == (400, -1003, "Too many requests; the quota is used up.")
        assert refused.headers["x-clearhouse-hint"] == (
            "5 exports of this kind in 30 days are all there are"
        )
        house.wall.now += 60_000
        assert (await request(house, "order")).status == 200
        assert (await request(other, "trade")).status == 200
        house.wall.now += 60_000
        await later(house, 30 * DAY_MS)
        again = await request(house, "trade", timestamp=NOW + 30 * DAY_MS)
        assert again.status == 200

    in_house(scene)


@pytest.mark.parametrize(
    "number",
    [FIRST + 1, "0", "-1", "abc", "५४६", "9" * 30, f"{FIRST}.0", f" {FIRST}"],
)
def test_a_number_that_was_not_given_out_is_refused(number: object) -> None:
    async def scene(house: House) -> None:
        await request(house)
        refused = await status(house, number)
        assert refused.refusal == (400, -1130, "Data sent for parameter 'downloadId' is not valid.")

    in_house(scene)


def test_a_number_is_of_one_account_and_of_one_kind() -> None:
    async def scene(house: House) -> None:
        other = await house.account()
        await request(house, "order")
        unknown = (400, -1130, "Data sent for parameter 'downloadId' is not valid.")
        assert (await status(house, FIRST, "order")).status == 200
        assert (await status(house, FIRST, "trade")).refusal == unknown
        assert (await status(other, FIRST, "order")).refusal == unknown

    in_house(scene)


def test_a_missing_number_is_missing() -> None:
    async def scene(house: House) -> None:
        refused = await status(house, None)
        message = "Mandatory parameter 'downloadId' was not sent, was empty/null, or malformed."
        assert refused.refusal == (400, -1102, message)

    in_house(scene)


def test_a_reset_forgets_exports_and_their_files() -> None:
    async def scene(house: House) -> None:
        async with house.exporting():
            await request(house)
            path = path_of(await finished(house, FIRST))
            file = house.application.export_files.path(FIRST)
            assert (await house.control("POST", "/reset")).status == 200
            assert (await house.send("GET", path)).error == (404, "not_found")
            for _ in range(500):
                if not file.exists():
                    return
                await asyncio.sleep(0.01)
            raise AssertionError("the file of a forgotten export stayed")

    in_house(scene)

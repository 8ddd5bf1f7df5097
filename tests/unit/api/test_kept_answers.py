"""A kept answer is sent again only while nothing that it shows has changed."""

from decimal import Decimal

import pytest

from clearhouse.api import context
from clearhouse.messages.trading_commands import PlaceOrder, SetPrice
from clearhouse.model.ids import Seq, Uid
from clearhouse.model.orders import OrderKind, Side
from unit.api.harness import House, in_house

PATHS = ("/fapi/v2/balance", "/fapi/v3/balance")


async def usdt(house: House, path: str) -> tuple[str, str]:
    (row,) = [r for r in (await house.signed("GET", path)).json if r["asset"] == "USDT"]
    return row["balance"], row["availableBalance"]


async def transfer(house: House, kind: str, amount: str) -> None:
    params = {"type": kind, "asset": "USDT", "amount": amount}
    assert (await house.signed("POST", "/sapi/v1/asset/transfer", params)).status == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_balance_follows_money_modes_and_index_prices(path: str) -> None:
    async def scene(house: House) -> None:
        assert await usdt(house, path) == ("0.00000000", "0.00000000")
        await transfer(house, "MAIN_UMFUTURE", "100")
        assert await usdt(house, path) == ("100.00000000", "100.00000000")
        assert await usdt(house, path) == ("100.00000000", "100.00000000")
        await transfer(house, "UMFUTURE_MAIN", "40")
        assert await usdt(house, path) == ("60.00000000", "60.00000000")
        await house.signed("POST", "/fapi/v1/multiAssetsMargin", {"multiAssetsMargin": "true"})
        assert await usdt(house, path) == ("60.00000000", "59.98800119")
        assert (await house.control("PUT", "/assets/BTC/index", {"index": "2"})).status == 200
        assert await usdt(house, path) == ("60.00000000", "59.98800119")
        put = {"type": "MAIN_UMFUTURE", "asset": "BTC", "amount": "1"}
        assert (await house.signed("POST", "/sapi/v1/asset/transfer", put)).status == 200
        assert await usdt(house, path) == ("60.00000000", "61.88781121")

    in_house(scene)


def test_account_information_follows_marks_and_positions() -> None:
    async def scene(house: House) -> None:
        submit, uid = house.opened.venue.submit, Uid(house.uid)
        await transfer(house, "MAIN_UMFUTURE", "1000")
        bought = PlaceOrder(
            uid=uid, symbol="BTCUSDT", side=Side.BUY, kind=OrderKind.MARKET, quantity=10**6
        )
        await submit(bought)
        for mark, profit in (("65100.1", "1.00000000"), ("65200.1", "2.00000000")):
            units = int(Decimal(mark) * 10**8)
            await submit(SetPrice(symbol="BTCUSDT", mark=units, last=units))
            for path in ("/fapi/v2/account", "/fapi/v3/account"):
                for _ in range(2):
                    answer = (await house.signed("GET", path)).json
                    assert answer["totalUnrealizedProfit"] == profit
            for path in PATHS:
                rows = (await house.signed("GET", path)).json
                [row] = [r for r in rows if r["asset"] == "USDT"]
                assert row["crossUnPnl"] == profit

    in_house(scene)


def test_no_more_answers_are_kept_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "ANSWERS_KEPT", 3)
    kept = context.Rendered()
    for uid in range(10):
        kept.keep("balance", Uid(uid), (Seq(1), 1, ()), [uid])
    assert [uid for _, uid in kept.answers] == [7, 8, 9]


def test_no_more_bytes_are_kept_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "BYTES_KEPT", 100)
    kept = context.Rendered()
    for uid, length in enumerate((38, 38, 18, 38, 98, 48)):
        kept.keep("balance", Uid(uid), (Seq(1), 1, ()), "x" * length)
        assert kept.answer_bytes <= 100
    assert [uid for _, uid in kept.answers] == [5]
    kept.keep("balance", Uid(5), (Seq(2), 1, ()), "y")
    assert kept.answer_bytes == 3

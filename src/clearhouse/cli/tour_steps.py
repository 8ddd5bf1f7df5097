"""The steps of the tour: the main job, done with the exchange's official SDKs.

The calls are the SDKs' own, unpatched; a step says which request each of them sends.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_sdk_derivatives_trading_usds_futures import DerivativesTradingUsdsFutures
from binance_sdk_derivatives_trading_usds_futures.rest_api import models as futures_models
from binance_sdk_wallet.rest_api.models import UserUniversalTransferTypeEnum as Kind
from binance_sdk_wallet.wallet import Wallet

from clearhouse.cli.control import Control
from clearhouse.console.clients import Place

TIMEOUT_MS = 10_000
ASSET = "USDT"
FUNDS = "25000"
MOVED = 1_000.0
SYMBOL, BASE = "TOURUSDT", "TOUR"
"""A symbol of its own, so that nobody else's price moves."""
QUANTITY = 5.0
START, THEN = "100", "110"
SUBSCRIBED_SECONDS = 0.2
"""The SDK does not wait for the answer to its SUBSCRIBE."""
TRANSFER = "wallet.rest_api.user_universal_transfer"
FUTURES_FIELDS = (
    "totalWalletBalance",
    "totalMarginBalance",
    "availableBalance",
    "maxWithdrawAmount",
)
ORDER = "futures.rest_api.new_order"
ORDER_FIELDS = ("orderId", "status", "side", "executedQty")
POSITION_FIELDS = ("symbol", "positionAmt", "entryPrice", "markPrice", "unRealizedProfit")
BALANCE_FIELDS = ("asset", "balance", "availableBalance", "maxWithdrawAmount")


class Clients:
    """The official SDKs and the control plane, pointed at one server."""

    def __init__(self, control: Control, place: Place) -> None:
        key, secret = place.api_key, place.secret
        rest = ConfigurationRestAPI(key, secret, base_path=place.http, timeout=TIMEOUT_MS)
        ws_api = ConfigurationWebSocketAPI(
            key, secret, stream_url=f"{place.ws}/ws-fapi/v1", timeout=TIMEOUT_MS
        )
        self.control = control
        self.wallet = Wallet(config_rest_api=rest)
        self.futures = DerivativesTradingUsdsFutures(
            config_rest_api=rest,
            config_ws_api=ws_api,
            config_ws_streams=ConfigurationWebSocketStreams(stream_url=place.ws),
        )


class Step(NamedTuple):
    """One thing to do: in words, as a call, as a request, and what of the answer to show."""

    title: str
    call: str
    request: str
    run: Callable[[Clients], Any]


def open_account(control: Control) -> dict[str, Any]:
    """An account for this tour alone, and the symbol of all tours."""
    control.call("PUT", f"/symbols/{SYMBOL}", {"baseAsset": BASE, "quoteAsset": ASSET})
    control.call("PUT", f"/symbols/{SYMBOL}/price", {"last": START})
    body = {"label": "tour", "balances": {"MAIN": {ASSET: FUNDS}}}
    opened: dict[str, Any] = control.call("POST", "/accounts", body)
    return opened


def _plain(answer: Any) -> Any:
    """What came back, with the exchange's own field names."""
    data = answer.data()
    return [row.to_dict() for row in data] if isinstance(data, list) else data.to_dict()


def _row(rows: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    found = next(row for row in rows if row["asset"] == ASSET)
    return {name: found[name] for name in fields}


def _spot(clients: Clients) -> Any:
    rows = _plain(clients.wallet.rest_api.user_asset(asset=ASSET))
    return _row(rows, ("asset", "free", "locked"))


def _transfer(kind: Kind) -> Callable[[Clients], Any]:
    return lambda clients: _plain(
        clients.wallet.rest_api.user_universal_transfer(type=kind, asset=ASSET, amount=MOVED)
    )


def _balance(clients: Clients) -> Any:
    return _row(_plain(clients.futures.rest_api.futures_account_balance_v2()), BALANCE_FIELDS)


def _account(clients: Clients) -> Any:
    found = _plain(clients.futures.rest_api.account_information_v2())
    return {name: found[name] for name in FUTURES_FIELDS}


def _ws_balance(clients: Clients) -> Any:
    return asyncio.run(_ask_balance(clients))


async def _ask_balance(clients: Clients) -> Any:
    connection = await clients.futures.websocket_api.create_connection()  # type: ignore[no-untyped-call]  # the SDK's own
    if connection is None:  # the SDK logs why and gives nothing
        raise ConnectionError("the WebSocket API took no connection")
    try:
        answer = await connection.futures_account_balance()
        return _row(answer.data().to_dict()["result"], BALANCE_FIELDS)
    finally:
        await connection.close_connection(close_session=True)


def _order(side: str, **more: Any) -> Callable[[Clients], Any]:
    def place(clients: Clients) -> Any:
        placed = clients.futures.rest_api.new_order(
            symbol=SYMBOL,
            side=futures_models.NewOrderSideEnum(side),
            type=futures_models.NewOrderTypeEnum("MARKET"),
            quantity=QUANTITY,
            new_order_resp_type=futures_models.NewOrderNewOrderRespTypeEnum("RESULT"),
            **more,
        )
        found = _plain(placed)
        return {name: found[name] for name in ORDER_FIELDS}

    return place


def _position(clients: Clients) -> Any:
    [found] = _plain(clients.futures.rest_api.position_information_v3(symbol=SYMBOL))
    return {name: found[name] for name in POSITION_FIELDS}


def _set_price(clients: Clients) -> Any:
    return clients.control.call("PUT", f"/symbols/{SYMBOL}/price", {"last": THEN})


def _income(clients: Clients) -> Any:
    rows = _plain(clients.futures.rest_api.get_income_history(symbol=SYMBOL))
    return [{name: row[name] for name in ("incomeType", "income", "asset")} for row in rows]


def _pushed(clients: Clients) -> Any:
    return asyncio.run(_listen(clients))


async def _listen(clients: Clients) -> Any:
    """Open the stream, move money meanwhile, and show what arrives."""
    key = clients.futures.rest_api.start_user_data_stream().data().listen_key
    streams: Any = clients.futures.websocket_streams
    arrived: asyncio.Queue[Any] = asyncio.Queue()
    await streams.create_connection()
    try:
        handle = await streams.user_data(key)
        handle.on("message", arrived.put_nowait)
        await asyncio.sleep(SUBSCRIBED_SECONDS)
        moved = asyncio.to_thread(_transfer(Kind.UMFUTURE_MAIN), clients)
        _, event = await asyncio.gather(moved, asyncio.wait_for(arrived.get(), TIMEOUT_MS / 1000))
    finally:
        await streams.close_connection()
    return event.actual_instance.to_dict()


def _history(clients: Clients) -> Any:
    ask = clients.wallet.rest_api.query_user_universal_transfer_history
    rows = _plain(ask(type="UMFUTURE_MAIN"))["rows"]
    return [{name: row[name] for name in ("tranId", "type", "amount", "status")} for row in rows]


def _books(clients: Clients) -> Any:
    found = clients.control.get("/ledger/check")
    sums = {asset: row["sum"] for asset, row in found["assets"].items()}
    return {"ok": found["ok"], "sums": sums, "events": found["journal"]["seq"]}


STEPS = (
    Step(
        "The spot wallet",
        f'wallet.rest_api.user_asset(asset="{ASSET}")',
        "POST /sapi/v3/asset/getUserAsset",
        _spot,
    ),
    Step(
        "Move 1,000 USDT from spot to futures",
        f'{TRANSFER}(type="MAIN_UMFUTURE", asset="{ASSET}", amount=1000)',
        "POST /sapi/v1/asset/transfer",
        _transfer(Kind.MAIN_UMFUTURE),
    ),
    Step(
        "The futures balance",
        "futures.rest_api.futures_account_balance_v2()",
        "GET /fapi/v2/balance",
        _balance,
    ),
    Step(
        "The futures account",
        "futures.rest_api.account_information_v2()",
        "GET /fapi/v2/account",
        _account,
    ),
    Step(
        "The same balance over the WebSocket API",
        "await connection.futures_account_balance()",
        "account.balance on /ws-fapi/v1",
        _ws_balance,
    ),
    Step(
        f"Buy {QUANTITY:g} {BASE} at the market",
        f'{ORDER}(symbol="{SYMBOL}", side="BUY", type="MARKET", quantity={QUANTITY:g})',
        "POST /fapi/v1/order",
        _order("BUY"),
    ),
    Step(
        "The position",
        f'futures.rest_api.position_information_v3(symbol="{SYMBOL}")',
        "GET /fapi/v3/positionRisk",
        _position,
    ),
    Step(
        f"Set the price to {THEN}",
        f"clearhouse price set {SYMBOL} --last {THEN}",
        f"PUT /_clearhouse/v1/symbols/{SYMBOL}/price",
        _set_price,
    ),
    Step(
        "The position has a profit",
        f'futures.rest_api.position_information_v3(symbol="{SYMBOL}")',
        "GET /fapi/v3/positionRisk",
        _position,
    ),
    Step(
        "Close it",
        f'{ORDER}(symbol="{SYMBOL}", side="SELL", type="MARKET", quantity={QUANTITY:g}, '
        'reduce_only="true")',
        "POST /fapi/v1/order",
        _order("SELL", reduce_only=futures_models.NewOrderReduceOnlyEnum("true")),
    ),
    Step(
        "What it brought, and what it cost",
        f'futures.rest_api.get_income_history(symbol="{SYMBOL}")',
        "GET /fapi/v1/income",
        _income,
    ),
    Step(
        "Move money back, and watch it arrive on the user data stream",
        f'handle = await streams.user_data(listenKey); {TRANSFER}(type="UMFUTURE_MAIN", …)',
        "POST /fapi/v1/listenKey, /private/stream, POST /sapi/v1/asset/transfer",
        _pushed,
    ),
    Step(
        "What was moved",
        'wallet.rest_api.query_user_universal_transfer_history(type="UMFUTURE_MAIN")',
        "GET /sapi/v1/asset/transfer",
        _history,
    ),
    Step(
        "The books: each asset sums to zero over all accounts",
        "clearhouse ledger check",
        "GET /_clearhouse/v1/ledger/check",
        _books,
    ),
)

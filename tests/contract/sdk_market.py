"""Which public model describes which operation of the market, and what it is asked with.

A row is an operation: its model, its parameters, and with `one` the parameters that make one
object of a list. `test_sdk_market.py` asks each on a market in which two accounts have traded.
"""

from typing import NamedTuple

from binance_sdk_derivatives_trading_usds_futures.rest_api import models as futures
from pydantic import BaseModel

from .sdk_models import Described

BTC: dict[str, object] = {"symbol": "BTCUSDT"}
SERIES: dict[str, object] = {**BTC, "period": "5m"}


class Asked(NamedTuple):
    """An operation as it is asked: `one` makes one object of a list; `empty`: it is always []."""

    described: Described
    params: dict[str, object]
    one: dict[str, object] | None = None
    empty: bool = False


def _many(
    model: type[BaseModel],
    params: dict[str, object] | None = None,
    *,
    one: dict[str, object] | None = None,
    empty: bool = False,
) -> Asked:
    return Asked(Described(model, many=True), params or {}, one, empty)


MARKET: dict[str, Asked] = {
    "GET /fapi/v1/assetIndex": _many(futures.AssetIndexResponse1, one={"symbol": "BTCUSD"}),
    "GET /fapi/v1/constituents": Asked(Described(futures.QueryIndexPriceConstituentsResponse), BTC),
    "GET /fapi/v1/indexInfo": _many(
        futures.CompositeIndexSymbolInformationResponseInner, empty=True
    ),
    "GET /fapi/v1/insuranceBalance": _many(
        futures.QueryInsuranceFundBalanceSnapshotResponse1, one=BTC
    ),
    "GET /fapi/v1/symbolAdlRisk": _many(futures.AdlRiskResponse1, one=BTC),
    "GET /fapi/v1/tradingSchedule": Asked(Described(futures.TradingScheduleResponse), {}),
    "GET /futures/data/basis": _many(
        futures.BasisResponseInner,
        {"pair": "BTCUSDT", "contractType": "PERPETUAL", "period": "5m"},
    ),
    "GET /futures/data/delivery-price": _many(
        futures.QuarterlyContractSettlementPriceResponseInner, {"pair": "BTCUSDT"}, empty=True
    ),
    "GET /futures/data/globalLongShortAccountRatio": _many(
        futures.LongShortRatioResponseInner, SERIES
    ),
    "GET /futures/data/openInterestHist": _many(
        futures.OpenInterestStatisticsResponseInner, SERIES
    ),
    "GET /futures/data/takerlongshortRatio": _many(futures.TakerBuySellVolumeResponseInner, SERIES),
    "GET /futures/data/topLongShortAccountRatio": _many(
        futures.TopTraderLongShortRatioAccountsResponseInner, SERIES
    ),
    "GET /futures/data/topLongShortPositionRatio": _many(
        futures.TopTraderLongShortRatioPositionsResponseInner, SERIES
    ),
}

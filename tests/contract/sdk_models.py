"""Which public model of the exchange's own SDK describes which operation, and where we differ."""

from typing import NamedTuple

from binance_sdk_derivatives_trading_usds_futures.rest_api import models as futures
from binance_sdk_derivatives_trading_usds_futures.websocket_api import models as socket
from binance_sdk_wallet.rest_api import models as wallet
from pydantic import BaseModel

Model = type[BaseModel]


class Described(NamedTuple):
    """`model` describes the answer, or each of its elements where `many`.

    `beyond`: fields that the exchange sends and the model leaves out. `absent`: fields that the
    model has and the exchange sends only sometimes. Both as paths: `assets.name`.
    """

    model: Model
    many: bool = False
    beyond: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


FILTER_FIELDS = (
    "maxPrice",
    "minPrice",
    "tickSize",
    "maxQty",
    "minQty",
    "stepSize",
    "limit",
    "notional",
    "multiplierUp",
    "multiplierDown",
    "multiplierDecimal",
)

SNAPSHOT_FIELDS = (
    "balances",
    "totalAssetOfBtc",
    "marginLevel",
    "totalLiabilityOfBtc",
    "totalNetAssetOfBtc",
    "userAssets",
    "assets",
    "position",
)

REST: dict[str, Described] = {
    "POST /sapi/v1/asset/transfer": Described(wallet.UserUniversalTransferResponse),
    "GET /sapi/v1/asset/transfer": Described(wallet.QueryUserUniversalTransferHistoryResponse),
    "POST /sapi/v3/asset/getUserAsset": Described(wallet.UserAssetResponse, many=True),
    "POST /sapi/v1/asset/get-funding-asset": Described(wallet.FundingWalletResponse, many=True),
    "GET /sapi/v1/asset/wallet/balance": Described(
        wallet.QueryUserWalletBalanceResponse,
        many=True,
        absent=frozenset({"assetBalances"}),  # only with needBalanceDetail
    ),
    "GET /sapi/v1/asset/assetDividend": Described(wallet.AssetDividendRecordResponse),
    "GET /sapi/v1/asset/dribblet": Described(wallet.DustlogResponse),
    "POST /sapi/v1/asset/dust": Described(wallet.DustTransferResponse),
    "POST /sapi/v1/asset/dust-btc": Described(wallet.GetAssetsThatCanBeConvertedIntoBnbResponse),
    "POST /sapi/v1/asset/dust-convert/convert": Described(wallet.DustConvertResponse),
    "POST /sapi/v1/asset/dust-convert/query-convertible-assets": Described(
        wallet.DustConvertibleAssetsResponse
    ),
    "GET /sapi/v1/asset/tradeFee": Described(wallet.TradeFeeResponse, many=True),
    "GET /sapi/v1/bnbBurn": Described(wallet.ToggleBnbBurnOnSpotTradeAndMarginInterestResponse),
    "POST /sapi/v1/bnbBurn": Described(wallet.ToggleBnbBurnOnSpotTradeAndMarginInterestResponse),
    "GET /sapi/v1/spot/asset/tags": Described(wallet.GetSpotAssetTagsResponse, many=True),
    "GET /sapi/v1/spot/open-symbol-list": Described(wallet.GetOpenSymbolListResponse, many=True),
    "GET /sapi/v1/capital/config/getall": Described(wallet.AllCoinsInformationResponse, many=True),
    "GET /sapi/v1/capital/deposit/address": Described(wallet.DepositAddressResponse),
    "GET /sapi/v1/capital/deposit/address/list": Described(
        wallet.FetchDepositAddressListWithNetworkResponseInner, many=True
    ),
    "POST /sapi/v1/capital/deposit/credit-apply": Described(
        wallet.OneClickArrivalDepositApplyResponse
    ),
    "GET /sapi/v1/capital/deposit/hisrec": Described(wallet.DepositHistoryResponseInner, many=True),
    "POST /sapi/v1/capital/withdraw/apply": Described(wallet.WithdrawResponse),
    "GET /sapi/v1/capital/withdraw/history": Described(
        wallet.WithdrawHistoryResponseInner, many=True
    ),
    "GET /sapi/v1/capital/withdraw/address/list": Described(
        wallet.FetchWithdrawAddressListResponseInner, many=True
    ),
    "GET /sapi/v1/capital/withdraw/quota": Described(wallet.FetchWithdrawQuotaResponse),
    "GET /sapi/v1/account/apiTradingStatus": Described(wallet.AccountApiTradingStatusResponse),
    "GET /sapi/v1/account/info": Described(wallet.AccountInfoResponse),
    "GET /sapi/v1/account/status": Described(wallet.AccountStatusResponse),
    "GET /sapi/v1/accountSnapshot": Described(
        wallet.DailyAccountSnapshotResponse,
        absent=frozenset(
            f"snapshotVos.data.{name}" for name in SNAPSHOT_FIELDS
        ),  # each has its own
    ),
    "GET /sapi/v1/account/apiRestrictions": Described(wallet.GetApiKeyPermissionResponse),
    "GET /sapi/v1/system/status": Described(wallet.SystemStatusResponse),
    "GET /fapi/v2/balance": Described(futures.FuturesAccountBalanceV2Response, many=True),
    "GET /fapi/v3/balance": Described(futures.FuturesAccountBalanceV3Response, many=True),
    "GET /fapi/v2/account": Described(futures.AccountInformationV2Response),
    "GET /fapi/v3/account": Described(futures.AccountInformationV3Response),
    "GET /fapi/v1/multiAssetsMargin": Described(futures.GetCurrentMultiAssetsModeResponse),
    "POST /fapi/v1/multiAssetsMargin": Described(futures.ChangeMultiAssetsModeResponse),
    "POST /fapi/v1/listenKey": Described(futures.StartUserDataStreamResponse),
    "PUT /fapi/v1/listenKey": Described(futures.KeepaliveUserDataStreamResponse),
    "GET /fapi/v1/positionSide/dual": Described(futures.GetCurrentPositionModeResponse),
    "POST /fapi/v1/positionSide/dual": Described(futures.ChangePositionModeResponse),
    "GET /fapi/v1/accountConfig": Described(futures.FuturesAccountConfigurationResponse),
    "GET /fapi/v1/fundingRate": Described(futures.GetFundingRateHistoryResponseInner, many=True),
    "GET /fapi/v1/fundingInfo": Described(futures.GetFundingRateInfoResponseInner, many=True),
    "GET /fapi/v1/symbolConfig": Described(futures.SymbolConfigurationResponse, many=True),
    "POST /fapi/v1/leverage": Described(futures.ChangeInitialLeverageResponse),
    "POST /fapi/v1/marginType": Described(futures.ChangeMarginTypeResponse),
    "GET /fapi/v1/feeBurn": Described(futures.GetBnbBurnStatusResponse),
    "POST /fapi/v1/feeBurn": Described(futures.ToggleBnbBurnOnFuturesTradeResponse),
    "GET /fapi/v1/commissionRate": Described(futures.UserCommissionRateResponse),
    "GET /fapi/v1/rateLimit/order": Described(futures.QueryUserRateLimitResponse, many=True),
    "GET /fapi/v1/apiTradingStatus": Described(
        futures.FuturesTradingQuantitativeRulesIndicatorsResponse,
        absent=frozenset(  # only what is restricted; these are the samples' symbols
            f"indicators.{name}" for name in ("BTCUSDT", "ETHUSDT", "ACCOUNT")
        ),
    ),
    "GET /fapi/v1/leverageBracket": Described(
        futures.NotionalAndLeverageBracketsResponse1,
        many=True,
        absent=frozenset({"notionalCoef"}),  # only for brackets of the account's own
    ),
    "GET /fapi/v1/income": Described(futures.GetIncomeHistoryResponse, many=True),
    "GET /fapi/v1/income/asyn": Described(
        futures.GetDownloadIdForFuturesTransactionHistoryResponse
    ),
    "GET /fapi/v1/income/asyn/id": Described(
        futures.GetFuturesTransactionHistoryDownloadLinkByIdResponse
    ),
    "GET /fapi/v1/order/asyn": Described(futures.GetDownloadIdForFuturesOrderHistoryResponse),
    "GET /fapi/v1/order/asyn/id": Described(futures.GetFuturesOrderHistoryDownloadLinkByIdResponse),
    "GET /fapi/v1/trade/asyn": Described(futures.GetDownloadIdForFuturesTradeHistoryResponse),
    "GET /fapi/v1/trade/asyn/id": Described(futures.GetFuturesTradeDownloadLinkByIdResponse),
    "GET /fapi/v1/time": Described(futures.CheckServerTimeResponse),
    "GET /fapi/v1/depth": Described(futures.OrderBookResponse),
    "GET /fapi/v1/trades": Described(futures.RecentTradesListResponseInner, many=True),
    "GET /fapi/v1/rpiDepth": Described(futures.RpiOrderBookResponse),
    "GET /fapi/v1/historicalTrades": Described(futures.OldTradesLookupResponseInner, many=True),
    "GET /fapi/v1/aggTrades": Described(
        futures.CompressedAggregateTradesListResponseInner, many=True
    ),
    "GET /fapi/v1/ticker/24hr": Described(
        futures.Ticker24hrPriceChangeStatisticsResponse1, many=True
    ),
    "GET /fapi/v1/openInterest": Described(futures.OpenInterestResponse),
    "GET /fapi/v1/ticker/price": Described(futures.SymbolPriceTickerResponse1, many=True),
    "GET /fapi/v2/ticker/price": Described(futures.SymbolPriceTickerV2Response1, many=True),
    "GET /fapi/v1/ticker/bookTicker": Described(futures.SymbolOrderBookTickerResponse1, many=True),
    "GET /fapi/v1/premiumIndex": Described(futures.MarkPriceResponse1, many=True),
    "GET /fapi/v1/exchangeInfo": Described(
        futures.ExchangeInformationResponse,
        beyond=frozenset({"futuresType"}),
        absent=frozenset(f"symbols.filters.{name}" for name in FILTER_FIELDS),  # each has its own
    ),
}

WEBSOCKET: dict[str, Described] = {
    "account.balance": Described(socket.FuturesAccountBalanceResponse),
    "v2/account.balance": Described(socket.FuturesAccountBalanceV2Response),
    "account.status": Described(socket.AccountInformationResponse),
    "v2/account.status": Described(socket.AccountInformationV2Response),
    "depth": Described(socket.OrderBookResponse),
    "ticker.price": Described(socket.SymbolPriceTickerResponse2),
    "ticker.book": Described(socket.SymbolOrderBookTickerResponse2),
    "userDataStream.start": Described(socket.StartUserDataStreamResponse),
    "userDataStream.ping": Described(socket.KeepaliveUserDataStreamResponse),
    "userDataStream.stop": Described(socket.CloseUserDataStreamResponse),
}

WITHOUT_MODEL = frozenset(
    {
        # Empty objects, which the futures SDK returns as they are.
        "GET /fapi/v1/ping",
        "DELETE /fapi/v1/listenKey",
        "ping",
        # Empty objects too, which the wallet SDK returns as nothing.
        "POST /sapi/v1/account/enableFastWithdrawSwitch",
        "POST /sapi/v1/account/disableFastWithdrawSwitch",
        # Documented for the spot socket only.
        "time",
        "session.logon",
        "session.status",
        "session.logout",
        # Rows without names; ccxt and the SDK read them in tests of their own.
        "GET /fapi/v1/klines",
        "GET /fapi/v1/continuousKlines",
        "GET /fapi/v1/markPriceKlines",
        "GET /fapi/v1/indexPriceKlines",
        "GET /fapi/v1/premiumIndexKlines",
        # Keyed by asset; the model has the two assets of its sample as fields.
        "GET /sapi/v1/asset/assetDetail",
        # Always empty here.
        "GET /sapi/v1/spot/delist-schedule",
        # Gone from the SDK.
        "POST /sapi/v1/futures/transfer",
        "GET /sapi/v1/futures/transfer",
        # Other products have SDKs of their own.
        "GET /api/v3/ping",
        "GET /api/v3/time",
        "GET /api/v3/exchangeInfo",
        "GET /api/v3/account",
        "GET /api/v3/ticker/price",
        "GET /sapi/v1/margin/account",
        "GET /sapi/v1/margin/allAssets",
        "GET /sapi/v1/margin/maxTransferable",
        "GET /sapi/v1/margin/transfer",
        "GET /sapi/v1/margin/isolated/account",
        "GET /sapi/v1/margin/allPairs",
        "GET /sapi/v1/margin/isolated/allPairs",
        "GET /dapi/v1/exchangeInfo",
        "GET /dapi/v1/balance",
        "GET /eapi/v1/marginAccount",
        "GET /papi/v1/balance",
    }
)


def disagreements(described: Described, answer: object) -> set[str]:
    """Field paths in which an answer and its model differ, apart from the known ones.

    Types are checked by parsing strictly; that raises.
    """
    rows = answer if described.many and isinstance(answer, list) else [answer]
    found: set[str] = set()
    for row in rows:
        parsed = described.model.model_validate(row, strict=True)
        found |= _absent(parsed, "") - {f"-{path}" for path in described.absent}
        found |= _beyond(row, _dumped(parsed), "") - {f"+{path}" for path in described.beyond}
    return found


def _dumped(parsed: BaseModel) -> object:
    return parsed.model_dump(by_alias=True, exclude_unset=True)


def _absent(parsed: object, path: str) -> set[str]:
    """`-path` of every field of the models that the answer has not."""
    if isinstance(parsed, list):
        return {found for item in parsed for found in _absent(item, path)}
    if not isinstance(parsed, BaseModel):
        return set()
    missing: set[str] = set()
    for name, field in type(parsed).model_fields.items():
        here = path + (field.alias or name)
        if name == "additional_properties":
            continue
        if name not in parsed.model_fields_set:
            missing.add(f"-{here}")
        missing |= _absent(getattr(parsed, name), f"{here}.")
    return missing


def _beyond(sent: object, kept: object, path: str) -> set[str]:
    """`+path` of every field that parsing dropped, `=path` of every value that it changed."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        dropped = {f"+{path}{name}" for name in sent.keys() - kept.keys()}
        for name in sent.keys() & kept.keys():
            dropped |= _beyond(sent[name], kept[name], f"{path}{name}.")
        return dropped
    if isinstance(sent, list) and isinstance(kept, list) and len(sent) == len(kept):
        pairs = zip(sent, kept, strict=True)
        return {found for a, b in pairs for found in _beyond(a, b, path)}
    return set() if sent == kept else {f"={path}"}

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
    "GET /sapi/v1/capital/config/getall": Described(wallet.AllCoinsInformationResponse, many=True),
    "GET /sapi/v1/account/apiRestrictions": Described(wallet.GetApiKeyPermissionResponse),
    "GET /sapi/v1/system/status": Described(wallet.SystemStatusResponse),
    "GET /fapi/v2/balance": Described(futures.FuturesAccountBalanceV2Response, many=True),
    "GET /fapi/v3/balance": Described(futures.FuturesAccountBalanceV3Response, many=True),
    "GET /fapi/v2/account": Described(futures.AccountInformationV2Response),
    "GET /fapi/v3/account": Described(futures.AccountInformationV3Response),
    "GET /fapi/v1/multiAssetsMargin": Described(futures.GetCurrentMultiAssetsModeResponse),
    "POST /fapi/v1/multiAssetsMargin": Described(futures.ChangeMultiAssetsModeResponse),
    "GET /fapi/v1/positionSide/dual": Described(futures.GetCurrentPositionModeResponse),
    "POST /fapi/v1/positionSide/dual": Described(futures.ChangePositionModeResponse),
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
}

WITHOUT_MODEL = frozenset(
    {
        # Empty objects, which the futures SDK returns as they are.
        "GET /fapi/v1/ping",
        "ping",
        # Documented for the spot socket only.
        "time",
        "session.logon",
        "session.status",
        "session.logout",
        # Other products have SDKs of their own.
        "GET /api/v3/ping",
        "GET /api/v3/time",
        "GET /api/v3/exchangeInfo",
        "GET /api/v3/account",
        "GET /sapi/v1/margin/account",
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

"""Models of the exchange's own SDK for positions, and where we differ.

A symbol's places in the queue have either BOTH or HEDGE; the model has the fields of both.
"""

from binance_sdk_derivatives_trading_usds_futures.rest_api import models as futures
from binance_sdk_derivatives_trading_usds_futures.websocket_api import models as socket

from .sdk_models import Described

POSITIONS: dict[str, Described] = {
    "GET /fapi/v2/positionRisk": Described(futures.PositionInformationV2ResponseInner, many=True),
    "GET /fapi/v3/positionRisk": Described(futures.PositionInformationV3ResponseInner, many=True),
    "GET /fapi/v1/adlQuantile": Described(
        futures.PositionAdlQuantileEstimationResponseInner,
        many=True,
        absent=frozenset({"adlQuantile.HEDGE"}),
    ),
    "POST /fapi/v1/positionMargin": Described(futures.ModifyIsolatedPositionMarginResponse),
    "GET /fapi/v1/positionMargin/history": Described(
        futures.GetPositionMarginChangeHistoryResponseInner, many=True
    ),
}

SOCKET_POSITIONS: dict[str, Described] = {
    "account.position": Described(socket.PositionInformationResponse),
    "v2/account.position": Described(socket.PositionInformationV2Response),
}

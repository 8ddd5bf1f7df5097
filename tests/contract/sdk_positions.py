"""Models of the exchange's own SDK for positions and conditional orders, and where we differ."""

from binance_sdk_derivatives_trading_usds_futures.rest_api import models as futures
from binance_sdk_derivatives_trading_usds_futures.websocket_api import models as socket

from .sdk_models import Described

POSITIONS: dict[str, Described] = {
    "GET /fapi/v2/positionRisk": Described(futures.PositionInformationV2Response, many=True),
    "GET /fapi/v3/positionRisk": Described(futures.PositionInformationV3Response, many=True),
    "GET /fapi/v1/adlQuantile": Described(
        futures.PositionAdlQuantileEstimationResponse,
        many=True,
        absent=frozenset({"adlQuantile.HEDGE"}),  # of hedge mode with cross margin alone
    ),
    "POST /fapi/v1/positionMargin": Described(futures.ModifyIsolatedPositionMarginResponse),
    "GET /fapi/v1/positionMargin/history": Described(
        futures.GetPositionMarginChangeHistoryResponse, many=True
    ),
}

ALGOS: dict[str, Described] = {
    "POST /fapi/v1/algoOrder": Described(futures.NewAlgoOrderResponse),
    "GET /fapi/v1/algoOrder": Described(futures.QueryAlgoOrderResponse),
    "GET /fapi/v1/openAlgoOrders": Described(futures.CurrentAllAlgoOpenOrdersResponse, many=True),
    "GET /fapi/v1/allAlgoOrders": Described(futures.QueryAllAlgoOrdersResponse, many=True),
    "DELETE /fapi/v1/algoOrder": Described(futures.CancelAlgoOrderResponse),
    "DELETE /fapi/v1/algoOpenOrders": Described(futures.CancelAllAlgoOpenOrdersResponse),
}

SOCKET: dict[str, Described] = {
    "account.position": Described(socket.PositionInformationResponse),
    "v2/account.position": Described(socket.PositionInformationV2Response),
    "algoOrder.place": Described(socket.NewAlgoOrderResponse),
    "algoOrder.cancel": Described(socket.CancelAlgoOrderResponse),
}

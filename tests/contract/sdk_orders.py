"""Models of the exchange's own SDK for orders, and where we differ.

`activatePrice` and `priceRate` belong to trailing orders alone, which these calls never answer;
an element of a batch is an order or an error, and the models have the fields of both.
"""

from binance_sdk_derivatives_trading_usds_futures.rest_api import models as futures
from binance_sdk_derivatives_trading_usds_futures.websocket_api import models as socket

from .sdk_models import Described

TRAILING = frozenset({"activatePrice", "priceRate"})
ERROR = frozenset({"code", "msg"})

ORDERS: dict[str, Described] = {
    "POST /fapi/v1/order": Described(futures.NewOrderResponse),
    "POST /fapi/v1/order/test": Described(futures.TestOrderResponse, absent=TRAILING),
    "PUT /fapi/v1/order": Described(futures.ModifyOrderResponse),
    "GET /fapi/v1/order": Described(futures.QueryOrderResponse, absent=TRAILING),
    "GET /fapi/v1/openOrder": Described(futures.QueryCurrentOpenOrderResponse, absent=TRAILING),
    "GET /fapi/v1/openOrders": Described(
        futures.CurrentAllOpenOrdersResponse, many=True, absent=TRAILING
    ),
    "POST /fapi/v1/batchOrders": Described(
        futures.PlaceMultipleOrdersResponse, many=True, absent=ERROR
    ),
    "PUT /fapi/v1/batchOrders": Described(
        futures.ModifyMultipleOrdersResponse, many=True, absent=ERROR
    ),
    "DELETE /fapi/v1/order": Described(futures.CancelOrderResponse, absent=TRAILING),
    "DELETE /fapi/v1/batchOrders": Described(
        futures.CancelMultipleOrdersResponse, many=True, absent=TRAILING | ERROR
    ),
    "DELETE /fapi/v1/allOpenOrders": Described(futures.CancelAllOpenOrdersResponse),
    "POST /fapi/v1/countdownCancelAll": Described(futures.AutoCancelAllOpenOrdersResponse),
    "GET /fapi/v1/allOrders": Described(futures.AllOrdersResponse, many=True, absent=TRAILING),
    "GET /fapi/v1/userTrades": Described(futures.AccountTradeListResponse, many=True),
    "GET /fapi/v1/orderAmendment": Described(futures.GetOrderModifyHistoryResponse, many=True),
    "GET /fapi/v1/forceOrders": Described(futures.UsersForceOrdersResponse, many=True),
    "POST /fapi/v1/stock/contract": Described(futures.FuturesTradfiPerpsContractResponse),
}

SOCKET_ORDERS: dict[str, Described] = {
    "order.place": Described(socket.NewOrderResponse),
    "order.status": Described(socket.QueryOrderResponse),
    "order.modify": Described(socket.ModifyOrderResponse),
    "order.cancel": Described(socket.CancelOrderResponse),
}

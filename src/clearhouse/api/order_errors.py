"""What orders are refused for, with the exchange's codes: one table, all of it answered with 400.

`OrderFault` is what a request can be refused for before the engine sees it; the reasons below
it are the engine's. Values of the venue stand where a message has a hole.
"""

from enum import Enum, auto

from clearhouse.messages.rejections import Reason


class OrderFault(Enum):
    """A refusal of the parameters of an order, before any business rule."""

    BAD_TIME_IN_FORCE = auto()
    BAD_TYPE = auto()
    BAD_SIDE = auto()
    BAD_POSITION_SIDE = auto()
    BAD_REDUCE_ONLY = auto()
    BAD_RESPONSE_TYPE = auto()
    BAD_WORKING_TYPE = auto()
    BAD_PRICE_MATCH = auto()
    BAD_SELF_TRADE = auto()
    BAD_CLIENT_ID = auto()
    LONG_CLIENT_ID = auto()
    CONDITIONAL_TYPE = auto()
    NOT_REQUIRED = auto()
    MARKET_PRICE_MATCH = auto()
    NEITHER_SENT = auto()
    BAD_COMBINATION = auto()
    BATCH_SIZE = auto()
    CANCEL_BATCH_SIZE = auto()


ORDER_ERRORS: dict[OrderFault | Reason, tuple[int, str]] = {
    OrderFault.NEITHER_SENT: (
        -1102,
        "Param '%s' or '%s' must be sent, but both were empty/null!",
    ),
    OrderFault.NOT_REQUIRED: (-1106, "Parameter '%s' sent when not required."),
    OrderFault.BAD_TIME_IN_FORCE: (-1115, "Invalid timeInForce."),
    OrderFault.BAD_TYPE: (-1116, "Invalid orderType."),
    OrderFault.BAD_SIDE: (-1117, "Invalid side."),
    OrderFault.BAD_COMBINATION: (-1128, "Combination of optional parameters invalid."),
    OrderFault.BAD_RESPONSE_TYPE: (-1136, "Invalid newOrderRespType."),
    OrderFault.BAD_CLIENT_ID: (-4015, "Client order id is not valid."),
    OrderFault.LONG_CLIENT_ID: (
        -4015,
        "Client order id length should not be more than 36 chars",
    ),
    OrderFault.BAD_WORKING_TYPE: (-4031, "Invalid parameter working type"),
    OrderFault.CANCEL_BATCH_SIZE: (-4032, "Exceed maximum cancel order size."),
    OrderFault.BAD_POSITION_SIDE: (-4060, "Invalid position side."),
    OrderFault.BAD_REDUCE_ONLY: (-4062, "Invalid or improper reduceOnly value."),
    OrderFault.BATCH_SIZE: (-4082, "Invalid number of batch place orders."),
    OrderFault.CONDITIONAL_TYPE: (
        -4120,
        (
            "Order type not supported for this endpoint. "
            "Please use the Algo Order API endpoints instead."
        ),
    ),
    OrderFault.BAD_PRICE_MATCH: (-5037, "Invalid price match"),
    OrderFault.MARKET_PRICE_MATCH: (
        -5038,
        "Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT",
    ),
    OrderFault.BAD_SELF_TRADE: (-5039, "Invalid self trade prevention mode"),
    Reason.CLOSE_POSITION_OPENS: (
        -1102,
        "Mandatory parameter 'closePosition' was not sent, was empty/null, or malformed.",
    ),
    Reason.CLOSE_POSITION_OF_KIND: (-1106, "Parameter 'closePosition' sent when not required."),
    Reason.REDUCE_ONLY_WITH_CLOSE_POSITION: (
        -1106,
        "Parameter 'reduceOnly' sent when not required.",
    ),
    Reason.TOO_PRECISE: (-1111, "Precision is over the maximum defined for this asset."),
    Reason.SIDE_CANNOT_CHANGE: (-1117, "Invalid side."),
    Reason.CALLBACK_OUT_OF_RANGE: (-1130, "Data sent for parameter 'callbackRate' is not valid."),
    Reason.NO_ORDER_TO_CANCEL: (-2011, "Unknown order sent."),
    Reason.NO_SUCH_ORDER: (-2013, "Order does not exist."),
    Reason.MARGIN_INSUFFICIENT: (-2019, "Margin is insufficient."),
    Reason.WOULD_TRIGGER: (-2021, "Order would immediately trigger."),
    Reason.NOTHING_TO_REDUCE: (-2022, "ReduceOnly Order is rejected."),
    Reason.TOO_MANY_OPEN_ORDERS: (-2025, "Reach max open order limit."),
    Reason.POSITION_LIMIT: (
        -2027,
        "Exceeded the maximum allowable position at current leverage.",
    ),
    Reason.PRICE_NOT_POSITIVE: (-4001, "Price less than 0."),
    Reason.PRICE_ABOVE_MAXIMUM: (-4002, "Price greater than max price."),
    Reason.QUANTITY_NOT_POSITIVE: (-4003, "Quantity less than zero."),
    Reason.QUANTITY_BELOW_MINIMUM: (-4004, "Quantity less than min quantity."),
    Reason.QUANTITY_ABOVE_MAXIMUM: (-4005, "Quantity greater than max quantity."),
    Reason.TRIGGER_NOT_POSITIVE: (-4006, "Stop price less than zero."),
    Reason.TRIGGER_ABOVE_MAXIMUM: (-4007, "Stop price greater than max price."),
    Reason.PRICE_BELOW_MINIMUM: (-4013, "Price less than min price."),
    Reason.PRICE_OFF_TICK: (-4014, "Price not increased by tick size."),
    Reason.PRICE_ABOVE_CAP: (-4016, "Price is higher than mark price multiplier cap."),
    Reason.QUANTITY_OFF_STEP: (-4023, "Qty not increased by step size."),
    Reason.PRICE_BELOW_FLOOR: (-4024, "Price is lower than mark price multiplier floor."),
    Reason.TOO_MANY_OPEN_ALGOS: (-4045, "Reach max stop order limit."),
    Reason.POSITION_SIDE_AGAINST_MODE: (
        -4061,
        "Order's position side does not match user's setting.",
    ),
    Reason.REDUCE_ONLY_IN_HEDGE_MODE: (-4062, "Invalid or improper reduceOnly value."),
    Reason.CLIENT_ID_TAKEN: (-4116, "clientOrderId is duplicated"),
    Reason.BOOK_OUT_OF_BOUNDS: (
        -4131,
        "The counterparty's best price does not meet the PERCENT_PRICE filter limit",
    ),
    Reason.ACTIVATION_PRICE_INVALID: (-4135, "Invalid activation price"),
    Reason.QUANTITY_WITH_CLOSE_POSITION: (
        -4137,
        "Quantity must be zero with closePosition equals true",
    ),
    Reason.NOTIONAL_TOO_SMALL: (
        -4164,
        "Order's notional must be no smaller than %s (unless you choose reduce only)",
    ),
    Reason.PRICE_ABOVE_TRIGGER_CAP: (-4183, "Limit price can't be higher than %s."),
    Reason.PRICE_BELOW_TRIGGER_FLOOR: (-4184, "Limit price can't be lower than %s."),
    Reason.WOULD_NOT_FILL: (
        -5021,
        "Due to the order could not be filled immediately, the FOK order has been rejected.",
    ),
    Reason.WOULD_TAKE: (
        -5022,
        "Due to the order could not be executed as maker, the Post Only order will be rejected.",
    ),
    Reason.NOT_A_LIMIT_ORDER: (-5025, "Only limit order is supported."),
    Reason.TOO_MANY_AMENDMENTS: (-5026, "Exceed maximum modify order limit."),
    Reason.NOTHING_TO_AMEND: (-5027, "No need to modify the order."),
    Reason.AMENDED_NOTIONAL_TOO_SMALL: (-5029, "Order's notional must be no smaller than %s"),
    Reason.GOOD_TILL_OUT_OF_RANGE: (
        -5040,
        (
            "The goodTillDate timestamp must be greater than the current time plus 600 seconds "
            "and smaller than 253402300799000 (UTC 9999-12-31 23:59:59)"
        ),
    ),
    Reason.NO_DEPTH_TO_MATCH: (-5041, "No depth matches this BBO order"),
    Reason.NOT_REDUCE_ONLY: (-5047, "The original order is not a reduce-only order"),
}
"""Code and message of each, in the order of codes."""

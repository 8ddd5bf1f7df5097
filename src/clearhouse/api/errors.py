"""Every refusal that a client can see: code, HTTP status and message, a table per family.

Messages are templates that clients match, so they are the exchange's own. Where its
documents leave the code open, the choice stands here and in docs/reference/errors.md.
"""

from enum import Enum, auto
from typing import NamedTuple

from clearhouse.api.order_errors import ORDER_ERRORS, OrderFault
from clearhouse.messages.rejections import Reason


class Family(Enum):
    """A product family: its path prefix. Codes and limits differ between families."""

    FAPI = "/fapi"
    DAPI = "/dapi"
    EAPI = "/eapi"
    PAPI = "/papi"
    SAPI = "/sapi"
    SPOT = "/api"


FUTURES = frozenset((Family.FAPI, Family.DAPI, Family.EAPI, Family.PAPI))
"""The families with the errors of the futures exchange."""


class Fault(Enum):
    """A refusal by the protocol, before any business rule."""

    UNKNOWN_OPERATION = auto()
    WRONG_METHOD = auto()
    INVALID_PATH = auto()
    NOT_SUPPORTED = auto()
    RETIRED = auto()
    BODY_TOO_LARGE = auto()
    TOO_MANY_REQUESTS = auto()
    TOO_MANY_ORDERS = auto()
    BANNED = auto()
    BAD_KEY_FORMAT = auto()
    REJECTED_KEY = auto()
    NOT_AUTHORISED = auto()
    BAD_TIMESTAMP = auto()
    TIMESTAMP_AHEAD = auto()
    BAD_RECV_WINDOW = auto()
    BAD_SIGNATURE = auto()
    LOGON_NEEDS_ED25519 = auto()
    MISSING = auto()
    EMPTY = auto()
    ILLEGAL = auto()
    ILLEGAL_ANYWHERE = auto()
    DUPLICATE = auto()
    INVALID = auto()
    TOO_PRECISE = auto()
    START_AFTER_END = auto()
    WINDOW_TOO_LONG = auto()
    HISTORY_TOO_LONG = auto()
    OTHER_STATUS = auto()
    HOURS_TOO_MANY = auto()
    BAD_COMBINATION = auto()
    BAD_INTERVAL = auto()
    BAD_CONTRACT_TYPE = auto()
    BAD_PAIR = auto()
    NO_DEPTH_LIMIT = auto()
    BAD_JSON = auto()
    UNAVAILABLE = auto()
    OVERLOADED = auto()
    OUTCOME_UNKNOWN = auto()
    INTERNAL = auto()


Cause = Fault | OrderFault | Reason
"""Whatever a client can be refused for."""


class Failure(NamedTuple):
    """What the client gets."""

    code: int
    status: int
    message: str


class ApiError(Exception):
    """A refusal on its way to the client. `hint` is the sentence of the hint header."""

    def __init__(
        self, cause: Cause, *values: object, hint: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(cause.name)
        self.cause = cause
        self.values = values
        self.hint = hint
        self.retry_after = retry_after

    def failure(self, family: Family) -> Failure:
        """The code, status and finished message in a family."""
        code, status, template = failure_of(family, self.cause)
        values = self.values[: template.count("%s")]
        return Failure(code, status, template % values if values else template)


_MISSING = "Mandatory parameter '%s' was not sent, was empty/null, or malformed."
_INVALID = "Data sent for parameter '%s' is not valid."
_REJECTED_KEY = "Invalid API-key, IP, or permissions for action."
_ILLEGAL = "Illegal characters found in parameter '%s'; legal range is '%s'."
_SPOT_WEIGHT = (
    "Too much request weight used; current limit is %s request weight per 1 MINUTE. "
    "Please use WebSocket Streams for live updates to avoid polling the API."
)
_SPOT_BAN = (
    "Way too much request weight used; IP banned until %s. "
    "Please use WebSocket Streams for live updates to avoid bans."
)

COMMON: dict[Cause, Failure] = {
    Fault.UNKNOWN_OPERATION: Failure(
        -1099, 404, "Not found: %s is no operation of this venue. What is built: %s"
    ),
    Fault.WRONG_METHOD: Failure(-1020, 405, "This operation is not supported. Allowed here: %s."),
    Fault.INVALID_PATH: Failure(-5000, 404, "Path %s, Method %s is invalid"),
    Fault.NOT_SUPPORTED: Failure(-1020, 400, "This operation is not supported."),
    Fault.RETIRED: Failure(-21015, 400, "The endpoint has been deprecated and removed"),
    Fault.BODY_TOO_LARGE: Failure(
        -1100, 413, "Illegal characters found in a parameter. The body is longer than %s bytes."
    ),
    Fault.TOO_MANY_REQUESTS: Failure(-1003, 429, _SPOT_WEIGHT),
    Fault.TOO_MANY_ORDERS: Failure(
        -1015, 429, "Too many new orders; current limit is %s orders per %s."
    ),
    Fault.BANNED: Failure(-1003, 418, _SPOT_BAN),
    Fault.BAD_KEY_FORMAT: Failure(-2014, 401, "API-key format invalid."),
    Fault.REJECTED_KEY: Failure(-2015, 401, _REJECTED_KEY),
    Fault.NOT_AUTHORISED: Failure(-1002, 401, "You are not authorized to execute this request."),
    Fault.BAD_TIMESTAMP: Failure(
        -1021, 400, "Timestamp for this request is outside of the recvWindow."
    ),
    Fault.TIMESTAMP_AHEAD: Failure(
        -1021, 400, "Timestamp for this request was 1000ms ahead of the server's time."
    ),
    Fault.BAD_RECV_WINDOW: Failure(-1131, 400, "recvWindow must be less than 60000"),
    Fault.BAD_SIGNATURE: Failure(-1022, 400, "Signature for this request is not valid."),
    Fault.LOGON_NEEDS_ED25519: Failure(-4056, 400, "Invalid api key type."),
    Fault.MISSING: Failure(-1102, 400, _MISSING),
    Fault.EMPTY: Failure(-1105, 400, "Parameter '%s' was empty."),
    Fault.ILLEGAL: Failure(-1100, 400, _ILLEGAL),
    Fault.ILLEGAL_ANYWHERE: Failure(-1100, 400, "Illegal characters found in a parameter."),
    Fault.DUPLICATE: Failure(-1101, 400, "Duplicate values for a parameter detected."),
    Fault.INVALID: Failure(-1130, 400, _INVALID),
    Fault.TOO_PRECISE: Failure(-1111, 400, "Precision is over the maximum defined for this asset."),
    Fault.START_AFTER_END: Failure(-1023, 400, "Start time is greater than end time."),
    Fault.WINDOW_TOO_LONG: Failure(-1127, 400, "More than %s hours between startTime and endTime."),
    Fault.HISTORY_TOO_LONG: Failure(-4047, 400, "Time interval must be within 0-%s days"),
    Fault.OTHER_STATUS: Failure(
        -1220, 400, "The symbol's status does not match the requested symbolStatus."
    ),
    Fault.NO_DEPTH_LIMIT: Failure(-4021, 400, "%s is not valid depth limit."),
    Fault.HOURS_TOO_MANY: Failure(-1127, 400, "More than %s hours between startTime and endTime."),
    Fault.BAD_COMBINATION: Failure(-1128, 400, "Combination of optional parameters invalid."),
    Fault.BAD_INTERVAL: Failure(-1120, 400, "Invalid interval."),
    Fault.BAD_CONTRACT_TYPE: Failure(-4104, 400, "Invalid contract type"),
    Fault.BAD_PAIR: Failure(-4144, 400, "Invalid pair"),
    Fault.BAD_JSON: Failure(-1135, 400, "Invalid JSON Request"),
    Fault.UNAVAILABLE: Failure(-1001, 503, "Service Unavailable."),
    Fault.OVERLOADED: Failure(
        -1008,
        503,
        "Request throttled by system-level protection. "
        "Reduce-only/close-position orders are exempt. Please try again.",
    ),
    Fault.OUTCOME_UNKNOWN: Failure(
        -1000, 503, "Unknown error, please check your request or try again later."
    ),
    Fault.INTERNAL: Failure(
        -1001, 500, "Internal error; unable to process your request. Please try again."
    ),
    Reason.UNKNOWN_ACCOUNT: Failure(-2015, 401, _REJECTED_KEY),
    Reason.UNKNOWN_ASSET: Failure(-1108, 400, "Invalid asset."),
    Reason.UNKNOWN_SYMBOL: Failure(-1121, 400, "Invalid symbol."),
}
"""What every family answers unless it has a row of its own."""

_FUTURES: dict[Cause, Failure] = {
    Fault.TOO_MANY_REQUESTS: Failure(
        -1003,
        429,
        "Too many requests; current limit is %s requests per minute. "
        "Please use the websocket for live updates to avoid polling the API.",
    ),
    Fault.BANNED: Failure(
        -1003,
        418,
        "Way too many requests; IP banned until %s. "
        "Please use the websocket for live updates to avoid bans.",
    ),
    Fault.REJECTED_KEY: Failure(-2015, 401, _REJECTED_KEY[:-1] + ", request ip: %s"),
    Reason.POSITION_MODE_UNCHANGED: Failure(-4059, 400, "No need to change position side."),
    Reason.MULTI_ASSETS_MODE_UNCHANGED: Failure(
        -4171,
        400,
        "Adjusted asset mode is currently set and does not need to be adjusted repeatedly.",
    ),
    Reason.LEVERAGE_OUT_OF_RANGE: Failure(-4028, 400, "Invalid leverage"),
    Reason.MARGIN_TYPE_UNCHANGED: Failure(-4046, 400, "No need to change margin type."),
    Reason.SYMBOL_IS_ISOLATED: Failure(
        -4167,
        400,
        "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under "
        "isolated-margin mode.",
    ),
    Reason.ISOLATED_IN_MULTI_ASSETS_MODE: Failure(
        -4168, 400, "Unable to adjust to isolated-margin mode under the Multi-Assets mode."
    ),
    Reason.MARGIN_TYPE_WITH_ORDERS: Failure(
        -4047, 400, "Margin type cannot be changed if there exists open orders."
    ),
    Reason.MARGIN_TYPE_WITH_POSITION: Failure(
        -4048, 400, "Margin type cannot be changed if there exists position."
    ),
    Reason.POSITION_MODE_WITH_ORDERS: Failure(
        -4067, 400, "Position side cannot be changed if there exists open orders."
    ),
    Reason.POSITION_MODE_WITH_POSITION: Failure(
        -4068, 400, "Position side cannot be changed if there exists position."
    ),
    Reason.MULTI_ASSETS_WITH_ORDERS: Failure(
        -4170, 400, "Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures."
    ),
    Reason.MULTI_ASSETS_MARGIN_INSUFFICIENT: Failure(
        -4169,
        400,
        "Unable to adjust Multi-Assets Mode with insufficient margin balance in USDⓈ-M Futures.",
    ),
    Reason.ISOLATED_LEVERAGE_LOWERED: Failure(
        -4161,
        400,
        "Leverage reduction is not supported in Isolated Margin Mode with open positions",
    ),
    Reason.POSITION_LIMIT: Failure(
        -2027, 400, "Exceeded the maximum allowable position at current leverage."
    ),
    Reason.LEVERAGE_MARGIN_INSUFFICIENT: Failure(
        -2028, 400, "Leverage is smaller than permitted: insufficient margin balance."
    ),
    Reason.POSITION_NOT_ISOLATED: Failure(
        -4049, 400, "Add margin only support for isolated position."
    ),
    Reason.NO_POSITION: Failure(-4054, 400, "Cannot add position margin: position is 0."),
    Reason.MARGIN_AMOUNT_NOT_POSITIVE: Failure(-4055, 400, "Amount must be positive."),
    Reason.CROSS_MARGIN_INSUFFICIENT: Failure(-4050, 400, "Cross balance insufficient."),
    Reason.ISOLATED_MARGIN_INSUFFICIENT: Failure(-4051, 400, "Isolated balance insufficient."),
    Fault.WINDOW_TOO_LONG: Failure(-4165, 400, "Maximum time interval is %s days"),
    Reason.NO_LISTEN_KEY: Failure(
        -1125,
        400,
        "This listenKey does not exist. Please use POST /fapi/v1/listenKey to recreate listenKey",
    ),
    Reason.EXPORT_QUOTA_USED: Failure(-1003, 400, "Too many requests; the quota is used up."),
    Reason.UNKNOWN_EXPORT: Failure(-1130, 400, _INVALID % "downloadId"),
    Reason.NEGATIVE_MARGIN_BALANCE: Failure(
        -4172,
        400,
        "Unable to adjust Multi-Assets Mode with a negative wallet balance of margin available "
        "asset in USDⓈ-M Futures account.",
    ),
}

_WALLET: dict[Cause, Failure] = {
    Reason.UNKNOWN_ASSET: Failure(-5003, 400, "You don't have this asset."),
    Reason.NOT_A_MARGIN_ASSET: Failure(-3027, 400, "Not a valid margin asset."),
    Reason.NOT_A_MARGIN_PAIR: Failure(-3028, 400, "Not a valid margin pair."),
    Reason.ASSET_NOT_OF_WALLET: Failure(-9000, 400, "Unsupported operation"),
    Reason.SAME_WALLET: Failure(-9000, 400, "Unsupported operation"),
    Reason.FROM_SYMBOL_MISSING: Failure(-1102, 400, _MISSING % "fromSymbol"),
    Reason.TO_SYMBOL_MISSING: Failure(-1102, 400, _MISSING % "toSymbol"),
    Reason.AMOUNT_NOT_POSITIVE: Failure(-5007, 400, "Quantity must be greater than zero."),
    Reason.INSUFFICIENT_BALANCE: Failure(-5013, 400, "Asset transfer failed: insufficient balance"),
    Reason.INSUFFICIENT_MARGIN_BALANCE: Failure(-3041, 400, "Balance is not enough"),
    Reason.WITHDRAWAL_ASSET_UNKNOWN: Failure(-4018, 400, "We don't have this asset."),
    Reason.WITHDRAWAL_TOO_SMALL: Failure(
        -4022, 400, "Not less than the minimum pick-up quantity 0.00000001."
    ),
    Reason.WITHDRAWAL_ABOVE_QUOTA: Failure(
        -4023, 400, "Within 24 hours, the withdrawal exceeds the maximum amount."
    ),
    Reason.WITHDRAWAL_NOT_COVERED: Failure(-4026, 400, "You have insufficient balance."),
    Reason.ADDRESS_ILLEGAL: Failure(-4033, 400, "Illegal address."),
    Reason.TAG_NOT_SUPPORTED: Failure(-4106, 400, "The network does not support an address tag."),
    Reason.ADDRESS_NOT_TRUSTED: Failure(
        -4035, 400, "This address is not on the whitelist. Please join and try again."
    ),
    Reason.NOT_DUST: Failure(
        -5004, 400, "The residual balances have exceeded 0.001BTC, Please re-choose."
    ),
    Reason.DUST_WORTH_NOTHING: Failure(-5005, 400, "The residual balances of the BTC is too low"),
    Reason.DUST_NOT_HELD: Failure(-5003, 400, "You don't have this asset."),
    Reason.DUST_INTO_ITSELF: Failure(-5001, 400, "Don't allow transfer to micro assets."),
    Reason.BALANCE_TOO_LARGE: Failure(-5010, 400, "Asset transfer fail."),
}

_ORDERS: dict[Cause, Failure] = {
    cause: Failure(code, 400, message) for cause, (code, message) in ORDER_ERRORS.items()
}

TABLES: dict[Family, dict[Cause, Failure]] = {
    Family.FAPI: COMMON | _FUTURES | _ORDERS,
    Family.DAPI: COMMON | _FUTURES | _ORDERS,
    Family.EAPI: COMMON | _FUTURES | _ORDERS,
    Family.PAPI: COMMON | _FUTURES | _ORDERS,
    Family.SAPI: COMMON | _WALLET,
    Family.SPOT: COMMON,
}


def failure_of(family: Family, cause: Cause) -> Failure:
    """The row of a cause; a business reason that a family has no row for is a bug."""
    return TABLES[family][cause]

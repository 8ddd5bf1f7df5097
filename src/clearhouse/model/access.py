"""Keys of an account: what proves a request, and what it may do."""

from enum import StrEnum


class KeyKind(StrEnum):
    """How a key signs."""

    HMAC = "HMAC"
    RSA = "RSA"
    ED25519 = "ED25519"


class Permission(StrEnum):
    """What a key may do, by the field names of `GET /sapi/v1/account/apiRestrictions`."""

    READING = "enableReading"
    WITHDRAWALS = "enableWithdrawals"
    INTERNAL_TRANSFER = "enableInternalTransfer"
    UNIVERSAL_TRANSFER = "permitsUniversalTransfer"
    FUTURES = "enableFutures"
    MARGIN = "enableMargin"
    SPOT_AND_MARGIN_TRADING = "enableSpotAndMarginTrading"
    OPTIONS = "enableVanillaOptions"
    PORTFOLIO_MARGIN = "enablePortfolioMarginTrading"
    FIX_TRADE = "enableFixApiTrade"
    FIX_READ = "enableFixReadOnly"


ALL_PERMISSIONS = tuple(Permission)
API_KEY_LENGTH = 64

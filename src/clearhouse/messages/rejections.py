"""Why the venue refuses. A closed list; codes and statuses are given in `api/errors.py`."""

from enum import Enum, auto


class Reason(Enum):
    """One reason a command is refused for."""

    UNKNOWN_ACCOUNT = auto()
    UID_TAKEN = auto()
    UNKNOWN_KEY = auto()
    KEY_TAKEN = auto()
    UNKNOWN_ASSET = auto()
    NOT_A_MARGIN_ASSET = auto()
    UNKNOWN_SYMBOL = auto()
    NOT_A_MARGIN_PAIR = auto()
    ASSET_NOT_OF_WALLET = auto()
    FROM_SYMBOL_MISSING = auto()
    TO_SYMBOL_MISSING = auto()
    SAME_WALLET = auto()
    AMOUNT_NOT_POSITIVE = auto()
    INSUFFICIENT_BALANCE = auto()
    INSUFFICIENT_MARGIN_BALANCE = auto()
    BALANCE_TOO_LARGE = auto()
    MULTI_ASSETS_MODE_UNCHANGED = auto()
    POSITION_MODE_UNCHANGED = auto()
    NEGATIVE_MARGIN_BALANCE = auto()
    LEVERAGE_OUT_OF_RANGE = auto()
    MARGIN_TYPE_UNCHANGED = auto()
    ISOLATED_IN_MULTI_ASSETS_MODE = auto()
    SYMBOL_IS_ISOLATED = auto()
    NO_LISTEN_KEY = auto()
    WITHDRAWAL_ASSET_UNKNOWN = auto()
    WITHDRAWAL_TOO_SMALL = auto()
    WITHDRAWAL_ABOVE_QUOTA = auto()
    WITHDRAWAL_NOT_COVERED = auto()
    ADDRESS_ILLEGAL = auto()
    ADDRESS_NOT_TRUSTED = auto()
    TAG_NOT_SUPPORTED = auto()
    NOT_DUST = auto()
    DUST_WORTH_NOTHING = auto()
    DUST_NOT_HELD = auto()
    DUST_INTO_ITSELF = auto()
    EXPORT_QUOTA_USED = auto()
    UNKNOWN_EXPORT = auto()
    CLOCK_NOT_FROZEN = auto()
    CLOCK_BACKWARDS = auto()


class Rejected(Exception):  # noqa: N818  a refusal is an outcome, not an error
    """The command was refused and nothing changed. `detail` is a sentence for people."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(detail or reason.name)
        self.reason = reason
        self.detail = detail

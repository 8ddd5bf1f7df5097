"""Refusals of the control plane: a status, a code for programs, a sentence for people."""

from clearhouse.messages.rejections import Reason, Rejected

BAD_REQUEST, UNAUTHORISED, FORBIDDEN, NOT_FOUND, CONFLICT = 400, 401, 403, 404, 409

_STATUS = {
    Reason.UNKNOWN_ACCOUNT: NOT_FOUND,
    Reason.UNKNOWN_KEY: NOT_FOUND,
    Reason.UNKNOWN_ASSET: NOT_FOUND,
    Reason.UNKNOWN_SYMBOL: NOT_FOUND,
    Reason.NO_SUCH_ORDER: NOT_FOUND,
    Reason.UID_TAKEN: CONFLICT,
    Reason.KEY_TAKEN: CONFLICT,
    Reason.INSUFFICIENT_BALANCE: CONFLICT,
    Reason.CLOCK_NOT_FROZEN: CONFLICT,
    Reason.SYMBOL_IN_USE: CONFLICT,
}


class AdminError(Exception):
    """A refusal on its way to the operator."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def malformed(message: str) -> AdminError:
    """400: the request does not have the shape that is meant."""
    return AdminError(BAD_REQUEST, "malformed", message)


def of_rejection(refusal: Rejected) -> AdminError:
    """The venue's refusal as the operator sees it."""
    code = refusal.reason.name.lower()
    sentence = refusal.detail or code.replace("_", " ")
    return AdminError(_STATUS.get(refusal.reason, BAD_REQUEST), code, sentence)

"""The contracts that a request means by its symbol."""

from collections.abc import Iterable

from clearhouse.api.errors import ApiError
from clearhouse.messages.queries import CatalogueView
from clearhouse.messages.rejections import Reason
from clearhouse.model.instruments import Contract


def contract_of(listed: CatalogueView, symbol: str) -> Contract:
    """The contract of a symbol; refuses one that is not listed."""
    contract = listed.contracts.get(symbol)
    if contract is None:
        raise ApiError(Reason.UNKNOWN_SYMBOL, hint=f"no symbol {symbol} is listed")
    return contract


def contracts_of(listed: CatalogueView, symbol: str | None) -> Iterable[Contract]:
    """The contract of a symbol, or every contract where none is named."""
    return listed.contracts.values() if symbol is None else (contract_of(listed, symbol),)

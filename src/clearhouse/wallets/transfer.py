"""Universal transfer: the rules, in the order in which they refuse.

docs/reference/transfers.md lists every refusal with its code.
"""

from collections.abc import Callable

from clearhouse.ledger.books import Books
from clearhouse.ledger.postings import Posting
from clearhouse.market.catalogue import Catalogue
from clearhouse.messages.commands import TransferFunds
from clearhouse.messages.events import FundsTransferred
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.transfers import ROUTES, Route
from clearhouse.model.ids import Millis, TranId, Uid
from clearhouse.model.money import MAX_BALANCE_UNITS, Money
from clearhouse.model.wallets import UMFUTURE, Wallet, WalletKind, pair_of, wallet_of

Spendable = Callable[[Uid, Wallet, str], int]
"""How much of an asset may leave a wallet; for the futures wallet the margin engine says."""

_MARGIN_WALLETS = (WalletKind.MARGIN, WalletKind.ISOLATED_MARGIN)


def decide_transfer(
    books: Books,
    catalogue: Catalogue,
    spendable: Spendable,
    command: TransferFunds,
    tran_id: TranId,
    at: Millis,
) -> FundsTransferred:
    """Move money between two wallets of one account.

    Refuses, in this order: a pair that is missing, an amount that is not positive, an asset
    that is not listed, a pair that is not one or does not hold the asset, a source equal to
    the target, more than the source can spare, more than the target can hold.
    """
    route = ROUTES[command.kind]
    _check_symbols(route, command)
    if command.money.units <= 0:
        raise Rejected(Reason.AMOUNT_NOT_POSITIVE)
    source = wallet_of(route.source, command.from_symbol)
    target = wallet_of(route.target, command.to_symbol)
    check_asset(catalogue, source, command.money.asset)
    check_asset(catalogue, target, command.money.asset)
    if source == target:
        raise Rejected(Reason.SAME_WALLET, f"{source} is both ends of the transfer")
    _check_funds(route, spendable(command.uid, source, command.money.asset), command.money)
    check_room(books, command.uid, target, command.money)
    return FundsTransferred(
        at=at,
        tran_id=tran_id,
        uid=command.uid,
        kind=command.kind,
        from_symbol=pair_of(source),
        to_symbol=pair_of(target),
        postings=(
            Posting(command.uid, source, command.money.asset, -command.money.units),
            Posting(command.uid, target, command.money.asset, command.money.units),
        ),
    )


def check_asset(catalogue: Catalogue, wallet: Wallet, asset: str) -> None:
    """Refuse an asset that is not listed, and one that the wallet does not take.

    The futures wallet takes the assets that have a row there, an isolated wallet the two
    assets of its pair, every other wallet any asset.
    """
    if asset not in catalogue.assets:
        raise Rejected(Reason.UNKNOWN_ASSET, f"no asset {asset} is listed")
    if wallet == UMFUTURE and not catalogue.assets[asset].futures:
        raise Rejected(Reason.ASSET_NOT_OF_WALLET, f"the futures wallet takes no {asset}")
    pair = pair_of(wallet)
    if pair is None:
        return
    contract = catalogue.contracts.get(pair)
    if contract is None:
        raise Rejected(Reason.NOT_A_MARGIN_PAIR, f"{pair} is not a margin pair")
    if asset not in (contract.base_asset, contract.quote_asset):
        raise Rejected(Reason.ASSET_NOT_OF_WALLET, f"{pair} holds no {asset}")


def check_room(books: Books, uid: Uid, wallet: Wallet, money: Money) -> None:
    """Refuse what would lift a balance above the largest one that can be kept."""
    if books.balance(uid, wallet, money.asset) + money.units > MAX_BALANCE_UNITS:
        raise Rejected(Reason.BALANCE_TOO_LARGE, f"{wallet} cannot hold that much {money.asset}")


def _check_symbols(route: Route, command: TransferFunds) -> None:
    if route.needs_from_symbol and command.from_symbol is None:
        raise Rejected(Reason.FROM_SYMBOL_MISSING)
    if route.needs_to_symbol and command.to_symbol is None:
        raise Rejected(Reason.TO_SYMBOL_MISSING)


def _check_funds(route: Route, spendable: int, money: Money) -> None:
    if spendable >= money.units:
        return
    if route.source in _MARGIN_WALLETS:
        raise Rejected(Reason.INSUFFICIENT_MARGIN_BALANCE)
    raise Rejected(Reason.INSUFFICIENT_BALANCE)

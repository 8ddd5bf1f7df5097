"""Deposits, withdrawals and distributions: money from and to the outside, by the operator."""

from clearhouse.ledger.books import Books
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.market.catalogue import Catalogue
from clearhouse.messages.commands import DepositFunds, PayDividend, WithdrawFunds
from clearhouse.messages.events import DividendPaid, FundsDeposited, FundsWithdrawn
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import VENUE, Millis, TranId
from clearhouse.model.wallets import MAIN
from clearhouse.wallets.transfer import Spendable, check_asset, check_room


def decide_deposit(
    books: Books, catalogue: Catalogue, command: DepositFunds, tran_id: TranId, at: Millis
) -> FundsDeposited:
    """Bring money in. Refuses nothing-amounts, unlisted assets and overfull wallets."""
    money = command.money
    if money.units <= 0:
        raise Rejected(Reason.AMOUNT_NOT_POSITIVE, "the amount must be greater than zero")
    check_asset(catalogue, command.wallet, money.asset)
    check_room(books, command.uid, command.wallet, money)
    return FundsDeposited(
        at=at,
        tran_id=tran_id,
        uid=command.uid,
        wallet=command.wallet,
        postings=(
            Posting(VENUE, OUTSIDE, money.asset, -money.units),
            Posting(command.uid, command.wallet, money.asset, money.units),
        ),
    )


def decide_withdrawal(
    catalogue: Catalogue,
    spendable: Spendable,
    command: WithdrawFunds,
    tran_id: TranId,
    at: Millis,
) -> FundsWithdrawn:
    """Take money out. Refuses nothing-amounts, unlisted assets and more than can be spared."""
    money = command.money
    if money.units <= 0:
        raise Rejected(Reason.AMOUNT_NOT_POSITIVE, "the amount must be greater than zero")
    check_asset(catalogue, command.wallet, money.asset)
    if spendable(command.uid, command.wallet, money.asset) < money.units:
        raise Rejected(Reason.INSUFFICIENT_BALANCE, f"{command.wallet} cannot spare that much")
    return FundsWithdrawn(
        at=at,
        tran_id=tran_id,
        uid=command.uid,
        wallet=command.wallet,
        postings=(
            Posting(command.uid, command.wallet, money.asset, -money.units),
            Posting(VENUE, OUTSIDE, money.asset, money.units),
        ),
    )


def decide_pay_dividend(
    books: Books, catalogue: Catalogue, command: PayDividend, tran_id: TranId, at: Millis
) -> DividendPaid:
    """Give a distribution. Refuses what a deposit into the spot wallet refuses."""
    deposit = DepositFunds(uid=command.uid, wallet=MAIN, money=command.money)
    postings = decide_deposit(books, catalogue, deposit, tran_id, at).postings
    return DividendPaid(
        at=at, tran_id=tran_id, uid=command.uid, info=command.info, postings=postings
    )

"""Withdrawals to an address, as an account holder asks for them.

The operator's own withdrawal (`wallets/external.py`) knows no address, no whitelist and no
limit. docs/reference/capital.md lists every refusal with its code.
"""

from clearhouse.ledger.chart import OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.market.catalogue import Catalogue
from clearhouse.messages.commands import SendWithdrawal
from clearhouse.messages.events import WithdrawalSent
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.addresses import is_of_venue
from clearhouse.model.ids import VENUE, Millis, TranId
from clearhouse.model.money import SCALE, multiply_toward_zero
from clearhouse.model.wallets import FUNDING, MAIN
from clearhouse.wallets.settings import WalletSettings
from clearhouse.wallets.transfer import Spendable

WALLETS = (MAIN, FUNDING)
"""Where a withdrawal may come from."""

DAILY_QUOTA = 8_000_000 * SCALE
"""USD that an account may send in 24 hours."""


def decide_send_withdrawal(
    catalogue: Catalogue,
    settings: WalletSettings,
    spendable: Spendable,
    command: SendWithdrawal,
    tran_id: TranId,
    at: Millis,
) -> WithdrawalSent:
    """Send money to an address.

    Refuses, in this order: an asset that is not listed, nothing-amounts, an address that the
    whitelist does not have, more than the wallet holds, more than may leave in a day.
    """
    assert command.wallet in WALLETS
    money = command.money
    if money.asset not in catalogue.assets:
        raise Rejected(Reason.WITHDRAWAL_ASSET_UNKNOWN, f"no asset {money.asset} is listed")
    if money.units <= 0:
        raise Rejected(Reason.WITHDRAWAL_TOO_SMALL, "the amount must be greater than zero")
    if settings.whitelist and not _trusted(settings, command):
        raise Rejected(Reason.ADDRESS_NOT_TRUSTED, "the whitelist is on and has no such address")
    if spendable(command.uid, command.wallet, money.asset) < money.units:
        raise Rejected(Reason.WITHDRAWAL_NOT_COVERED, f"{command.wallet} holds less than that")
    value = multiply_toward_zero(money.units, catalogue.indices[money.asset])
    if settings.sent_since_yesterday(at) + value > DAILY_QUOTA:
        raise Rejected(Reason.WITHDRAWAL_ABOVE_QUOTA, "above the limit of 24 hours")
    return WithdrawalSent(
        at=at,
        tran_id=tran_id,
        uid=command.uid,
        wallet=command.wallet,
        network=command.network,
        address=command.address,
        tag=command.tag,
        order_id=command.order_id,
        internal=settings.fast_withdraw and is_of_venue(command.address),
        value=value,
        postings=(
            Posting(command.uid, command.wallet, money.asset, -money.units),
            Posting(VENUE, OUTSIDE, money.asset, money.units),
        ),
    )


def _trusted(settings: WalletSettings, command: SendWithdrawal) -> bool:
    wanted = command.money.asset, command.network, command.address, command.tag
    return any(
        (saved.coin, saved.network, saved.address, saved.tag) == wanted and saved.trusted
        for saved in settings.addresses
    )

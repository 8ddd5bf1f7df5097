"""Settings of the wallets: BNB burn, fast withdrawal, the address book, what left today."""

from dataclasses import dataclass, field

from clearhouse.market.catalogue import Catalogue
from clearhouse.messages.commands import SaveAddress, SetBnbBurn, SetFastWithdraw, SetWhitelist
from clearhouse.messages.events import (
    AddressSaved,
    BnbBurnSet,
    FastWithdrawSet,
    WhitelistSet,
    WithdrawalSent,
)
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.addresses import SavedAddress, well_formed
from clearhouse.model.ids import DAY_MS, Millis, Uid

Sent = tuple[tuple[Millis, int], ...]
"""(time, USD value in units of 1e-8) of withdrawals."""


@dataclass(slots=True)
class WalletSettings:
    """Settings of one account. `sent`: its withdrawals of the last day, oldest first."""

    spot_burn: bool = True
    interest_burn: bool = False
    fast_withdraw: bool = False
    whitelist: bool = False
    addresses: tuple[SavedAddress, ...] = ()
    sent: Sent = ()

    def sent_since_yesterday(self, now: Millis) -> int:
        """USD that left in the last 24 hours."""
        return sum(value for at, value in self.sent if at > now - DAY_MS)


@dataclass(slots=True)
class WalletSettingsBook:
    """Accounts whose settings differ from a new one's; the others share `UNTOUCHED`."""

    by_uid: dict[Uid, WalletSettings] = field(default_factory=dict)

    def of(self, uid: Uid) -> WalletSettings:
        """The settings of an account, for reading only."""
        return self.by_uid.get(uid, UNTOUCHED)

    def opened(self, uid: Uid) -> WalletSettings:
        """The settings of an account, for changing."""
        settings = self.by_uid.get(uid)
        if settings is None:
            settings = self.by_uid[uid] = WalletSettings()
        return settings


UNTOUCHED = WalletSettings()


def decide_set_bnb_burn(book: WalletSettingsBook, command: SetBnbBurn, at: Millis) -> BnbBurnSet:
    """Pay spot fees or margin interest in BNB, or stop; what is not named stays."""
    now = book.of(command.uid)
    return BnbBurnSet(
        at=at,
        uid=command.uid,
        spot=now.spot_burn if command.spot is None else command.spot,
        interest=now.interest_burn if command.interest is None else command.interest,
    )


def decide_set_fast_withdraw(command: SetFastWithdraw, at: Millis) -> FastWithdrawSet:
    """Switch fast withdrawal. The same choice again is no refusal."""
    return FastWithdrawSet(at=at, uid=command.uid, on=command.on)


def decide_set_whitelist(command: SetWhitelist, at: Millis) -> WhitelistSet:
    """Switch the whitelist. The same choice again is no refusal."""
    return WhitelistSet(at=at, uid=command.uid, on=command.on)


def decide_save_address(catalogue: Catalogue, command: SaveAddress, at: Millis) -> AddressSaved:
    """Save an address; one of the same coin, network, address and tag is replaced.

    Refuses an asset that is not listed, and what is no address.
    """
    saved = command.address
    if saved.coin not in catalogue.assets:
        raise Rejected(Reason.UNKNOWN_ASSET, f"no asset {saved.coin} is listed")
    if not well_formed(saved.address):
        raise Rejected(Reason.ADDRESS_ILLEGAL, "3 to 128 letters, digits and : . _ - are meant")
    return AddressSaved(at=at, uid=command.uid, address=command.address)


def apply_bnb_burn_set(book: WalletSettingsBook, event: BnbBurnSet) -> None:
    """Take both switches."""
    settings = book.opened(event.uid)
    settings.spot_burn, settings.interest_burn = event.spot, event.interest


def apply_fast_withdraw_set(book: WalletSettingsBook, event: FastWithdrawSet) -> None:
    """Take the switch."""
    book.opened(event.uid).fast_withdraw = event.on


def apply_whitelist_set(book: WalletSettingsBook, event: WhitelistSet) -> None:
    """Take the switch."""
    book.opened(event.uid).whitelist = event.on


def apply_address_saved(book: WalletSettingsBook, event: AddressSaved) -> None:
    """Put the address where the same one stood, or at the end."""
    settings = book.opened(event.uid)
    kept = {_place(address): address for address in settings.addresses}
    kept[_place(event.address)] = event.address
    settings.addresses = tuple(kept.values())


def apply_withdrawal_sent(book: WalletSettingsBook, event: WithdrawalSent) -> None:
    """Count a withdrawal against the day, and forget those of earlier days."""
    settings = book.opened(event.uid)
    recent = tuple(row for row in settings.sent if row[0] > event.at - DAY_MS)
    settings.sent = (*recent, (event.at, event.value))


def _place(address: SavedAddress) -> tuple[str, str, str, str]:
    return address.coin, address.network, address.address, address.tag

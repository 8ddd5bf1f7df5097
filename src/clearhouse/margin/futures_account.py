"""State of the futures accounts beyond their balances: settings, and when an asset last moved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from clearhouse.ledger.postings import Posting
from clearhouse.margin.exposure import NOTHING, Exposure
from clearhouse.messages.events import (
    FeeBurnSet,
    FeesSet,
    LeverageSet,
    MarginTypeSet,
    MultiAssetsModeSet,
    PositionModeSet,
)
from clearhouse.messages.queries import Fees, SymbolSetting
from clearhouse.messages.trading_events import MarginCalled, MarginMoved
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.instruments import Contract
from clearhouse.model.wallets import UMFUTURE

Moved = tuple[tuple[str, Millis], ...]
"""(asset, time) pairs: a tuple because most accounts hold one or two assets."""


REGULAR_FEES = Fees(tier=0, maker=20_000, taker=50_000)
"""0.0200% and 0.0500%: what a regular user pays (docs/internals/numbers.md, "Fees")."""

RPI_FEE = 5_000
"""0.0050%: what the maker of a retail price improvement order pays, in every tier."""

DEFAULT_SETTING = SymbolSetting(leverage=20, isolated=False)
PoolName = tuple[str, str]
"""See `MarginCalled`."""

NO_SETTINGS: Mapping[str, SymbolSetting] = MappingProxyType({})
NO_EXPOSURES: Mapping[str, Exposure] = MappingProxyType({})


@dataclass(slots=True)
class FuturesAccount:
    """Settings of one account, and the time at which each asset of its wallet last changed.

    `symbols` holds the symbols whose setting was ever changed, `exposures` those that the account
    ever traded. `called`: pools of margin that the account was warned of.
    """

    multi_assets: bool = False
    hedge: bool = False
    moved: Moved = ()
    fee_burn: bool = True
    fees: Fees = REGULAR_FEES
    symbols: Mapping[str, SymbolSetting] = field(default_factory=lambda: NO_SETTINGS)
    exposures: Mapping[str, Exposure] = field(default_factory=lambda: NO_EXPOSURES)
    called: tuple[PoolName, ...] = ()

    def setting(self, contract: Contract) -> SymbolSetting:
        """Leverage and margin type of a symbol."""
        return setting_of(self.symbols, contract)

    def exposure(self, symbol: str) -> Exposure:
        """What the account has in a symbol, for reading."""
        return self.exposures.get(symbol, NOTHING)

    def exposed(self, symbol: str) -> Exposure:
        """What the account has in a symbol, for changing."""
        found = self.exposures.get(symbol)
        if found is None:
            found = Exposure()
            self.exposures = {**self.exposures, symbol: found}
        return found

    def moved_at(self, asset: str) -> Millis:
        """When the balance of an asset last changed; 0 where it never did."""
        for name, at in self.moved:
            if name == asset:
                return at
        return Millis(0)


@dataclass(slots=True)
class FuturesAccounts:
    """Accounts that differ from a new one; the others share `UNTOUCHED`."""

    by_uid: dict[Uid, FuturesAccount] = field(default_factory=dict)

    def of(self, uid: Uid) -> FuturesAccount:
        """The state of an account, for reading only."""
        return self.by_uid.get(uid, UNTOUCHED)

    def opened(self, uid: Uid) -> FuturesAccount:
        """The state of an account, for changing."""
        account = self.by_uid.get(uid)
        if account is None:
            account = self.by_uid[uid] = FuturesAccount()
        return account


UNTOUCHED = FuturesAccount()


def setting_of(chosen: Mapping[str, SymbolSetting], contract: Contract) -> SymbolSetting:
    """What an account chose for a symbol, and cross margin at 20x where it chose nothing.

    A leverage that the symbol's tiers no longer allow is cut to the largest that they do.
    """
    leverage, isolated = chosen.get(contract.symbol) or DEFAULT_SETTING
    return SymbolSetting(min(leverage, contract.max_leverage), isolated)


def apply_postings(accounts: FuturesAccounts, postings: Iterable[Posting], at: Millis) -> None:
    """Note when balances of futures wallets changed."""
    for posting in postings:
        if posting.wallet == UMFUTURE:
            account = accounts.opened(posting.uid)
            if len(account.moved) == 1 and account.moved[0][0] == posting.asset:
                account.moved = ((posting.asset, at),)
            else:
                account.moved = (*_others(account.moved, posting.asset), (posting.asset, at))


def apply_multi_assets_mode_set(accounts: FuturesAccounts, event: MultiAssetsModeSet) -> None:
    """Switch the asset mode."""
    accounts.opened(event.uid).multi_assets = event.on


def apply_position_mode_set(accounts: FuturesAccounts, event: PositionModeSet) -> None:
    """Switch the position mode."""
    accounts.opened(event.uid).hedge = event.hedge


def apply_fee_burn_set(accounts: FuturesAccounts, event: FeeBurnSet) -> None:
    """Switch paying fees in BNB."""
    accounts.opened(event.uid).fee_burn = event.on


def apply_fees_set(accounts: FuturesAccounts, event: FeesSet) -> None:
    """Take the new rates."""
    accounts.opened(event.uid).fees = Fees(event.tier, event.maker, event.taker)


def apply_leverage_set(accounts: FuturesAccounts, contract: Contract, event: LeverageSet) -> None:
    """Change the leverage of a symbol; its margin type stays."""
    account = accounts.opened(event.uid)
    isolated = account.setting(contract).isolated
    setting = SymbolSetting(event.leverage, isolated)
    account.symbols = {**account.symbols, event.symbol: setting}


def apply_margin_type_set(
    accounts: FuturesAccounts, contract: Contract, event: MarginTypeSet
) -> None:
    """Change the margin type of a symbol; its leverage stays."""
    account = accounts.opened(event.uid)
    setting = SymbolSetting(account.setting(contract).leverage, event.isolated)
    account.symbols = {**account.symbols, event.symbol: setting}


def apply_margin_moved(accounts: FuturesAccounts, event: MarginMoved) -> None:
    """An isolated position has more or less margin."""
    exposure = accounts.opened(event.uid).exposed(event.symbol)
    exposure.positions[event.position_side].isolated_wallet = event.isolated_wallet


def apply_margin_called(accounts: FuturesAccounts, event: MarginCalled) -> None:
    """Note that the account was warned of a pool, or that the reason is gone."""
    account = accounts.opened(event.uid)
    others = tuple(pool for pool in account.called if pool != event.pool)
    account.called = (*others, event.pool) if event.on else others


def _others(moved: Moved, asset: str) -> Moved:
    return tuple(pair for pair in moved if pair[0] != asset)

"""The state as bytes: for snapshots, which are caches, and for the digest that compares states.

The form is canonical: accounts stand in the order of their uids, holdings in the order of
first use (which answers show). Equal histories give equal bytes.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from clearhouse.accounts.exports import Export
from clearhouse.accounts.listen_keys import ListenKey
from clearhouse.accounts.register import Account
from clearhouse.engine.state import ClockSetting, KeptAnswer, State
from clearhouse.engine.trading_snapshot import (
    Positions,
    TradingImage,
    exposures_of,
    positions_of,
    restore_trading,
    trading_image,
)
from clearhouse.ledger.books import Holdings
from clearhouse.margin.futures_account import (
    NO_EXPOSURES,
    NO_SETTINGS,
    FuturesAccount,
    Moved,
    PoolName,
)
from clearhouse.market.catalogue import futures_assets
from clearhouse.market.rules import rules_of
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.queries import Fees, KeyView, SymbolSetting
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import VENUE, Millis, Seq, TranId, Uid
from clearhouse.model.instruments import Asset, Contract
from clearhouse.model.wallets import Wallet
from clearhouse.wallets.settings import Sent, WalletSettings

FORM = 5
"""Changes with every change of the classes below; a snapshot of another form is ignored."""

ACCOUNTS_PER_PART = 5_000

T = TypeVar("T")


class KeyImage(Struct, frozen=True, array_like=True):
    """A key of an account; permissions in a fixed order."""

    api_key: str
    kind: KeyKind
    material: bytes
    permissions: tuple[Permission, ...]
    allowed_ips: tuple[str, ...]
    created_at: Millis


class FuturesImage(Struct, frozen=True, array_like=True):
    """Settings of a futures account; symbols in the order in which they were first set."""

    multi_assets: bool
    hedge: bool
    moved: Moved
    fee_burn: bool
    fees: Fees
    symbols: tuple[tuple[str, SymbolSetting], ...]
    positions: Positions
    called: tuple[PoolName, ...]


class WalletSettingsImage(Struct, frozen=True, array_like=True):
    """Settings of an account's wallets."""

    spot_burn: bool
    interest_burn: bool
    fast_withdraw: bool
    whitelist: bool
    addresses: tuple[SavedAddress, ...]
    sent: Sent


class AccountImage(Struct, frozen=True, array_like=True):
    """An account with everything that belongs to it; settings are None where never touched."""

    uid: Uid
    label: str
    opened_at: Millis
    revision: Seq
    moved_at: Millis
    keys: tuple[KeyImage, ...]
    holdings: tuple[tuple[Wallet, str, int], ...]
    futures: FuturesImage | None
    wallets: WalletSettingsImage | None
    listen_key: ListenKey | None


class ExportImage(Struct, frozen=True, array_like=True):
    """An export."""

    export_id: int
    uid: Uid
    kind: ExportKind
    start: Millis
    end: Millis
    requested_at: Millis
    expires_at: Millis | None


class VenueImage(Struct, frozen=True, array_like=True):
    """What belongs to no account. Venue balances are text: they may exceed 64 bits."""

    form: int
    seq: Seq
    at: Millis
    venue_revision: Seq
    next_uid: Uid
    next_tran_id: TranId
    next_export_id: int
    clock: tuple[str, Millis, int]
    catalogue_revision: int
    assets: tuple[Asset, ...]
    contracts: tuple[Contract, ...]
    indices: tuple[tuple[str, int], ...]
    venue_holdings: tuple[tuple[Wallet, str, str], ...]
    revoked: tuple[tuple[str, Uid], ...]
    answers: tuple[tuple[str, bytes, bytes], ...]
    exports: tuple[ExportImage, ...]
    trading: TradingImage


_encode = msgspec.msgpack.Encoder().encode
_decode_venue = msgspec.msgpack.Decoder(VenueImage).decode
_decode_accounts = msgspec.msgpack.Decoder(list[AccountImage]).decode


def digest(state: State) -> bytes:
    """SHA-256 over the canonical form: equal states, equal digests."""
    whole = hashlib.sha256()
    for part in dump(state):
        whole.update(part)
    return whole.digest()


def dump(state: State) -> Iterator[bytes]:
    """The venue, then the accounts in parts."""
    yield _encode(_venue_image(state))
    for uids in _chunks(sorted(state.register.accounts), ACCOUNTS_PER_PART):
        yield _encode([_account_image(state, uid) for uid in uids])


def load(parts: Iterable[bytes]) -> State:
    """The state that was dumped. Refuses another form with `ValueError`."""
    iterator = iter(parts)
    venue = _decode_venue(next(iterator))
    if venue.form != FORM:
        raise ValueError(f"the snapshot has form {venue.form}, this version reads {FORM}")
    state = _restore_venue(venue)
    for part in iterator:
        for image in _decode_accounts(part):
            _restore_account(state, image)
    restore_trading(state, venue.trading)
    return state


def _venue_image(state: State) -> VenueImage:
    listed = state.catalogue
    venue = state.books.of(VENUE).items()
    return VenueImage(
        FORM,
        state.seq,
        state.at,
        state.venue_revision,
        state.register.next_uid,
        state.next_tran_id,
        state.next_export_id,
        (state.clock.mode, state.clock.now, state.clock.rate),
        listed.revision,
        tuple(listed.assets.values()),
        tuple(listed.contracts.values()),
        tuple(listed.indices.items()),
        tuple((wallet, asset, str(units)) for (wallet, asset), units in venue),
        tuple(state.register.revoked.items()),
        tuple((key, *kept) for key, kept in state.answers.items()),
        tuple(ExportImage(*_fields(export)) for export in state.exports.values()),
        trading_image(state),
    )


def _account_image(state: State, uid: Uid) -> AccountImage:
    account = state.register.accounts[uid]
    futures, wallets = state.futures.by_uid.get(uid), state.wallets.by_uid.get(uid)
    return AccountImage(
        uid,
        account.label,
        account.opened_at,
        account.revision,
        account.moved_at,
        tuple(_key_image(state.register.keys[name]) for name in account.api_keys),
        tuple((*slot, units) for slot, units in state.books.of(uid).items()),
        _futures_image(futures, positions_of(state, uid)) if futures else None,
        WalletSettingsImage(*_fields(wallets)) if wallets else None,
        state.listen_keys.get(uid),
    )


def _futures_image(account: FuturesAccount, positions: Positions) -> FuturesImage:
    return FuturesImage(
        account.multi_assets,
        account.hedge,
        account.moved,
        account.fee_burn,
        account.fees,
        tuple(account.symbols.items()),
        positions,
        account.called,
    )


def _fields(record: Export | WalletSettings) -> tuple[Any, ...]:
    """The fields of a record whose image has the same ones."""
    return tuple(getattr(record, field.name) for field in dataclasses.fields(record))


def _key_image(key: KeyView) -> KeyImage:
    permissions = tuple(sorted(key.permissions))
    return KeyImage(
        key.api_key, key.kind, key.material, permissions, key.allowed_ips, key.created_at
    )


def _restore_venue(image: VenueImage) -> State:
    state = State(image.seq, image.at, image.venue_revision, image.next_tran_id)
    state.next_export_id = image.next_export_id
    state.exports = {row.export_id: Export(*msgspec.structs.astuple(row)) for row in image.exports}
    state.clock = ClockSetting(*image.clock)
    state.register.next_uid = image.next_uid
    state.register.revoked = dict(image.revoked)
    listed = state.catalogue
    listed.assets = {asset.name: asset for asset in image.assets}
    listed.contracts = {contract.symbol: contract for contract in image.contracts}
    listed.rules = {contract.symbol: rules_of(contract) for contract in image.contracts}
    listed.indices = dict(image.indices)
    listed.futures_assets = futures_assets(listed)
    listed.revision = image.catalogue_revision
    if image.venue_holdings:
        held: Holdings = {
            (wallet, asset): int(units) for wallet, asset, units in image.venue_holdings
        }
        state.books.restore(VENUE, held)
    state.answers = {key: KeptAnswer(*kept) for key, *kept in image.answers}
    return state


def _restore_account(state: State, image: AccountImage) -> None:
    uid, register = image.uid, state.register
    names = tuple(key.api_key for key in image.keys)
    register.accounts[uid] = Account(
        uid, image.label, image.opened_at, names, image.revision, image.moved_at
    )
    for key in image.keys:
        register.add_key(
            KeyView(
                key.api_key,
                uid,
                key.kind,
                key.material,
                frozenset(key.permissions),
                key.allowed_ips,
                key.created_at,
            )
        )
    if image.holdings:
        held: Holdings = {(wallet, asset): units for wallet, asset, units in image.holdings}
        state.books.restore(uid, held)
    if image.futures:
        state.futures.by_uid[uid] = _futures_account(image.futures)
    if image.wallets:
        state.wallets.by_uid[uid] = WalletSettings(*msgspec.structs.astuple(image.wallets))
    if image.listen_key:
        state.listen_keys[uid] = image.listen_key


def _futures_account(image: FuturesImage) -> FuturesAccount:
    return FuturesAccount(
        image.multi_assets,
        image.hedge,
        image.moved,
        image.fee_burn,
        image.fees,
        dict(image.symbols) or NO_SETTINGS,
        exposures_of(image.positions) or NO_EXPOSURES,
        image.called,
    )


def _chunks(items: list[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk

"""Bodies of the control plane, and how they become commands.

Numbers may be JSON numbers or texts; they are read as decimals, never as floats.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from clearhouse.admin.errors import malformed
from clearhouse.api.signing import load_public_key
from clearhouse.market.catalogue import check_assets
from clearhouse.market.rules import rules_of
from clearhouse.messages.commands import Credential, ListAsset, ListContract, OpenAccount
from clearhouse.messages.queries import CatalogueView
from clearhouse.model.access import ALL_PERMISSIONS, API_KEY_LENGTH, KeyKind, Permission
from clearhouse.model.addresses import NETWORK
from clearhouse.model.ids import DAY_MS, Uid
from clearhouse.model.instruments import Asset, Bracket, Contract
from clearhouse.model.money import (
    MAX_BALANCE_UNITS,
    SCALE,
    AmountError,
    Money,
    multiply_toward_zero,
    parse_units,
    trimmed,
)
from clearhouse.model.wallets import Wallet, WalletKind, wallet_of
from clearhouse.runtime.entropy import key_text
from clearhouse.runtime.sealing import Sealer

T = TypeVar("T")

Decimal = str | int
Label = Annotated[str, Meta(max_length=200)]
_NAME = r"^\w[\w.-]{0,39}\Z"
Name = Annotated[str, Meta(pattern=_NAME)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Text = Annotated[str, Meta(pattern=r"^-?[0-9]{1,20}(\.[0-9]{1,20})?\Z")]

MAX_FEE_RATE = SCALE // 10
PRICE_DECIMALS, QUANTITY_DECIMALS = 2, 3
"""Decimals of a new symbol that needs no more."""
FILTERS = (
    "tick_size",
    "min_price",
    "max_price",
    "step_size",
    "min_qty",
    "max_qty",
    "market_min_qty",
    "market_max_qty",
    "min_notional",
    "multiplier_up",
    "multiplier_down",
    "market_take_bound",
    "trigger_protect",
)
"""What of a contract is computed with, and so must be an amount."""

_decode_any = msgspec.json.Decoder(float_hook=str).decode
_KEY_SHAPE = re.compile(rf"[A-Za-z0-9]{{{API_KEY_LENGTH}}}\Z")


class AccountBody(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`POST /accounts`. A wallet of `balances` is MAIN, …, or ISOLATED_MARGIN:BTCUSDT."""

    label: Label = ""
    uid: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    api_key: str | None = None
    api_secret: str | None = None
    balances: dict[str, dict[str, Decimal]] = {}


class KeyBody(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`POST /accounts/{uid}/keys`."""

    kind: KeyKind
    public_key: str | None = None
    permissions: tuple[Permission, ...] = ALL_PERMISSIONS
    ip_restrict: tuple[str, ...] = ()


class FundsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /accounts/{uid}/deposits` and `/withdrawals`."""

    wallet: str
    asset: Name
    amount: Decimal
    symbol: Name | None = None


class FeesBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PUT /accounts/{uid}/fees`. Rates are fractions: 0.0002 is 0.02%."""

    maker: Decimal
    taker: Decimal
    tier: Annotated[int, Meta(ge=0, le=9)] = 0


class DividendBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /accounts/{uid}/dividends`."""

    asset: Name
    amount: Decimal
    info: Label | None = None


class AddressBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /accounts/{uid}/addresses`."""

    coin: Name
    address: str
    network: Name = NETWORK
    tag: Label = ""
    name: Label = ""
    trusted: bool = False


class WhitelistBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`PUT /accounts/{uid}/whitelist`."""

    enabled: bool


class IndexBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`PUT /assets/{asset}/index`."""

    index: Decimal


class ClockBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`PUT /clock`."""

    mode: str
    now: Count | None = None
    rate: Decimal | None = None


class AdvanceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /clock/advance`: a year at most, because all funding of that time is settled."""

    ms: Annotated[int, Meta(ge=0, le=366 * DAY_MS)]


class BracketBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """A row of `brackets`, with the names of leverageBracket."""

    initial_leverage: Annotated[int, Meta(ge=1, le=1000)]
    notional_floor: Decimal
    notional_cap: Decimal
    maint_margin_ratio: Decimal
    cum: Decimal


class SymbolBody(Struct, frozen=True, kw_only=True, rename="camel"):
    """`PUT /symbols/{symbol}`: what is left out stays as it was, or takes the default here."""

    base_asset: Name
    quote_asset: Name
    margin_asset: Name | None = None
    price_precision: Annotated[int, Meta(ge=0, le=8)] | None = None
    quantity_precision: Annotated[int, Meta(ge=0, le=8)] | None = None
    tick_size: Text = "0.01"
    min_price: Text = "0.01"
    max_price: Text = "1000000"
    step_size: Text = "0.001"
    min_qty: Text = "0.001"
    max_qty: Text = "10000"
    market_min_qty: Text = "0.001"
    market_max_qty: Text = "1000"
    min_notional: Text = "5"
    multiplier_up: Text = "1.0500"
    multiplier_down: Text = "0.9500"
    multiplier_decimal: Text = "4"
    liquidation_fee: Text = "0.012500"
    market_take_bound: Text = "0.05"
    trigger_protect: Text = "0.0500"
    max_num_orders: Annotated[int, Meta(ge=1, le=10_000)] = 200
    onboard_date: Count = 1_569_398_400_000
    funding_interval_hours: Literal[1, 4, 8] = 8
    funding_cap: Text = "0.02000"
    funding_floor: Text = "-0.02000"
    brackets: Annotated[tuple[BracketBody, ...], Meta(min_length=1)] = (
        BracketBody(
            initial_leverage=20,
            notional_floor=0,
            notional_cap=1_000_000,
            maint_margin_ratio="0.025",
            cum=0,
        ),
    )


class NewKey(Struct, frozen=True):
    """A key and, for HMAC, the secret that is shown this one time."""

    api_key: str
    api_secret: str | None


def decode_body(raw: bytes, shape: type[T]) -> T:
    """The body of a request; refuses what is no JSON of the shape."""
    try:
        return msgspec.convert(_decode_any(raw or b"{}"), shape)
    except msgspec.ValidationError as error:
        raise malformed(str(error)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise malformed(f"the body is no JSON: {error}") from None


def units_of(field: str, number: Decimal) -> int:
    """Units of a decimal; refuses what is no amount, and what the journal cannot hold."""
    try:
        units = parse_units(str(number))
    except AmountError as error:
        raise malformed(f"{field}: '{str(number)[:40]}' is no amount ({error})") from None
    if units > MAX_BALANCE_UNITS:
        raise malformed(f"{field}: {number} is above {trimmed(MAX_BALANCE_UNITS)}")
    return units


def rate_of(field: str, number: Decimal) -> int:
    """Units of a fee rate; refuses rebates and what is more than a tenth."""
    units = units_of(field, number)
    if units > MAX_FEE_RATE:
        raise malformed(f"{field}: a rate is a fraction from 0 to {trimmed(MAX_FEE_RATE)}")
    return units


def fraction_of(field: str, text: str) -> int:
    """Units of a funding rate; refuses what is beyond the whole value of a position."""
    size = units_of(field, text.removeprefix("-"))
    if size > SCALE:
        raise malformed(f"{field}: a fraction from -1 to 1")
    return -size if text.startswith("-") else size


def name_of(field: str, text: str) -> str:
    """The name of an asset or a symbol; refuses what is none."""
    if not re.match(_NAME, text):
        raise malformed(f"{field}: '{text[:40]}' is no name (letters, digits, '_', '-', '.')")
    return text


def wallet_named(name: str, symbol: str | None = None) -> Wallet:
    """The wallet of a name; an isolated one takes its pair from the name or from `symbol`."""
    kind_name, _, pair = name.partition(":")
    if kind_name not in set(WalletKind):
        raise malformed(f"wallet: '{name[:40]}' is none of {', '.join(WalletKind)}")
    kind = WalletKind(kind_name)
    if pair and kind is not WalletKind.ISOLATED_MARGIN:
        raise malformed(f"wallet: {kind} has no pair, only ISOLATED_MARGIN has")
    pair = pair or symbol or ""
    if kind is WalletKind.ISOLATED_MARGIN and not pair:
        raise malformed("wallet: ISOLATED_MARGIN needs its pair in 'symbol'")
    return wallet_of(kind, pair)


def open_account(body: AccountBody, sealer: Sealer) -> tuple[OpenAccount, NewKey]:
    """The command of an account body, and the key to show."""
    key = NewKey(_key_text("apiKey", body.api_key), _key_text("apiSecret", body.api_secret))
    assert key.api_secret is not None
    credential = Credential(
        api_key=key.api_key,
        kind=KeyKind.HMAC,
        material=sealer.seal(key.api_secret.encode()),
        permissions=ALL_PERMISSIONS,
    )
    command = OpenAccount(
        label=body.label,
        uid=None if body.uid is None else Uid(body.uid),
        credential=credential,
        deposits=tuple(_deposits(body.balances)),
    )
    return command, key


def credential_of(body: KeyBody, sealer: Sealer) -> tuple[Credential, NewKey]:
    """The key that a body asks for. Refuses public keys that are none."""
    key = NewKey(key_text(), key_text() if body.kind is KeyKind.HMAC else None)
    credential = Credential(
        api_key=key.api_key,
        kind=body.kind,
        material=_material(body, key, sealer),
        permissions=body.permissions,
        allowed_ips=tuple(_network(text) for text in body.ip_restrict),
    )
    return credential, key


def list_symbol(
    symbol: str, raw: bytes, listed: CatalogueView
) -> Iterator[ListAsset | ListContract]:
    """The commands of a symbol body: its base asset where that is new, then the contract.

    The contract is checked against the assets before the first command, because an asset must
    not stay listed for a contract that is refused.
    """
    sent = decode_body(raw, dict[str, Any])
    known = listed.contracts.get(name_of("symbol", symbol))
    body = decode_body(msgspec.json.encode((_as_body(known) if known else {}) | sent), SymbolBody)
    facts = msgspec.structs.asdict(body) | {
        "symbol": symbol,
        "margin_asset": body.margin_asset or body.quote_asset,
        "price_precision": _precision(body.price_precision, body.tick_size, PRICE_DECIMALS),
        "quantity_precision": _precision(
            body.quantity_precision, body.step_size, QUANTITY_DECIMALS
        ),
        "brackets": tuple(_bracket(row) for row in body.brackets),
    }
    contract, base = Contract(**facts), body.base_asset
    _check_filters(contract)
    new = Asset(name=base, full_name=base, index=units_of("index", 1))
    check_assets({base: new} | listed.assets, contract)
    if base not in listed.assets:
        yield ListAsset(new)
    yield ListContract(contract)


def _precision(chosen: int | None, grid: str, least: int) -> int:
    """The decimals that were chosen; else some, or as many as the grid needs."""
    if chosen is not None:
        return chosen
    decimals = grid.partition(".")[2].rstrip("0")
    return max(least, len(decimals))


def _check_filters(contract: Contract) -> None:
    """Refuse filters that are no amounts, and grids that no price or quantity can stand on."""
    for name in FILTERS:
        units_of(_camel(name), getattr(contract, name))
    floor = fraction_of("fundingFloor", contract.funding_floor)
    if floor > fraction_of("fundingCap", contract.funding_cap):
        raise malformed("fundingCap: not below fundingFloor")
    rules = rules_of(contract)
    for field, size, unit in (
        ("tickSize", rules.tick, rules.price_unit),
        ("stepSize", rules.step, rules.quantity_unit),
    ):
        if size <= 0 or size % unit:
            raise malformed(f"{field}: above zero, with no more decimals than its precision")
    for field, (low, high) in (
        ("maxPrice", rules.price),
        ("maxQty", rules.quantity),
        ("marketMaxQty", rules.market_quantity),
    ):
        if not 0 < high >= low:
            raise malformed(f"{field}: above zero, and not below its minimum")
    largest = max(rules.quantity.high, rules.market_quantity.high)
    if multiply_toward_zero(rules.price.high, largest) > MAX_BALANCE_UNITS:
        raise malformed(f"maxPrice: the value of an order is at most {trimmed(MAX_BALANCE_UNITS)}")


def _deposits(balances: Mapping[str, Mapping[str, Decimal]]) -> Iterator[tuple[Wallet, Money]]:
    for wallet, assets in balances.items():
        for asset, amount in assets.items():
            units = units_of(f"balances.{wallet}.{asset}", amount)
            if units:
                yield wallet_named(wallet), Money(asset, units)


def _key_text(field: str, given: str | None) -> str:
    if given is None:
        return key_text()
    if not _KEY_SHAPE.match(given):
        raise malformed(f"{field}: {API_KEY_LENGTH} letters and digits are meant")
    return given


def _material(body: KeyBody, key: NewKey, sealer: Sealer) -> bytes:
    if key.api_secret is not None:
        return sealer.seal(key.api_secret.encode())
    if body.public_key is None:
        raise malformed("publicKey: an RSA or ED25519 key needs its public key (PEM)")
    pem = body.public_key.encode()
    try:
        load_public_key(body.kind, pem)
    except ValueError as error:
        raise malformed(f"publicKey: {error}") from None
    return pem


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise malformed(f"ipRestrict: '{text[:60]}' is no address and no network") from None


def _bracket(row: BracketBody) -> Bracket:
    return Bracket(
        initial_leverage=row.initial_leverage,
        notional_floor=units_of("brackets.notionalFloor", row.notional_floor),
        notional_cap=units_of("brackets.notionalCap", row.notional_cap),
        maint_margin_ratio=units_of("brackets.maintMarginRatio", row.maint_margin_ratio),
        cum=units_of("brackets.cum", row.cum),
    )


def _as_body(contract: Contract) -> dict[str, Any]:
    """A listed contract in the shape of a body, so that a change may leave fields out."""
    facts = msgspec.structs.asdict(contract)
    facts["brackets"] = [
        BracketBody(
            initial_leverage=b.initial_leverage,
            notional_floor=trimmed(b.notional_floor),
            notional_cap=trimmed(b.notional_cap),
            maint_margin_ratio=trimmed(b.maint_margin_ratio),
            cum=trimmed(b.cum),
        )
        for b in contract.brackets
    ]
    del facts["symbol"]
    return {_camel(name): value for name, value in facts.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)

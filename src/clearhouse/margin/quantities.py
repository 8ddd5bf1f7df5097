"""Every field of the balance and account answers: what it is, and what it follows from.

One table. `explain` evaluates it, the page /docs/numbers prints it, and tests hold it to the
answers of the endpoints and to docs/internals/numbers.md. A quantity is *derived* by a formula
(`margin/formulas.py`) from quantities of its own place or of the account, or it is *given*: read
from the books, the settings or the catalogue. `STEPS` are those that no answer shows.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from clearhouse.ledger.books import Books
from clearhouse.margin.exposure import Exposure, OpenValue
from clearhouse.margin.formulas import names_of
from clearhouse.margin.futures_account import FuturesAccount
from clearhouse.margin.requirements import NO_ORDERS, bracket_of, initial_margin_rate
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.messages.queries import Place, SymbolSetting
from clearhouse.model.ids import Uid, account_alias
from clearhouse.model.instruments import Bracket, Collateral, Contract
from clearhouse.model.money import (
    SCALE,
    fixed8,
    multiply_toward_zero,
    price_text,
    size_text,
    trimmed,
)
from clearhouse.model.orders import Position, PositionSide
from clearhouse.model.wallets import UMFUTURE

BALANCES, POSITIONS, SETTINGS = "Balances", "Positions", "Settings"
ORDERS, ISOLATED = "Open orders", "Isolated margin"
SINGLE, MULTI = "Single-asset mode", "Multi-assets mode"
"""Sections of docs/internals/numbers.md."""

Value = str | int | bool


class Scope(StrEnum):
    """What has the quantity: the account, one asset of it, or one position of it."""

    ACCOUNT = "account"
    ASSET = "asset"
    POSITION = "position"


class Account(NamedTuple):
    """Everything that is read. `sides`: those of the account's positions."""

    catalogue: Catalogue
    markets: Markets
    books: Books
    settings: FuturesAccount
    uid: Uid
    sides: tuple[str, ...]


class Formula(NamedTuple):
    """A formula and the section that it stands in."""

    text: str
    section: str


class Derived(NamedTuple):
    """Follows by a formula; `single` also holds in multi-assets mode for what is no collateral.

    `nothing`: what it means that no term of a sum counts.
    """

    single: Formula
    multi: Formula
    nothing: str = "every term is zero"


class Given(NamedTuple):
    """Read from the account. `source`: where it comes from; `inputs`: what decides it."""

    read: Callable[[Account, Place], Value]
    source: str
    section: str
    inputs: tuple[str, ...] = ()


Form = Callable[[int, Account, Place], str]


def _fixed(units: int, _account: Account, _place: Place) -> str:
    return fixed8(units)


def _short(units: int, _account: Account, _place: Place) -> str:
    return trimmed(units)


def _price(units: int, _account: Account, _place: Place) -> str:
    return price_text(units)


def _size(units: int, account: Account, place: Place) -> str:
    return size_text(units, _contract(account, place).quantity_precision)


class Quantity(NamedTuple):
    """A row of the table. `form`: how an amount is printed; None where it is no amount."""

    name: str
    meaning: str
    origin: Derived | Given
    form: Form | None = _fixed


def _plain(
    name: str,
    meaning: str,
    source: str,
    read: Callable[[Account, Place], Value],
    section: str = SETTINGS,
    inputs: tuple[str, ...] = (),
) -> Quantity:
    return Quantity(name, meaning, Given(read, source, section, inputs), None)


def _always(text: str, section: str) -> Derived:
    return Derived(Formula(text, section), Formula(text, section))


def _by_mode(single: str, multi: str) -> Derived:
    return Derived(Formula(single, SINGLE), Formula(multi, MULTI))


def _over_positions(term: str) -> Derived:
    formula = Formula(f"Σ({term})", POSITIONS)
    return Derived(formula, formula, "nothing open with its margin in {asset} adds to it")


def _asset_rule(read: Callable[[Collateral], int]) -> Given:
    def of(account: Account, place: Place) -> int:
        found = account.catalogue.assets[place.asset].collateral
        assert found is not None, "only multi-assets mode reads it, and only of collateral"
        return read(found)

    return Given(of, "the collateral parameters that {asset} is listed with", MULTI)


def _contract(account: Account, place: Place) -> Contract:
    return account.catalogue.contracts[place.symbol]


def _setting(account: Account, place: Place) -> SymbolSetting:
    return account.settings.setting(_contract(account, place))


def _max_notional(account: Account, place: Place) -> str:
    leverage = _setting(account, place).leverage
    return trimmed(_contract(account, place).max_notional(leverage))


def _brackets(account: Account, place: Place) -> str:
    tiers = _contract(account, place).brackets
    return ", ".join(f"{b.initial_leverage}x to {trimmed(b.notional_cap)}" for b in tiers)


def is_held(account: Account, place: Place) -> bool:
    """Whether a position is open or has open orders that may open."""
    orders = _orders(account, place)
    return bool(_position(account, place).quantity or orders.bids or orders.asks)


def _exposure(account: Account, place: Place) -> Exposure:
    return account.settings.exposure(place.symbol)


def _position(account: Account, place: Place) -> Position:
    return _exposure(account, place).position(PositionSide(place.side))


def _orders(account: Account, place: Place) -> OpenValue:
    return _exposure(account, place).open.get(PositionSide(place.side), NO_ORDERS)


def _mark(account: Account, place: Place) -> int:
    return account.markets[place.symbol].mark


def _tier(account: Account, place: Place) -> Bracket:
    value = multiply_toward_zero(_position(account, place).quantity, _mark(account, place))
    return bracket_of(_contract(account, place), value)


def _of_position(read: Callable[[Position], int], source: str, section: str = POSITIONS) -> Given:
    return Given(lambda account, place: read(_position(account, place)), source, section)


def _of_orders(read: Callable[[OpenValue], int], side: str) -> Given:
    return Given(
        lambda account, place: read(_orders(account, place)) // SCALE,
        f"Σ remaining quantity · price of the open {side} orders that may open",
        ORDERS,
    )


def _of_tier(read: Callable[[Bracket], int]) -> Given:
    return Given(
        lambda account, place: read(_tier(account, place)),
        "the tier of the brackets that the notional is in",
        POSITIONS,
        ("notional", "brackets"),
    )


NEED, MAINTENANCE = "Margin that positions and orders need.", "Margin that keeps positions open."
OF_POSITIONS, OF_ORDERS = "The positions' part of that.", "The open orders' part of that."
HELD, PROFIT = "What the wallet holds.", "Profit of the open positions."
FREE, LEAVES = "What new positions and orders may use.", "What may be transferred out."

FIELDS: dict[Scope, tuple[Quantity, ...]] = {
    Scope.ACCOUNT: (
        _plain("feeTier", "The fee tier.", "set by the operator, 0 for a new account",
               lambda a, _: a.settings.fees.tier),
        _plain("feeBurn", "Whether fees are paid in BNB.",
               "POST /fapi/v1/feeBurn, on for a new account", lambda a, _: a.settings.fee_burn),
        _plain("canTrade", "Whether the account may trade.", "no account is barred",
               lambda *_: True),
        _plain("canDeposit", "Whether it may transfer in.", "no account is barred",
               lambda *_: True),
        _plain("canWithdraw", "Whether it may transfer out.", "no account is barred",
               lambda *_: True),
        _plain("updateTime", "Reserved.", "the exchange leaves it unused; always 0", lambda *_: 0),
        _plain("multiAssetsMargin", "Whether the account is in multi-assets mode.",
               "POST /fapi/v1/multiAssetsMargin, off for a new account",
               lambda a, _: a.settings.multi_assets),
        _plain("tradeGroupId", "The trade group.", "no account is in one", lambda *_: -1),
        Quantity("totalInitialMargin", NEED,
                 _by_mode("initialMargin[USDT]", "Σ(initialMargin · askRate)")),
        Quantity("totalMaintMargin", MAINTENANCE,
                 _by_mode("maintMargin[USDT]", "Σ(maintMargin · askRate)")),
        Quantity("totalWalletBalance", HELD,
                 _by_mode("walletBalance[USDT]", "Σ(walletValue)")),
        Quantity("totalUnrealizedProfit", PROFIT,
                 _by_mode("unrealizedProfit[USDT]", "Σ(profitValue)")),
        Quantity("totalMarginBalance", "Wallet and profit: the account equity.",
                 _by_mode("marginBalance[USDT]", "Σ(equityValue)")),
        Quantity("totalPositionInitialMargin", OF_POSITIONS,
                 _by_mode("positionInitialMargin[USDT]", "Σ(positionInitialMargin · askRate)")),
        Quantity("totalOpenOrderInitialMargin", OF_ORDERS,
                 _by_mode("openOrderInitialMargin[USDT]", "Σ(openOrderInitialMargin · askRate)")),
        Quantity("totalCrossWalletBalance", HELD,
                 _by_mode("crossWalletBalance[USDT]", "Σ(walletValue)")),
        Quantity("totalCrossUnPnl", PROFIT, _by_mode("crossUnPnl[USDT]", "Σ(profitValue)")),
        Quantity("availableBalance", FREE, _by_mode("availableBalance[USDT]", "available")),
        Quantity("maxWithdrawAmount", LEAVES,
                 _by_mode("maxWithdrawAmount[USDT]", "withdrawable")),
    ),
    Scope.ASSET: (
        _plain("accountAlias", "The short public name of the account.",
               "derived from the uid, six letters", lambda a, _: account_alias(a.uid)),
        _plain("asset", "The asset of the row.", "the name of the row", lambda _, p: p.asset),
        Quantity("walletBalance", HELD,
                 Given(lambda a, p: a.books.balance(a.uid, UMFUTURE, p.asset),
                       "Σ postings to UMFUTURE:{asset}", BALANCES)),
        Quantity("balance", HELD, _always("walletBalance", BALANCES)),
        Quantity("crossWalletBalance", "What isolated positions leave of that.",
                 _always("walletBalance − Σ(isolatedWallet)", BALANCES)),
        Quantity("unrealizedProfit", PROFIT, _over_positions("unrealizedProfit")),
        Quantity("crossUnPnl", "Profit of the cross positions.",
                 _over_positions("unrealizedProfit · cross")),
        Quantity("marginBalance", "Wallet and profit.",
                 _always("walletBalance + unrealizedProfit", BALANCES)),
        Quantity("maintMargin", MAINTENANCE, _over_positions("maintMargin")),
        Quantity("initialMargin", NEED,
                 _always("positionInitialMargin + openOrderInitialMargin", POSITIONS)),
        Quantity("positionInitialMargin", OF_POSITIONS, _over_positions("positionInitialMargin")),
        Quantity("openOrderInitialMargin", OF_ORDERS, _over_positions("openOrderInitialMargin")),
        Quantity("availableBalance", FREE,
                 _by_mode("max(0, crossWalletBalance + crossUnPnl "
                          "− Σ(positionInitialMargin · cross) − openOrderInitialMargin)",
                          "available / askRate")),
        Quantity("maxWithdrawAmount", LEAVES,
                 _by_mode("max(0, min(crossWalletBalance − Σ(openOrderInitialMargin · (1 − cross)) "
                          "− Σ(maintMargin · cross), crossWalletBalance + crossUnPnl "
                          "− Σ(positionInitialMargin · cross) − openOrderInitialMargin))",
                          "max(0, min(crossWalletBalance, withdrawable / bidRate)) "
                          "if bidRate > 0 else max(0, crossWalletBalance)")),
        _plain("marginAvailable", "Whether it is collateral in multi-assets mode.",
               "whether {asset} is listed with collateral parameters",
               lambda a, p: a.catalogue.assets[p.asset].collateral is not None),
        _plain("updateTime", "When the balance last changed, in UTC milliseconds.",
               "the time of the last posting to UMFUTURE:{asset}, 0 where there is none",
               lambda a, p: a.settings.moved_at(p.asset), BALANCES),
    ),
    Scope.POSITION: (
        _plain("symbol", "The symbol of the row.", "the name of the row",
               lambda _, p: p.symbol, POSITIONS),
        Quantity("initialMargin", NEED,
                 _always("max(abs(notional), abs(notional + bidNotional), "
                         "abs(notional − askNotional)) · initialMarginRate", ORDERS), _short),
        Quantity("maintMargin", MAINTENANCE,
                 _always("max(0, abs(notional) · maintMarginRatio − cum)", POSITIONS), _short),
        Quantity("unrealizedProfit", "Profit of the position.",
                 _always("positionAmt · (markPrice − entryPrice)", POSITIONS)),
        Quantity("positionInitialMargin", OF_POSITIONS,
                 _always("abs(notional) · initialMarginRate", POSITIONS), _short),
        Quantity("openOrderInitialMargin", OF_ORDERS,
                 _always("initialMargin − positionInitialMargin", ORDERS), _short),
        _plain("leverage", "The leverage of the symbol.",
               "POST /fapi/v1/leverage, else 20; never above what the brackets allow",
               lambda a, p: str(_setting(a, p).leverage), POSITIONS, ("brackets",)),
        _plain("isolated", "Whether the symbol has isolated margin.",
               "POST /fapi/v1/marginType, cross for a new account",
               lambda a, p: _setting(a, p).isolated, POSITIONS),
        Quantity("entryPrice", "The average price of entry.",
                 _of_position(lambda position: position.entry_price,
                              "the average price of the fills that opened it"), _price),
        _plain("maxNotional", "The largest value that the position may have.",
               "the largest cap of the brackets that allow the leverage",
               _max_notional, POSITIONS, ("leverage", "brackets")),
        Quantity("bidNotional", "Value of the open buy orders.",
                 _of_orders(lambda orders: orders.bids, "buy"), _short),
        Quantity("askNotional", "Value of the open sell orders.",
                 _of_orders(lambda orders: orders.asks, "sell"), _short),
        _plain("positionSide", "BOTH in one-way mode, LONG and SHORT in hedge mode.",
               "POST /fapi/v1/positionSide/dual, one-way for a new account",
               lambda _, p: p.side, POSITIONS),
        Quantity("positionAmt", "The size, negative when short.",
                 _of_position(lambda position: position.quantity,
                              "what was bought less what was sold in {symbol}"), _size),
        Quantity("notional", "The value of the position at the mark.",
                 _always("positionAmt · markPrice", POSITIONS), _short),
        Quantity("isolatedWallet", "What was assigned to an isolated position.",
                 _of_position(lambda position: position.isolated_wallet,
                              "initial margin of its fills, less fees, and what was added or taken",
                              ISOLATED), _short),
        Quantity("isolatedMargin", "Wallet and profit of an isolated position.",
                 _always("(isolatedWallet + unrealizedProfit) · (1 − cross)", ISOLATED)),
        _plain("updateTime", "When the position last changed.",
               "the time of its last fill, 0 where nothing is open",
               lambda a, p: _position(a, p).updated_at if is_held(a, p) else 0, POSITIONS),
    ),
}  # fmt: skip
"""Fields of the answers, in the order in which those show them."""

STEPS: dict[Scope, tuple[Quantity, ...]] = {
    Scope.ACCOUNT: (
        Quantity("available", "USD that all collateral leaves free.",
                 _always("max(0, totalMarginBalance − totalInitialMargin)", MULTI)),
        Quantity("withdrawable", "USD that may be transferred out.",
                 _always("max(0, min(totalWalletBalance − totalMaintMargin, "
                         "totalMarginBalance − totalInitialMargin))", MULTI)),
    ),
    Scope.ASSET: (
        Quantity("walletValue", "USD that the wallet counts for.",
                 _always("walletBalance · bidRate if walletBalance ≥ 0 "
                         "else walletBalance · askRate", MULTI)),
        Quantity("profitValue", "USD that the profit counts for.",
                 _always("crossUnPnl · bidRate if crossUnPnl ≥ 0 "
                         "else crossUnPnl · askRate", MULTI)),
        Quantity("equity", "Wallet and profit of cross margin.",
                 _always("crossWalletBalance + crossUnPnl", MULTI)),
        Quantity("equityValue", "USD that the equity counts for.",
                 _always("equity · bidRate if equity ≥ 0 else equity · askRate", MULTI)),
        Quantity("bidRate", "USD for a unit of what is owned.",
                 _always("index · (1 − bidBuffer)", MULTI)),
        Quantity("askRate", "USD for a unit of what is owed or needed.",
                 _always("index · (1 + askBuffer)", MULTI)),
        Quantity("index", "The price in USD.",
                 Given(lambda a, p: a.catalogue.indices[p.asset],
                       "PUT /_clearhouse/v1/assets/{asset}/index, or as listed", MULTI)),
        Quantity("bidBuffer", "Taken off the price of what is owned.",
                 _asset_rule(lambda rule: rule.bid_buffer)),
        Quantity("askBuffer", "Put on the price of what is owed or needed.",
                 _asset_rule(lambda rule: rule.ask_buffer)),
    ),
    Scope.POSITION: (
        _plain("brackets", "The leverage tiers and their caps.",
               "the brackets that {symbol} is listed with", _brackets, POSITIONS),
        Quantity("markPrice", "The mark of the symbol.",
                 Given(_mark, "PUT /_clearhouse/v1/symbols/{symbol}/price, or as listed",
                       POSITIONS)),
        Quantity("initialMarginRate", "The part of its value that a position needs.",
                 Given(lambda a, p: initial_margin_rate(_setting(a, p).leverage),
                       "1 / leverage, rounded half-up at 8 decimals", POSITIONS, ("leverage",))),
        Quantity("maintMarginRatio", "The part of its value that keeps a position open.",
                 _of_tier(lambda tier: tier.maint_margin_ratio), _short),
        Quantity("cum", "What the tiers below need less.", _of_tier(lambda tier: tier.cum), _short),
        Quantity("cross", "One with cross margin, zero with isolated margin.",
                 Given(lambda a, p: 0 if _setting(a, p).isolated else SCALE,
                       "the margin type of the symbol", POSITIONS, ("isolated",)), _short),
    ),
}  # fmt: skip
"""What formulas and rules read besides fields."""

QUANTITIES: dict[tuple[Scope, str], Quantity] = {
    (scope, row.name): row for scope in Scope for row in (*FIELDS[scope], *STEPS[scope])
}
_BELOW = {Scope.ACCOUNT: Scope.ASSET, Scope.ASSET: Scope.POSITION}


def scope_of(place: Place) -> Scope:
    """What a place is: its symbol makes it a position, its asset an asset."""
    if place.symbol:
        return Scope.POSITION
    return Scope.ASSET if place.asset else Scope.ACCOUNT


def scopes_with(field: str) -> tuple[Scope, ...]:
    """What has a field of this name; nothing has an unknown one."""
    return tuple(scope for scope in Scope if field in names_in(scope))


def names_in(scope: Scope) -> tuple[str, ...]:
    """The names of the fields."""
    return tuple(row.name for row in FIELDS[scope])


def reads(scope: Scope, formula: Formula) -> dict[str, Scope]:
    """What has each quantity that a formula of something reads."""
    found = {name: _BELOW[scope] if below else scope for name, below in names_of(formula.text)}
    return {
        name: where if (where, name) in QUANTITIES else Scope.ACCOUNT
        for name, where in found.items()
    }

"""Every field of the balance and account answers: what it is, and what it follows from.

One table. `explain` evaluates it, the page /docs/numbers prints it, and tests hold it to the
answers of the endpoints and to docs/internals/numbers.md. `STEPS` are those that no answer shows;
what else positionRisk shows, and margin ratios, are in `margin/risk_quantities.py`.
"""

from clearhouse.margin.formulas import names_of
from clearhouse.margin.quantity import (
    BALANCES,
    ISOLATED,
    MULTI,
    ORDERS,
    POSITIONS,
    Formula,
    Given,
    Quantity,
    Scope,
    always,
    as_price,
    as_size,
    asset_rule,
    brackets_of,
    by_mode,
    is_held,
    max_notional,
    of_orders,
    of_position,
    of_tier,
    over_positions,
    plain,
    position_of,
    setting_in,
    short,
)
from clearhouse.margin.requirements import initial_margin_rate
from clearhouse.margin.risk_quantities import RISK, RISK_STEPS
from clearhouse.messages.queries import Place
from clearhouse.model.ids import account_alias
from clearhouse.model.money import SCALE
from clearhouse.model.wallets import UMFUTURE

NEED, MAINTENANCE = "Margin that positions and orders need.", "Margin that keeps positions open."
OF_POSITIONS, OF_ORDERS = "The positions' part of that.", "The open orders' part of that."
HELD, PROFIT = "What the wallet holds.", "Profit of the open positions."
FREE, LEAVES = "What new positions and orders may use.", "What may be transferred out."

FIELDS: dict[Scope, tuple[Quantity, ...]] = {
    Scope.ACCOUNT: (
        plain("feeTier", "The fee tier.", "set by the operator, 0 for a new account",
               lambda a, _: a.settings.fees.tier),
        plain("feeBurn", "Whether fees are paid in BNB.",
               "POST /fapi/v1/feeBurn, on for a new account", lambda a, _: a.settings.fee_burn),
        plain("canTrade", "Whether the account may trade.", "no account is barred",
               lambda *_: True),
        plain("canDeposit", "Whether it may transfer in.", "no account is barred",
               lambda *_: True),
        plain("canWithdraw", "Whether it may transfer out.", "no account is barred",
               lambda *_: True),
        plain("updateTime", "Reserved.", "the exchange leaves it unused; always 0", lambda *_: 0),
        plain("multiAssetsMargin", "Whether the account is in multi-assets mode.",
               "POST /fapi/v1/multiAssetsMargin, off for a new account",
               lambda a, _: a.settings.multi_assets),
        plain("tradeGroupId", "The trade group.", "no account is in one", lambda *_: -1),
        Quantity("totalInitialMargin", NEED,
                 by_mode("initialMargin[USDT]", "Σ(initialMargin · askRate)")),
        Quantity("totalMaintMargin", MAINTENANCE,
                 by_mode("maintMargin[USDT]", "Σ(maintMargin · askRate)")),
        Quantity("totalWalletBalance", HELD,
                 by_mode("walletBalance[USDT]", "Σ(walletValue)")),
        Quantity("totalUnrealizedProfit", PROFIT,
                 by_mode("unrealizedProfit[USDT]", "Σ(profitValue)")),
        Quantity("totalMarginBalance", "Wallet and profit: the account equity.",
                 by_mode("marginBalance[USDT]", "Σ(equityValue)")),
        Quantity("totalPositionInitialMargin", OF_POSITIONS,
                 by_mode("positionInitialMargin[USDT]", "Σ(positionInitialMargin · askRate)")),
        Quantity("totalOpenOrderInitialMargin", OF_ORDERS,
                 by_mode("openOrderInitialMargin[USDT]", "Σ(openOrderInitialMargin · askRate)")),
        Quantity("totalCrossWalletBalance", HELD,
                 by_mode("crossWalletBalance[USDT]", "Σ(walletValue)")),
        Quantity("totalCrossUnPnl", PROFIT, by_mode("crossUnPnl[USDT]", "Σ(profitValue)")),
        Quantity("availableBalance", FREE, by_mode("availableBalance[USDT]", "available")),
        Quantity("maxWithdrawAmount", LEAVES,
                 by_mode("maxWithdrawAmount[USDT]", "withdrawable")),
    ),
    Scope.ASSET: (
        plain("accountAlias", "The short public name of the account.",
               "derived from the uid, six letters", lambda a, _: account_alias(a.uid)),
        plain("asset", "The asset of the row.", "the name of the row", lambda _, p: p.asset),
        Quantity("walletBalance", HELD,
                 Given(lambda a, p: a.books.balance(a.uid, UMFUTURE, p.asset),
                       "Σ postings to UMFUTURE:{asset}", BALANCES)),
        Quantity("balance", HELD, always("walletBalance", BALANCES)),
        Quantity("crossWalletBalance", "What isolated positions leave of that.",
                 always("walletBalance − Σ(isolatedWallet)", BALANCES)),
        Quantity("unrealizedProfit", PROFIT, over_positions("unrealizedProfit")),
        Quantity("crossUnPnl", "Profit of the cross positions.",
                 over_positions("unrealizedProfit · cross")),
        Quantity("marginBalance", "Wallet and profit.",
                 always("walletBalance + unrealizedProfit", BALANCES)),
        Quantity("maintMargin", MAINTENANCE, over_positions("maintMargin")),
        Quantity("initialMargin", NEED,
                 always("positionInitialMargin + openOrderInitialMargin", POSITIONS)),
        Quantity("positionInitialMargin", OF_POSITIONS, over_positions("positionInitialMargin")),
        Quantity("openOrderInitialMargin", OF_ORDERS, over_positions("openOrderInitialMargin")),
        Quantity("availableBalance", FREE,
                 by_mode("max(0, crossWalletBalance + crossUnPnl "
                          "− Σ(positionInitialMargin · cross) − openOrderInitialMargin)",
                          "available / askRate")),
        Quantity("maxWithdrawAmount", LEAVES,
                 by_mode("max(0, min(crossWalletBalance − Σ(openOrderInitialMargin · (1 − cross)) "
                          "− Σ(maintMargin · cross), crossWalletBalance + crossUnPnl "
                          "− Σ(positionInitialMargin · cross) − openOrderInitialMargin))",
                          "max(0, min(crossWalletBalance, withdrawable / bidRate)) "
                          "if bidRate > 0 else max(0, crossWalletBalance)")),
        plain("marginAvailable", "Whether it is collateral in multi-assets mode.",
               "whether {asset} is listed with collateral parameters",
               lambda a, p: a.catalogue.assets[p.asset].collateral is not None),
        plain("updateTime", "When the balance last changed, in UTC milliseconds.",
               "the time of the last posting to UMFUTURE:{asset}, 0 where there is none",
               lambda a, p: a.settings.moved_at(p.asset), BALANCES),
    ),
    Scope.POSITION: (
        plain("symbol", "The symbol of the row.", "the name of the row",
               lambda _, p: p.symbol, POSITIONS),
        Quantity("initialMargin", NEED,
                 always("max(abs(notional), abs(notional + bidNotional), "
                         "abs(notional − askNotional)) · initialMarginRate", ORDERS), short),
        Quantity("maintMargin", MAINTENANCE,
                 always("max(0, abs(notional) · maintMarginRatio − cum)", POSITIONS), short),
        Quantity("unrealizedProfit", "Profit of the position.",
                 always("positionAmt · (markPrice − entryPrice)", POSITIONS)),
        Quantity("positionInitialMargin", OF_POSITIONS,
                 always("abs(notional) · initialMarginRate", POSITIONS), short),
        Quantity("openOrderInitialMargin", OF_ORDERS,
                 always("initialMargin − positionInitialMargin", ORDERS), short),
        plain("leverage", "The leverage of the symbol.",
               "POST /fapi/v1/leverage, else 20; never above what the brackets allow",
               lambda a, p: str(setting_in(a, p).leverage), POSITIONS, ("brackets",)),
        plain("isolated", "Whether the symbol has isolated margin.",
               "POST /fapi/v1/marginType, cross for a new account",
               lambda a, p: setting_in(a, p).isolated, POSITIONS),
        Quantity("entryPrice", "The average price of entry.",
                 of_position(lambda position: position.entry_price,
                              "the average price of the fills that opened it"), as_price),
        plain("maxNotional", "The largest value that the position may have.",
               "the largest cap of the brackets that allow the leverage",
               max_notional, POSITIONS, ("leverage", "brackets")),
        Quantity("bidNotional", "Value of the open buy orders.",
                 of_orders(lambda orders: orders.bids, "buy"), short),
        Quantity("askNotional", "Value of the open sell orders.",
                 of_orders(lambda orders: orders.asks, "sell"), short),
        plain("positionSide", "BOTH in one-way mode, LONG and SHORT in hedge mode.",
               "POST /fapi/v1/positionSide/dual, one-way for a new account",
               lambda _, p: p.side, POSITIONS),
        Quantity("positionAmt", "The size, negative when short.",
                 of_position(lambda position: position.quantity,
                              "what was bought less what was sold in {symbol}"), as_size),
        Quantity("notional", "The value of the position at the mark.",
                 always("positionAmt · markPrice", POSITIONS), short),
        Quantity("isolatedWallet", "What was assigned to an isolated position.",
                 of_position(lambda position: position.isolated_wallet,
                              "initial margin of its fills, less fees, and what was added or taken",
                              ISOLATED), short),
        Quantity("isolatedMargin", "Wallet and profit of an isolated position.",
                 always("(isolatedWallet + unrealizedProfit) · (1 − cross)", ISOLATED)),
        plain("updateTime", "When the position last changed.",
               "the time of its last fill, 0 where nothing is open",
               lambda a, p: position_of(a, p).updated_at if is_held(a, p) else 0, POSITIONS),
    ),
}  # fmt: skip
"""Fields of the answers, in the order in which those show them."""

STEPS: dict[Scope, tuple[Quantity, ...]] = {
    Scope.ACCOUNT: (
        Quantity("available", "USD that all collateral leaves free.",
                 always("max(0, totalMarginBalance − totalInitialMargin)", MULTI)),
        Quantity("withdrawable", "USD that may be transferred out.",
                 always("max(0, min(totalWalletBalance − totalMaintMargin, "
                         "totalMarginBalance − totalInitialMargin))", MULTI)),
    ),
    Scope.ASSET: (
        Quantity("walletValue", "USD that the wallet counts for.",
                 always("walletBalance · bidRate if walletBalance ≥ 0 "
                         "else walletBalance · askRate", MULTI)),
        Quantity("profitValue", "USD that the profit counts for.",
                 always("crossUnPnl · bidRate if crossUnPnl ≥ 0 "
                         "else crossUnPnl · askRate", MULTI)),
        Quantity("equity", "Wallet and profit of cross margin.",
                 always("crossWalletBalance + crossUnPnl", MULTI)),
        Quantity("equityValue", "USD that the equity counts for.",
                 always("equity · bidRate if equity ≥ 0 else equity · askRate", MULTI)),
        Quantity("bidRate", "USD for a unit of what is owned.",
                 always("index · (1 − bidBuffer)", MULTI)),
        Quantity("askRate", "USD for a unit of what is owed or needed.",
                 always("index · (1 + askBuffer)", MULTI)),
        Quantity("index", "The price in USD.",
                 Given(lambda a, p: a.catalogue.indices[p.asset],
                       "PUT /_clearhouse/v1/assets/{asset}/index, or as listed", MULTI)),
        Quantity("bidBuffer", "Taken off the price of what is owned.",
                 asset_rule(lambda rule: rule.bid_buffer)),
        Quantity("askBuffer", "Put on the price of what is owed or needed.",
                 asset_rule(lambda rule: rule.ask_buffer)),
    ),
    Scope.POSITION: (
        plain("brackets", "The leverage tiers and their caps.",
               "the brackets that {symbol} is listed with", brackets_of, POSITIONS),
        Quantity("initialMarginRate", "The part of its value that a position needs.",
                 Given(lambda a, p: initial_margin_rate(setting_in(a, p).leverage),
                       "1 / leverage, rounded half-up at 8 decimals", POSITIONS, ("leverage",))),
        Quantity("maintMarginRatio", "The part of its value that keeps a position open.",
                 of_tier(lambda tier: tier.maint_margin_ratio), short),
        Quantity("cum", "What the tiers below need less.", of_tier(lambda tier: tier.cum), short),
        Quantity("cross", "One with cross margin, zero with isolated margin.",
                 Given(lambda a, p: 0 if setting_in(a, p).isolated else SCALE,
                       "the margin type of the symbol", POSITIONS, ("isolated",)), short),
    ),
}  # fmt: skip
"""What formulas and rules read besides fields."""

QUANTITIES: dict[tuple[Scope, str], Quantity] = {
    (scope, row.name): row
    for table in (FIELDS, RISK, STEPS, RISK_STEPS)
    for scope in Scope
    for row in table[scope]
}
_BELOW = {
    Scope.ACCOUNT: Scope.ASSET,
    Scope.ASSET: Scope.POSITION,
    Scope.POSITION: Scope.POSITION,  # those that fall together
}


def scope_of(place: Place) -> Scope:
    """What a place is: its symbol makes it a position, its asset an asset."""
    if place.symbol:
        return Scope.POSITION
    return Scope.ASSET if place.asset else Scope.ACCOUNT


def scopes_with(field: str) -> tuple[Scope, ...]:
    """What has a field of this name; nothing has an unknown one."""
    return tuple(scope for scope in Scope if field in names_in(scope))


def names_in(scope: Scope) -> tuple[str, ...]:
    """The names of the fields, and of what else can be asked for."""
    return tuple(row.name for row in (*FIELDS[scope], *RISK[scope]))


def reads(scope: Scope, formula: Formula) -> dict[str, Scope]:
    """What has each quantity that a formula of something reads."""
    found = {name: _BELOW[scope] if below else scope for name, below in names_of(formula.text)}
    return {
        name: where if (where, name) in QUANTITIES else Scope.ACCOUNT
        for name, where in found.items()
    }

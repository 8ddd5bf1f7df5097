"""What positionRisk shows beyond the account answers, and margin ratios, as quantities.

A liquidation price is evaluated exactly and rounded once, as its formula says; the tiers and the
rate that hold at that price are found by the search in `margin/liquidation_price.py`.
"""

from collections.abc import Callable

from clearhouse.margin.liquidation_price import Solution, Support, solve
from clearhouse.margin.positions import Held, SumsByAsset, all_held, sums_of
from clearhouse.margin.quantity import (
    POSITIONS,
    Account,
    Derived,
    Formula,
    Given,
    Quantity,
    Scope,
    always,
    contract_of,
    mark_of,
    max_notional,
    of_position,
    plain,
    short,
)
from clearhouse.margin.queue_quantities import QUEUE, QUEUE_STEPS
from clearhouse.margin.ratio import Pool, isolated, own_pool, shared_pool
from clearhouse.margin.requirements import BREAK_EVEN_DECIMALS
from clearhouse.margin.summary import rates_of, support_of
from clearhouse.messages.queries import Place
from clearhouse.model.instruments import Bracket
from clearhouse.model.money import SCALE, at_least, fixed8

LIQUIDATION, RATIO = "Liquidation price", "Margin ratio"
"""Sections of docs/internals/numbers.md."""


def falling(account: Account, place: Place) -> list[Held]:
    """The open positions of a symbol that fall together with one: itself alone if isolated."""
    return _together(_all(account), place)


def _all(account: Account) -> list[Held]:
    return all_held(account.catalogue, account.markets, account.settings)


def _together(every_one: list[Held], place: Place) -> list[Held]:
    own = [one for one in every_one if one.contract.symbol == place.symbol and _is_open(one)]
    if not any(one.side == place.side for one in own):
        return []
    return [one for one in own if not one.isolated or one.side == place.side]


def _is_open(held: Held) -> bool:
    return held.position.quantity != 0


def _support(account: Account, place: Place) -> Support:
    every_one = _all(account)
    together = _together(every_one, place)
    listed, books, uid = account.catalogue, account.books, account.uid
    return support_of(listed, books, account.settings, uid, sums_of(every_one), together)


def _solution(account: Account, place: Place) -> Solution | None:
    together = falling(account, place)
    return solve(together, _support(account, place)) if together else None


def _tier_there(account: Account, place: Place) -> Bracket:
    """The tier that a position has where it is liquidated; only read where it is."""
    found = _solution(account, place)
    assert found is not None
    (tier,) = (
        tier
        for one, tier in zip(falling(account, place), found.tiers, strict=True)
        if one.side == place.side
    )
    return tier


def _rate_there(account: Account, place: Place) -> int:
    found = _solution(account, place)
    assert found is not None
    return found.rate


def _is_alone(account: Account, place: Place) -> bool:
    return account.settings.setting(contract_of(account, place)).isolated


def _shares(account: Account, place: Place) -> bool:
    asset = contract_of(account, place).margin_asset
    return account.settings.multi_assets and rates_of(account.catalogue, asset) is not None


def _others_profit(account: Account, place: Place) -> int:
    """Profit of the cross positions of the margin asset that do not fall with this one."""
    every_one = _all(account)
    together = _together(every_one, place)
    if together[0].isolated:
        return 0
    asset = together[0].contract.margin_asset
    return sums_of(every_one)[asset].cross_unrealized - sum(one.unrealized for one in together)


def _wallet(account: Account, place: Place) -> int:
    return _support(account, place).wallet - _others_profit(account, place)


def _wallet_from(account: Account, place: Place) -> tuple[tuple[str, Place], ...]:
    if _is_alone(account, place):
        return (("isolatedWallet", place),)
    return (("crossWalletBalance", _margin_asset(account, place)),)


def _ask_rate(account: Account, place: Place) -> int:
    return _support(account, place).ask


def _ask_rate_from(account: Account, place: Place) -> tuple[tuple[str, Place], ...]:
    return (("askRate", _margin_asset(account, place)),)


def _margin_asset(account: Account, place: Place) -> Place:
    return Place(asset=contract_of(account, place).margin_asset)


def _pool(account: Account, place: Place) -> Pool:
    """The pool that a position is in, or would be."""
    every_one = _all(account)
    if _is_alone(account, place):
        own = [one for one in every_one if (one.contract.symbol, one.side) == place[1:]]
        return isolated(own[0]) if own else Pool(0, 0)
    sums: SumsByAsset = sums_of(every_one)
    if _shares(account, place):
        return shared_pool(account.catalogue, account.books, account.uid, sums)
    return own_pool(account.books, account.uid, contract_of(account, place).margin_asset, sums)


def _of_pool(read: Callable[[Pool], int], alone: str, own: str, shared: str) -> Given:
    """A number of the pool: its name where a position is isolated, of an asset, of an account."""

    def elsewhere(account: Account, place: Place) -> tuple[tuple[str, Place], ...]:
        if _is_alone(account, place):
            return ((alone, place),)
        if _shares(account, place):
            return ((shared, Place()),)
        return ((own, _margin_asset(account, place)),)

    source = "of the position where it is isolated, else of what it falls together with"
    return Given(lambda a, p: read(_pool(a, p)), source, RATIO, elsewhere=elsewhere)


def _ratio(maint: str, balance: str) -> str:
    return f"{maint} / {balance} if {balance} > 0 else 1 if {maint} > 0 else 0"


def _or_zero(units: int, _account: Account, _place: Place) -> str:
    """Eight decimals, but none is one character."""
    return fixed8(units) if units else "0"


def _break_even(units: int, _account: Account, _place: Place) -> str:
    return at_least(units, 1, of=BREAK_EVEN_DECIMALS)


def _in_both(single: str, multi: str, section: str) -> Derived:
    return Derived(Formula(single, section), Formula(multi, section))


RATIO_MEANING = "How much of what supports the positions they must keep; they fall at 1."

RISK: dict[Scope, tuple[Quantity, ...]] = {
    Scope.ACCOUNT: (
        Quantity("marginRatio", RATIO_MEANING,
                 _in_both("marginRatio[USDT]", _ratio("totalMaintMargin", "totalMarginBalance"),
                          RATIO)),
    ),
    Scope.ASSET: (
        Quantity("marginRatio", RATIO_MEANING,
                 _in_both(_ratio("crossMaintMargin", "equity"),
                          _ratio("totalMaintMargin", "totalMarginBalance"), RATIO)),
    ),
    Scope.POSITION: (
        Quantity("breakEvenPrice", "Where what was paid and realised comes back.",
                 always("nearest(entryPrice + (fees − realized) / positionAmt, 12) "
                        "if abs(positionAmt) > 0 else 0", POSITIONS), _break_even),
        Quantity("markPrice", "The mark of the symbol.",
                 Given(mark_of, "PUT /_clearhouse/v1/symbols/{symbol}/price, or as listed",
                       POSITIONS)),
        Quantity("liquidationPrice", "The mark at which it falls, everything else as it is.",
                 _in_both("nearest((supportingWallet + othersProfit − othersMaintMargin "
                          "+ Σ(liquidationCum) − Σ(positionAmt · entryPrice)) "
                          "/ (Σ(abs(positionAmt) · liquidationRatio) − Σ(positionAmt))) "
                          "if falls > 0 else 0",
                          "nearest((othersEquity + liquidationRate · (supportingWallet "
                          "+ othersProfit − Σ(positionAmt · entryPrice)) "
                          "− marginAskRate · (othersMaintMargin − Σ(liquidationCum))) "
                          "/ (marginAskRate · Σ(abs(positionAmt) · liquidationRatio) "
                          "− liquidationRate · Σ(positionAmt))) if falls > 0 else 0",
                          LIQUIDATION), _or_zero),
        Quantity("unRealizedProfit", "Profit of the position, as positionRisk spells it.",
                 always("unrealizedProfit", POSITIONS)),
        plain("marginType", "Isolated or cross margin.",
              "POST /fapi/v1/marginType, cross for a new account",
              lambda a, p: "isolated" if _is_alone(a, p) else "cross", POSITIONS),
        plain("isAutoAddMargin", "Whether margin is added to it by itself.",
              "never: margin is added by positionMargin alone", lambda *_: "false", POSITIONS),
        plain("maxNotionalValue", "The largest value that the position may have.",
              "the largest cap of the brackets that allow the leverage",
              max_notional, POSITIONS, ("leverage", "brackets")),
        plain("marginAsset", "The asset that margin and profit are in.",
              "the margin asset that {symbol} is listed with",
              lambda a, p: contract_of(a, p).margin_asset, POSITIONS),
        Quantity("marginRatio", RATIO_MEANING,
                 always(_ratio("poolMaintMargin", "poolBalance"), RATIO)),
        *QUEUE,
    ),
}  # fmt: skip
"""What can be asked for besides the fields of the account answers."""

RISK_STEPS: dict[Scope, tuple[Quantity, ...]] = {
    Scope.ACCOUNT: (),
    Scope.ASSET: (
        Quantity("crossMaintMargin", "What the cross positions must keep.",
                 always("Σ(maintMargin · cross)", RATIO)),
    ),
    Scope.POSITION: (
        Quantity("fees", "What opening and closing it cost, in the margin asset.",
                 of_position(lambda position: position.fees, "commissions of its fills"), short),
        Quantity("realized", "What closing a part of it brought.",
                 of_position(lambda position: position.realized, "profit of its fills"), short),
        Quantity("falls", "One where there is a mark above zero at which it falls, else zero.",
                 Given(lambda a, p: SCALE if _solution(a, p) else 0,
                       "the tiers of the brackets, tried from low prices to high ones",
                       LIQUIDATION, ("brackets",)), short),
        Quantity("supportingWallet", "The wallet behind the position.",
                 Given(_wallet, "isolatedWallet, or the cross wallet of the margin asset",
                       LIQUIDATION, elsewhere=_wallet_from)),
        Quantity("othersProfit", "Profit of the other cross positions of the margin asset.",
                 Given(_others_profit, "unrealizedProfit of those that do not fall with it",
                       LIQUIDATION)),
        Quantity("othersMaintMargin", "What those must keep.",
                 Given(lambda a, p: _support(a, p).pledged,
                       "maintMargin of those that do not fall with it", LIQUIDATION)),
        Quantity("othersEquity", "USD that other assets support the account with.",
                 Given(lambda a, p: _support(a, p).elsewhere,
                       "equityValue less maintMargin · askRate of each other asset",
                       LIQUIDATION)),
        Quantity("liquidationCum", "The cum of the tier that holds at the price.",
                 Given(lambda a, p: _tier_there(a, p).cum,
                       "the tier of the brackets at the liquidation price", LIQUIDATION,
                       ("brackets",)), short),
        Quantity("liquidationRatio", "The maintenance ratio of that tier.",
                 Given(lambda a, p: _tier_there(a, p).maint_margin_ratio,
                       "the tier of the brackets at the liquidation price", LIQUIDATION,
                       ("brackets",)), short),
        Quantity("liquidationRate", "USD for a unit of the margin asset at the price.",
                 Given(_rate_there, "bidRate where it is owned at that price, askRate where owed",
                       LIQUIDATION)),
        Quantity("marginAskRate", "USD for a unit of the margin asset that is needed.",
                 Given(_ask_rate, "askRate of the margin asset", LIQUIDATION,
                       elsewhere=_ask_rate_from)),
        Quantity("poolMaintMargin", "What the positions that fall together must keep.",
                 _of_pool(lambda pool: pool.maint,
                          "maintMargin", "crossMaintMargin", "totalMaintMargin")),
        Quantity("poolBalance", "What supports them.",
                 _of_pool(lambda pool: pool.balance,
                          "isolatedMargin", "equity", "totalMarginBalance")),
        *QUEUE_STEPS,
    ),
}  # fmt: skip
"""What their formulas read."""

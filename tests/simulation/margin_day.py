"""A seeded day of accounts that trade too much, in every mode, while prices jump.

Each step draws from a seed of its own and looks at the state, so a day that was interrupted goes on
as it would have. What a step asks for may be refused; then nothing happens.
"""

import random  # noqa: TID251  seeded by the step, so that a failure repeats
from collections.abc import Callable, Iterator
from typing import NamedTuple

from clearhouse.engine.state import State
from clearhouse.margin.summary import available_balance
from clearhouse.messages.commands import (
    Command,
    DepositFunds,
    OpenAccount,
    SetAssetIndex,
    SetFeeBurn,
    SetFees,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
    SetPositionMode,
    WithdrawFunds,
)
from clearhouse.messages.trading_commands import (
    AmendOrder,
    CancelAllOrders,
    CancelOrder,
    ForceFill,
    MoveMarket,
    MovePositionMargin,
    OrderName,
    PlaceAlgo,
    PlaceOrder,
    SetLiquidity,
    SetPrice,
    SettleFunding,
)
from clearhouse.model.ids import Uid
from clearhouse.model.money import Money
from clearhouse.model.orders import AlgoKind, OrderKind, PositionSide, Side, TimeInForce
from clearhouse.model.wallets import UMFUTURE
from unit.world import UNIT, credential


class Product(NamedTuple):
    """A symbol of the day: a round price and the tick, in units; quantities are thousandths."""

    symbol: str
    price: int
    tick: int


PRODUCTS = (
    Product("BTCUSDT", 65_000 * UNIT, UNIT // 10),
    Product("ETHUSDT", 3_200 * UNIT, UNIT // 100),
    Product("ETHUSDC", 3_200 * UNIT, UNIT // 100),
)
STEP = UNIT // 1_000
INDICES = {"USDT": UNIT, "USDC": UNIT, "BTC": 65_000 * UNIT, "BNB": 600 * UNIT}
JUMPS = (0.002, 0.005, 0.01, 0.01, 0.03, 0.08, 0.25)
SHARES: tuple[tuple[str, int], ...] = (
    ("price", 22),
    ("place", 38),
    ("stop", 6),
    ("cancel", 4),
    ("cancel_all", 1),
    ("amend", 4),
    ("force", 2),
    ("funding", 4),
    ("liquidity", 4),
    ("index", 2),
    ("margin", 3),
    ("leverage", 4),
    ("margin_type", 3),
    ("sides", 2),
    ("mode", 3),
    ("fees", 2),
    ("deposit", 6),
    ("withdraw", 2),
)


def uids(number: int) -> tuple[Uid, ...]:
    return tuple(Uid(2_000_001 + count) for count in range(number))


def opening(accounts: tuple[Uid, ...], seed: str) -> Iterator[Command]:
    """Markets, then each account: its modes and its first money, in whatever order they are."""
    for product in PRODUCTS:
        yield SetPrice(symbol=product.symbol, last=product.price)
        yield SetLiquidity(symbol=product.symbol, mode="house", depth=20, quantity=50 * UNIT)
    for uid in accounts:
        dice = random.Random(f"{seed} opens {uid}")
        yield OpenAccount(label="", uid=uid, credential=credential(f"of {uid}"))
        yield deposit(
            uid, "USDT", dice.choice((2_000, 20_000, 200_000)) * dice.randint(1, 5) * UNIT
        )
        if dice.random() < 0.6:
            yield deposit(uid, "USDC", dice.choice((500, 50_000)) * dice.randint(1, 5) * UNIT)
        if dice.random() < 0.3:
            yield deposit(uid, "BNB", dice.randint(1, 5_000_000) * 1_000)
        if dice.random() < 0.5:
            yield SetPositionMode(uid=uid, hedge=True)
        shared = dice.random() < 0.35
        if shared:
            yield deposit(uid, "BTC", dice.randint(1, 100) * UNIT // 100)
            yield SetMultiAssetsMode(uid=uid, on=True)
        for product in PRODUCTS:
            leverage = dice.choice((5, 15, 20, 50, 75, 100, 125))
            yield SetLeverage(uid=uid, symbol=product.symbol, leverage=leverage)
            if not shared and dice.random() < 0.4:
                yield SetMarginType(uid=uid, symbol=product.symbol, isolated=True)


def deposit(uid: Uid, asset: str, units: int) -> DepositFunds:
    return DepositFunds(uid=uid, wallet=UMFUTURE, money=Money(asset, units))


class Day:
    """What is commanded, step by step."""

    def __init__(self, accounts: tuple[Uid, ...], seed: str) -> None:
        self.accounts, self.seed = accounts, seed

    def command(self, state: State, number: int) -> Command:
        """The command of a step."""
        step = Step(state, self.accounts, random.Random(f"{self.seed} step {number}"))
        kinds, shares = zip(*SHARES, strict=True)
        [kind] = step.dice.choices(kinds, shares)
        return KINDS[kind](step)


class Step:
    """One step: dice, an account and a symbol."""

    def __init__(self, state: State, accounts: tuple[Uid, ...], dice: random.Random) -> None:
        self.state, self.dice = state, dice
        self.uid, self.product = dice.choice(accounts), dice.choice(PRODUCTS)
        self.symbol = self.product.symbol
        self.market = state.markets[self.symbol]
        self.account = state.futures.of(self.uid)
        self.exposure = self.account.exposure(self.symbol)

    # The market.

    def price(self) -> Command:
        """A small move or a gap, from where the price is back toward where it began."""
        dice, jump = self.dice, self.dice.choice(JUMPS)
        last = self.near(self.market.last + (self.product.price - self.market.last) // 20, jump)
        kind = dice.random()
        if kind < 0.35:
            return self.movement(last)
        if kind < 0.7:
            return SetPrice(symbol=self.symbol, last=last)
        if kind < 0.85:
            return SetPrice(symbol=self.symbol, mark=last + dice.randint(-UNIT, UNIT) // 7)
        mark = last + last * dice.randint(-300, 300) // 10_000
        return SetPrice(symbol=self.symbol, last=last, mark=mark, index=last)

    def movement(self, last: int) -> Command:
        """As a source would: trades, a book, or the prices that margin follows from."""
        dice, tick = self.dice, self.product.tick
        kind = dice.random()
        if kind < 0.4:
            return MoveMarket(symbol=self.symbol, last=last, trades=dice.randint(1, 9))
        if kind < 0.6:
            bid, ask = last - dice.randint(1, 40) * tick, last + dice.randint(0, 40) * tick
            return MoveMarket(symbol=self.symbol, bid=bid, ask=ask)
        mark = last + last * dice.randint(-400, 400) // 10_000
        return MoveMarket(symbol=self.symbol, mark=mark, index=last)

    def funding(self) -> Command:
        most = self.dice.choice((10_000, 300_000, 2_000_000))
        return SettleFunding(symbol=self.symbol, rate=self.dice.randint(-most, most))

    def liquidity(self) -> Command:
        mode = self.dice.choice(("house", "house", "none", "levels"))
        if mode == "house":
            quantity = self.dice.choice((UNIT // 10, UNIT, 50 * UNIT))
            return SetLiquidity(symbol=self.symbol, mode=mode, depth=20, quantity=quantity)
        if mode == "none":
            return SetLiquidity(symbol=self.symbol, mode=mode)
        last = self.market.last
        bids = tuple((self.near(last * 97 // 100, 0.02), self.quantity(2)) for _ in range(2))
        asks = tuple((self.near(last * 103 // 100, 0.02), self.quantity(2)) for _ in range(2))
        return SetLiquidity(symbol=self.symbol, mode=mode, bids=bids, asks=asks)

    def index(self) -> Command:
        asset = self.dice.choice(tuple(INDICES))
        most = 0.002 if asset.startswith("USD") else 0.2
        return SetAssetIndex(
            asset=asset, index=int(INDICES[asset] * self.dice.uniform(1 - most, 1 + most))
        )

    # Orders.

    def place(self) -> Command:
        dice, limit = self.dice, self.dice.random() < 0.5
        side = dice.choice((Side.BUY, Side.SELL))
        lives = (TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC)
        return PlaceOrder(
            uid=self.uid,
            symbol=self.symbol,
            side=side,
            position_side=self.side(),
            kind=OrderKind.LIMIT if limit else OrderKind.MARKET,
            quantity=self.quantity(dice.choice((0.05, 0.3, 0.9))),
            price=self.near(self.market.last, 0.03) if limit else 0,
            time_in_force=dice.choice(lives) if limit else TimeInForce.GTC,
            reduce_only=not self.account.hedge and dice.random() < 0.1,
        )

    def stop(self) -> Command:
        dice = self.dice
        kind = dice.choice(tuple(AlgoKind))
        trailing = kind is AlgoKind.TRAILING_STOP_MARKET
        trigger = 0 if trailing else self.near(self.market.last, 0.05)
        whole = kind is AlgoKind.STOP_MARKET and dice.random() < 0.5
        return PlaceAlgo(
            uid=self.uid,
            symbol=self.symbol,
            side=dice.choice((Side.BUY, Side.SELL)),
            position_side=self.side(),
            kind=kind,
            quantity=0 if whole else self.quantity(0.3),
            price=self.near(trigger, 0.01) if "MARKET" not in kind else 0,
            trigger_price=trigger,
            close_position=whole,
            callback_rate=1_000_000 if trailing else 0,
        )

    def cancel(self) -> Command:
        return CancelOrder(uid=self.uid, symbol=self.symbol, name=self.order())

    def cancel_all(self) -> Command:
        return CancelAllOrders(uid=self.uid, symbol=self.symbol)

    def amend(self) -> Command:
        name = self.order()
        order = self.exposure.orders.get(name.order_id or 0)
        return AmendOrder(
            uid=self.uid,
            symbol=self.symbol,
            name=name,
            side=order.side if order else Side.BUY,
            quantity=self.quantity(0.3),
            price=self.near(self.market.last, 0.03),
        )

    def force(self) -> Command:
        price = self.near(self.market.mark, 0.01)
        return ForceFill(order_id=self.order().order_id or 0, price=price)

    # Accounts.

    def margin(self) -> Command:
        held = [(side, p) for side, p in self.exposure.positions.items() if p.quantity]
        side, position = self.dice.choice(held) if held else (PositionSide.BOTH, None)
        most = max(1, position.isolated_wallet if position else 1)
        return MovePositionMargin(
            uid=self.uid,
            symbol=self.symbol,
            position_side=side,
            amount=self.dice.randint(1, most),
            add=self.dice.random() < 0.5,
        )

    def leverage(self) -> Command:
        times = self.dice.choice((1, 3, 10, 20, 50, 75, 125))
        return SetLeverage(uid=self.uid, symbol=self.symbol, leverage=times)

    def margin_type(self) -> Command:
        isolated = self.dice.random() < 0.5
        return SetMarginType(uid=self.uid, symbol=self.symbol, isolated=isolated)

    def sides(self) -> Command:
        return SetPositionMode(uid=self.uid, hedge=not self.account.hedge)

    def mode(self) -> Command:
        return SetMultiAssetsMode(uid=self.uid, on=not self.account.multi_assets)

    def fees(self) -> Command:
        if self.dice.random() < 0.5:
            return SetFeeBurn(uid=self.uid, on=not self.account.fee_burn)
        maker = self.dice.choice((20_000, 0, -5_000))
        return SetFees(uid=self.uid, tier=self.dice.randint(0, 3), maker=maker, taker=45_000)

    def deposit(self) -> Command:
        asset = self.dice.choice(("USDT", "USDT", "USDC", "BTC", "BNB"))
        worth = self.dice.choice((100, 5_000, 100_000)) * self.dice.randint(1, 5)
        return deposit(self.uid, asset, worth * UNIT * UNIT // INDICES[asset])

    def withdraw(self) -> Command:
        asset = self.dice.choice(("USDT", "USDC"))
        held = max(1, self.state.books.balance(self.uid, UMFUTURE, asset))
        units = self.dice.randint(1, held)
        return WithdrawFunds(uid=self.uid, wallet=UMFUTURE, money=Money(asset, units))

    # What they are made of.

    def near(self, price: int, most: float) -> int:
        """A price on a tick, at most so far away."""
        moved = int(price * self.dice.uniform(1 - most, 1 + most))
        return max(moved // self.product.tick, 1) * self.product.tick

    def quantity(self, share: float) -> int:
        """So much of what the account could open, or of what it has."""
        state, asset = self.state, self.state.catalogue.contracts[self.symbol].margin_asset
        free = available_balance(
            state.catalogue, state.markets, state.books, self.account, self.uid, asset
        )
        setting = self.account.setting(state.catalogue.contracts[self.symbol])
        most = max(0, free) * setting.leverage * UNIT // self.market.mark
        held = sum(abs(p.quantity) for p in self.exposure.positions.values())
        if held and self.dice.random() < 0.3:
            most = held
        return max(int(most * share) // STEP, 1) * STEP

    def side(self) -> PositionSide:
        if not self.account.hedge:
            return PositionSide.BOTH
        return self.dice.choice((PositionSide.LONG, PositionSide.SHORT))

    def order(self) -> OrderName:
        """One of the account's open orders in the symbol, if there is any."""
        numbers = tuple(self.exposure.orders)
        return OrderName(order_id=self.dice.choice(numbers) if numbers else 1)


KINDS: dict[str, Callable[[Step], Command]] = {name: getattr(Step, name) for name, _ in SHARES}

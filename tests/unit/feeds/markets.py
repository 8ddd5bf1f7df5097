"""A venue that sources move in tests: prices, a clock that is advanced, and what was delivered."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clearhouse.feeds.port import Prices
from clearhouse.feeds.synthetic import Synthetic
from clearhouse.market.rules import Rules, rules_of
from clearhouse.messages.commands import ListAsset, ListContract
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.trades import Trades
from clearhouse.runtime.market import builtin_market

BEGIN = Millis(1_795_284_000_000)
SLOT = 200


@dataclass
class Market:
    """Both sides that a source sees: what it moves, and what it looks at."""

    listed: dict[str, Contract] = field(default_factory=dict)
    indices: dict[str, int] = field(default_factory=dict)
    at: dict[str, Prices] = field(default_factory=dict)
    log: list[tuple[object, ...]] = field(default_factory=list)
    time: Millis = BEGIN
    half_spread: int = 0

    def __post_init__(self) -> None:
        for command in builtin_market():
            if isinstance(command, ListAsset):
                self.indices[command.asset.name] = command.asset.index
            elif isinstance(command, ListContract):
                self.list(command.contract)

    def list(self, contract: Contract) -> None:
        self.listed[contract.symbol] = contract
        worth = self.indices[contract.base_asset]
        self.at.setdefault(contract.symbol, Prices(last=worth, mark=worth, index=worth))

    def trades(self, symbol: str, trades: Trades) -> None:
        old = self.at[symbol]
        self.at[symbol] = Prices(last=int(trades.price[-1]), mark=old.mark, index=old.index)
        self.log.append((symbol, *(column.tolist() for column in trades)))

    def prices(
        self,
        symbol: str,
        *,
        last: int | None = None,
        mark: int | None = None,
        index: int | None = None,
    ) -> None:
        old = self.at[symbol]
        self.at[symbol] = Prices(
            last=last or old.last, mark=mark or old.mark, index=index or old.index
        )
        self.log.append((symbol, last, mark, index))

    def quotes(self, symbol: str, bid: int, ask: int) -> None:
        self.log.append((symbol, bid, ask))

    def run(self, source: Synthetic, until: int, *, turn: int = SLOT, symbol: str = "") -> None:
        """Let a source move the market to a moment, in turns of so many milliseconds."""
        while self.time < until:
            done, self.time = self.time, Millis(min(self.time + turn, until))
            for contract in list(self.listed.values()):
                if symbol in ("", contract.symbol):
                    source.move(contract, (done, self.time), self, View(self))


@dataclass
class View:
    """The market as a source looks at it."""

    of: Market

    def now(self) -> Millis:
        return self.of.time

    async def until(self, at: Millis) -> Millis:
        raise AssertionError("these tests move the source by hand")

    def contracts(self) -> Mapping[str, Contract]:
        return self.of.listed

    def rules(self, symbol: str) -> Rules:
        return rules_of(self.of.listed[symbol])

    def prices(self, symbol: str) -> Prices:
        return self.of.at[symbol]

    def worth(self, symbol: str) -> int:
        return self.of.indices[self.of.listed[symbol].base_asset]

    def spread(self) -> int:
        return self.of.half_spread

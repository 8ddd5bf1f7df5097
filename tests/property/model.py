"""A venue as a dict of balances: written without looking at the real one's code.

It knows the rules of transfers, deposits, withdrawals, settings and dust from the documentation,
predicts each refusal, and computes the multi-assets numbers and what dust is worth with fractions.
"""

from fractions import Fraction

UNIT = 10**8
LARGEST = 2**63 - 1
FUTURES_ASSETS = ("USDT", "USDC", "BTC", "ETH", "BNB", "FDUSD")
OTHER_ASSETS = ("DOGE",)
PAIRS = {"BTCUSDT": ("BTC", "USDT"), "ETHUSDC": ("ETH", "USDC")}
BUFFERS = {
    "USDT": Fraction(1, 10_000),
    "USDC": Fraction(1, 10_000),
    "BTC": Fraction(5, 100),
    "ETH": Fraction(5, 100),
    "BNB": Fraction(5, 100),
    "FDUSD": Fraction(11, 1000),
}
INDICES = {
    "USDT": Fraction(1),
    "USDC": Fraction(1),
    "BTC": Fraction(65_000),
    "ETH": Fraction(3_200),
    "BNB": Fraction(600),
    "FDUSD": Fraction(1),
    "DOGE": Fraction(15, 100),
}
LARGEST_LEVERAGE = {"BTCUSDT": 150, "BNBUSDT": 75}
DAILY_USD = 8_000_000
DAY = 86_400_000

Place = tuple[str, str]


class PlainVenue:
    """Balances by (wallet, asset) of one account, in units."""

    def __init__(self) -> None:
        self.held: dict[Place, int] = {}
        self.multi_assets = False
        self.hedge = False
        self.index = dict(INDICES)
        self.leverage: dict[str, int] = {}
        self.isolated: set[str] = set()
        self.whitelist = False
        self.trusted: set[str] = set()
        self.sent: list[tuple[int, Fraction]] = []

    def balance(self, wallet: str, asset: str) -> int:
        return self.held.get((wallet, asset), 0)

    def move(self, source: str | None, target: str | None, asset: str, units: int) -> None:
        if source is not None:
            self.held[source, asset] = self.balance(source, asset) - units
        if target is not None:
            self.held[target, asset] = self.balance(target, asset) + units

    def transfer_refusal(self, source: str, target: str, asset: str, units: int) -> str | None:
        if source == "ISOLATED_MARGIN:":
            return "FROM_SYMBOL_MISSING"
        if target == "ISOLATED_MARGIN:":
            return "TO_SYMBOL_MISSING"
        if units == 0:
            return "AMOUNT_NOT_POSITIVE"
        refusal = self.place_refusal(source, asset) or self.place_refusal(target, asset)
        if refusal:
            return refusal
        if source == target:
            return "SAME_WALLET"
        if self.spendable(source, asset) < units:
            margin = source.startswith(("MARGIN", "ISOLATED"))
            return "INSUFFICIENT_MARGIN_BALANCE" if margin else "INSUFFICIENT_BALANCE"
        return self.room_refusal(target, asset, units)

    def room_refusal(self, wallet: str, asset: str, units: int) -> str | None:
        too_much = self.balance(wallet, asset) + units > LARGEST
        return "BALANCE_TOO_LARGE" if too_much else None

    def leverage_refusal(self, symbol: str, leverage: int) -> str | None:
        if symbol not in LARGEST_LEVERAGE:
            return "UNKNOWN_SYMBOL"
        return None if 1 <= leverage <= LARGEST_LEVERAGE[symbol] else "LEVERAGE_OUT_OF_RANGE"

    def margin_type_refusal(self, symbol: str, isolated: bool) -> str | None:
        if symbol not in LARGEST_LEVERAGE:
            return "UNKNOWN_SYMBOL"
        if (symbol in self.isolated) == isolated:
            return "MARGIN_TYPE_UNCHANGED"
        return "ISOLATED_IN_MULTI_ASSETS_MODE" if isolated and self.multi_assets else None

    def multi_assets_refusal(self, on: bool) -> str | None:
        if self.multi_assets == on:
            return "MULTI_ASSETS_MODE_UNCHANGED"
        return "SYMBOL_IS_ISOLATED" if on and self.isolated else None

    def usd(self, asset: str, units: int) -> Fraction:
        return cut(Fraction(units, UNIT) * self.index[asset])

    def send_refusal(
        self, wallet: str, asset: str, units: int, address: str, now: int
    ) -> str | None:
        if asset not in self.index:
            return "WITHDRAWAL_ASSET_UNKNOWN"
        if units == 0:
            return "WITHDRAWAL_TOO_SMALL"
        if self.whitelist and address not in self.trusted:
            return "ADDRESS_NOT_TRUSTED"
        if self.balance(wallet, asset) < units:
            return "WITHDRAWAL_NOT_COVERED"
        used = sum((usd for at, usd in self.sent if now - at < DAY), Fraction(0))
        too_much = used + self.usd(asset, units) > DAILY_USD
        return "WITHDRAWAL_ABOVE_QUOTA" if too_much else None

    def dust(self, wallet: str, asset: str, target: str) -> tuple[Fraction, Fraction]:
        """What a balance is worth in the target, and the charge of 2% on that."""
        worth = cut(self.usd(asset, self.balance(wallet, asset)) / self.index[target])
        return worth, cut(worth / 50)

    def dust_refusal(self, wallet: str, assets: list[str], target: str) -> str | None:
        if target not in self.index:
            return "UNKNOWN_ASSET"
        gained = 0
        for asset in assets:
            refusal = self.part_refusal(wallet, asset, target)
            if refusal:
                return refusal
            worth, charge = self.dust(wallet, asset, target)
            gained += in_units(worth - charge)
        return self.room_refusal(wallet, target, gained)

    def part_refusal(self, wallet: str, asset: str, target: str) -> str | None:
        if asset not in self.index:
            return "UNKNOWN_ASSET"
        if asset == target:
            return "DUST_INTO_ITSELF"
        if not self.balance(wallet, asset):
            return "DUST_NOT_HELD"
        if self.usd(asset, self.balance(wallet, asset)) >= 10:
            return "NOT_DUST"
        return None if self.dust(wallet, asset, target)[0] else "DUST_WORTH_NOTHING"

    def convert(self, wallet: str, assets: list[str], target: str) -> None:
        gained = [self.dust(wallet, asset, target) for asset in assets]
        for asset, (worth, charge) in zip(assets, gained, strict=True):
            self.move(wallet, None, asset, self.balance(wallet, asset))
            self.move(None, wallet, target, in_units(worth - charge))

    def place_refusal(self, wallet: str, asset: str) -> str | None:
        if asset not in FUTURES_ASSETS + OTHER_ASSETS:
            return "UNKNOWN_ASSET"
        if wallet == "UMFUTURE" and asset not in FUTURES_ASSETS:
            return "ASSET_NOT_OF_WALLET"
        if wallet.startswith("ISOLATED_MARGIN:"):
            pair = wallet.partition(":")[2]
            if pair not in PAIRS:
                return "NOT_A_MARGIN_PAIR"
            if asset not in PAIRS[pair]:
                return "ASSET_NOT_OF_WALLET"
        return None

    def spendable(self, wallet: str, asset: str) -> int:
        if wallet != "UMFUTURE":
            return self.balance(wallet, asset)
        return self.max_withdraw(asset)

    def bid(self, asset: str) -> Fraction:
        return cut(self.index[asset] * (1 - BUFFERS[asset]))

    def ask(self, asset: str) -> Fraction:
        return cut(self.index[asset] * (1 + BUFFERS[asset]))

    def equity(self) -> Fraction:
        """USD at the bid rates, each asset's value cut at 8 decimals."""
        amounts = {name: Fraction(self.balance("UMFUTURE", name), UNIT) for name in FUTURES_ASSETS}
        return sum((cut(amount * self.bid(name)) for name, amount in amounts.items()), Fraction(0))

    def available(self, asset: str) -> int:
        if not self.multi_assets:
            return self.balance("UMFUTURE", asset)
        return in_units(cut(self.equity() / self.ask(asset)))

    def max_withdraw(self, asset: str) -> int:
        own = self.balance("UMFUTURE", asset)
        if not self.multi_assets:
            return own
        if self.bid(asset) == 0:
            return own
        return min(own, in_units(cut(self.equity() / self.bid(asset))))


def cut(number: Fraction) -> Fraction:
    """Eight decimals, the rest cut off; the numbers here are never negative."""
    return Fraction(number * UNIT // 1, UNIT)


def in_units(number: Fraction) -> int:
    return int(number * UNIT)

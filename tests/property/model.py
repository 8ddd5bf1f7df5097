"""A venue as a dict of balances: written without looking at the real one's code.

It knows the rules of transfers, deposits and withdrawals from the documentation, predicts each
refusal, and computes the multi-assets numbers with fractions.
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
INDICES = {"USDT": 1, "USDC": 1, "BTC": 65_000, "ETH": 3_200, "BNB": 600, "FDUSD": 1}

Place = tuple[str, str]


class PlainVenue:
    """Balances by (wallet, asset) of one account, in units."""

    def __init__(self) -> None:
        self.held: dict[Place, int] = {}
        self.multi_assets = False
        self.hedge = False
        self.index = {name: Fraction(price) for name, price in INDICES.items()}

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
        return units(cut(self.equity() / self.ask(asset)))

    def max_withdraw(self, asset: str) -> int:
        own = self.balance("UMFUTURE", asset)
        if not self.multi_assets:
            return own
        if self.bid(asset) == 0:
            return own
        return min(own, units(cut(self.equity() / self.bid(asset))))


def cut(number: Fraction) -> Fraction:
    """Eight decimals, the rest cut off; the numbers here are never negative."""
    return Fraction(number * UNIT // 1, UNIT)


def units(number: Fraction) -> int:
    return int(number * UNIT)

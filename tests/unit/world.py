"""The core alone: a state with the built-in market, its time, and commands decided and applied.

Index prices of the built-in market, in USD: USDT 1, BTC 65,000, ETH 3,200, BNB 600, SOL 150,
XRP 0.6, DOGE 0.15.
"""

from collections.abc import Callable

import pytest

from clearhouse.engine.apply import apply
from clearhouse.engine.execute import execute
from clearhouse.engine.queries import query
from clearhouse.engine.snapshot import digest
from clearhouse.engine.state import State
from clearhouse.messages.commands import Command, Credential, DepositFunds, OpenAccount
from clearhouse.messages.events import Event
from clearhouse.messages.queries import A, Query
from clearhouse.messages.rejections import Rejected
from clearhouse.model.access import ALL_PERMISSIONS, KeyKind
from clearhouse.model.ids import Millis, Uid
from clearhouse.model.money import Money
from clearhouse.model.wallets import MAIN, Wallet
from clearhouse.runtime.market import builtin_market

NOW = 1_760_000_000_000
UNIT = 10**8
DAY = 86_400_000
ANN, BOB = Uid(1_000_001), Uid(1_000_002)


class World:
    """Two accounts, Ann and Bob, each with one key and no money."""

    def __init__(self, tell: Callable[[State, Event], None] = apply) -> None:
        self.state = State()
        self.now = NOW
        self._apply = tell
        for command in builtin_market():
            self.do(command)
        for uid in (ANN, BOB):
            self.do(OpenAccount(label="", uid=uid, credential=credential(f"key of {uid}")))

    def do(self, command: Command) -> Event:
        """The last event that a command caused."""
        return self.all(command)[-1]

    def all(self, command: Command) -> list[Event]:
        """Every event that a command caused."""
        caused = []
        for event in execute(self.state, command, Millis(self.now)):
            self._apply(self.state, event)
            caused.append(event)
        return caused

    def refusal(self, command: Command) -> str:
        """Why a command is refused; nothing has changed then."""
        before = digest(self.state)
        with pytest.raises(Rejected) as refused:
            next(execute(self.state, command, Millis(self.now)))
        assert digest(self.state) == before
        return refused.value.reason.name

    def give(self, units: int, asset: str = "USDT", wallet: Wallet = MAIN, uid: Uid = ANN) -> Event:
        """A deposit."""
        return self.do(DepositFunds(uid=uid, wallet=wallet, money=Money(asset, units)))

    def read(self, asked: Query[A]) -> A:
        return query(self.state, asked)

    def balance(self, asset: str, wallet: Wallet = MAIN, uid: Uid = ANN) -> int:
        return self.state.books.balance(uid, wallet, asset)

    def balanced(self) -> bool:
        """Whether every asset sums to zero."""
        return all(row.total == 0 for row in self.state.books.trial_balance())


def credential(api_key: str) -> Credential:
    return Credential(
        api_key=api_key, kind=KeyKind.HMAC, material=b"sealed", permissions=ALL_PERMISSIONS
    )

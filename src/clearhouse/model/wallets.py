"""The eight wallets of an account.

A wallet is named by the word that the transfer kinds use. ISOLATED_MARGIN exists once
per pair, so its name carries the pair: `ISOLATED_MARGIN:BTCUSDT`.
"""

from enum import StrEnum
from typing import NewType

Wallet = NewType("Wallet", str)


class WalletKind(StrEnum):
    """What a wallet is for."""

    MAIN = "MAIN"
    FUNDING = "FUNDING"
    UMFUTURE = "UMFUTURE"
    CMFUTURE = "CMFUTURE"
    MARGIN = "MARGIN"
    ISOLATED_MARGIN = "ISOLATED_MARGIN"
    OPTION = "OPTION"
    PORTFOLIO_MARGIN = "PORTFOLIO_MARGIN"


MAIN = Wallet(WalletKind.MAIN.value)
FUNDING = Wallet(WalletKind.FUNDING.value)
UMFUTURE = Wallet(WalletKind.UMFUTURE.value)
CMFUTURE = Wallet(WalletKind.CMFUTURE.value)
MARGIN = Wallet(WalletKind.MARGIN.value)
OPTION = Wallet(WalletKind.OPTION.value)
PORTFOLIO_MARGIN = Wallet(WalletKind.PORTFOLIO_MARGIN.value)

_ISOLATED_PREFIX = WalletKind.ISOLATED_MARGIN.value + ":"


def isolated_margin(pair: str) -> Wallet:
    """The isolated margin wallet of one pair."""
    return Wallet(_ISOLATED_PREFIX + pair)


def wallet_of(kind: WalletKind, pair: str | None) -> Wallet:
    """The wallet of a kind; an isolated one needs its pair, the others take none."""
    if kind is WalletKind.ISOLATED_MARGIN:
        assert pair is not None
        return isolated_margin(pair)
    return Wallet(kind.value)


def kind_of(wallet: Wallet) -> WalletKind:
    """What a wallet is for."""
    return WalletKind(wallet.partition(":")[0])


def pair_of(wallet: Wallet) -> str | None:
    """The pair of an isolated margin wallet, else None."""
    return wallet.partition(":")[2] or None

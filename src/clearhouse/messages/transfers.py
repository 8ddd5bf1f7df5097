"""The 33 kinds of universal transfer, as a table.

Source: the exchange's page «User Universal Transfer»; docs/reference/transfers.md.
Two spellings of the isolated wallet exist. The three ISOLATEDMARGIN kinds need their pairs
by the page itself; MAIN_ISOLATED_MARGIN and ISOLATED_MARGIN_MAIN need theirs because an
isolated wallet without its pair does not exist (clients send it).
"""

from enum import StrEnum
from typing import NamedTuple

from clearhouse.model.wallets import WalletKind


class TransferKind(StrEnum):
    """From which wallet to which."""

    MAIN_UMFUTURE = "MAIN_UMFUTURE"
    MAIN_CMFUTURE = "MAIN_CMFUTURE"
    MAIN_MARGIN = "MAIN_MARGIN"
    UMFUTURE_MAIN = "UMFUTURE_MAIN"
    UMFUTURE_MARGIN = "UMFUTURE_MARGIN"
    CMFUTURE_MAIN = "CMFUTURE_MAIN"
    MARGIN_MAIN = "MARGIN_MAIN"
    MARGIN_UMFUTURE = "MARGIN_UMFUTURE"
    MARGIN_CMFUTURE = "MARGIN_CMFUTURE"
    CMFUTURE_MARGIN = "CMFUTURE_MARGIN"
    ISOLATEDMARGIN_MARGIN = "ISOLATEDMARGIN_MARGIN"
    MARGIN_ISOLATEDMARGIN = "MARGIN_ISOLATEDMARGIN"
    ISOLATEDMARGIN_ISOLATEDMARGIN = "ISOLATEDMARGIN_ISOLATEDMARGIN"
    MAIN_FUNDING = "MAIN_FUNDING"
    FUNDING_MAIN = "FUNDING_MAIN"
    FUNDING_UMFUTURE = "FUNDING_UMFUTURE"
    UMFUTURE_FUNDING = "UMFUTURE_FUNDING"
    MARGIN_FUNDING = "MARGIN_FUNDING"
    FUNDING_MARGIN = "FUNDING_MARGIN"
    FUNDING_CMFUTURE = "FUNDING_CMFUTURE"
    CMFUTURE_FUNDING = "CMFUTURE_FUNDING"
    MAIN_OPTION = "MAIN_OPTION"
    OPTION_MAIN = "OPTION_MAIN"
    UMFUTURE_OPTION = "UMFUTURE_OPTION"
    OPTION_UMFUTURE = "OPTION_UMFUTURE"
    MARGIN_OPTION = "MARGIN_OPTION"
    OPTION_MARGIN = "OPTION_MARGIN"
    FUNDING_OPTION = "FUNDING_OPTION"
    OPTION_FUNDING = "OPTION_FUNDING"
    MAIN_PORTFOLIO_MARGIN = "MAIN_PORTFOLIO_MARGIN"
    PORTFOLIO_MARGIN_MAIN = "PORTFOLIO_MARGIN_MAIN"
    MAIN_ISOLATED_MARGIN = "MAIN_ISOLATED_MARGIN"
    ISOLATED_MARGIN_MAIN = "ISOLATED_MARGIN_MAIN"


class Route(NamedTuple):
    """The two ends of a transfer."""

    source: WalletKind
    target: WalletKind

    @property
    def needs_from_symbol(self) -> bool:
        """Whether the source is one of several isolated wallets."""
        return self.source is WalletKind.ISOLATED_MARGIN

    @property
    def needs_to_symbol(self) -> bool:
        """Whether the target is one of several isolated wallets."""
        return self.target is WalletKind.ISOLATED_MARGIN


def _route(kind: TransferKind) -> Route:
    """Read the ends off the name: one of them is a wallet's name, the rest is the other's."""
    name = kind.value.replace("ISOLATEDMARGIN", WalletKind.ISOLATED_MARGIN.value)
    ends = [
        Route(source, target)
        for source in WalletKind
        for target in WalletKind
        if name == f"{source.value}_{target.value}"
    ]
    assert len(ends) == 1
    return ends[0]


ROUTES: dict[TransferKind, Route] = {kind: _route(kind) for kind in TransferKind}

"""Every operation of this venue: the one list that all readers of declarations read."""

from clearhouse.api.endpoint import Operation
from clearhouse.api.fapi import account as futures_account
from clearhouse.api.fapi import exports as futures_exports
from clearhouse.api.fapi import general as futures_general
from clearhouse.api.fapi import modes as futures_modes
from clearhouse.api.other import coin_m, options, portfolio_margin
from clearhouse.api.sapi import account as wallet_account
from clearhouse.api.sapi import assets, capital, margin, transfer
from clearhouse.api.spot import general as spot_general

_MODULES = (
    transfer,
    futures_account,
    futures_modes,
    futures_exports,
    futures_general,
    assets,
    margin,
    capital,
    wallet_account,
    spot_general,
    coin_m,
    options,
    portfolio_margin,
)

OPERATIONS: tuple[Operation, ...] = tuple(
    operation for module in _MODULES for operation in module.router.operations
)

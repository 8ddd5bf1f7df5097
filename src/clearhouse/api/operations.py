"""Every operation of this venue: the one list that all readers of declarations read."""

from clearhouse.api.endpoint import Operation
from clearhouse.api.fapi import account as futures_account
from clearhouse.api.fapi import (
    account_settings,
    algo_orders,
    brackets,
    funding,
    income,
    listen_key,
    position_margin,
    position_risk,
    symbol_settings,
    terms,
)
from clearhouse.api.fapi import exports as futures_exports
from clearhouse.api.fapi import general as futures_general
from clearhouse.api.fapi import retired as futures_retired
from clearhouse.api.fapi.market import books, klines, prices
from clearhouse.api.fapi.market import trades as public_trades
from clearhouse.api.fapi.orders import batches, changing, placing, reading, trades
from clearhouse.api.other import coin_m, options, portfolio_margin
from clearhouse.api.sapi import account as wallet_account
from clearhouse.api.sapi import (
    assets,
    bnb_burn,
    capital,
    deposits,
    dividends,
    dust,
    dust_quotes,
    futures_transfer,
    listings,
    margin,
    margin_transfers,
    refused,
    snapshots,
    transfer,
    withdrawals,
)
from clearhouse.api.spot import general as spot_general
from clearhouse.api.spot import prices as spot_prices

_MODULES = (
    transfer,
    futures_account,
    listen_key,
    account_settings,
    symbol_settings,
    position_risk,
    position_margin,
    algo_orders,
    terms,
    brackets,
    income,
    placing,
    changing,
    batches,
    reading,
    trades,
    books,
    public_trades,
    klines,
    prices,
    funding,
    futures_exports,
    futures_general,
    futures_retired,
    assets,
    dust,
    dust_quotes,
    dividends,
    listings,
    bnb_burn,
    margin,
    margin_transfers,
    futures_transfer,
    refused,
    capital,
    deposits,
    withdrawals,
    wallet_account,
    snapshots,
    spot_general,
    spot_prices,
    coin_m,
    options,
    portfolio_margin,
)

OPERATIONS: tuple[Operation, ...] = tuple(
    operation for module in _MODULES for operation in module.router.operations
)

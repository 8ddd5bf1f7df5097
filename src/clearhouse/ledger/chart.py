"""The chart of accounts.

A ledger account is a wallet of an owner. The owner 0 is the venue itself; its wallets are
the counterparts of everything that enters or leaves an account holder's wallets, so that
each asset sums to zero over *all* accounts.
"""

from clearhouse.model.wallets import Wallet

OUTSIDE = Wallet("OUTSIDE")
"""The rest of the world: minus what was deposited, plus what was withdrawn."""

FEES = Wallet("FEES")
"""Commissions that the venue earned."""

FUNDING_FEES = Wallet("FUNDING_FEES")
"""Funding between longs and shorts on its way through a settlement."""

INSURANCE_FUND = Wallet("INSURANCE_FUND")
"""What liquidations paid in, and what bankruptcies took out."""

HOUSE = Wallet("HOUSE")
"""The counterpart of trades against the venue's own quotes."""

VENUE_ACCOUNTS = (OUTSIDE, FEES, FUNDING_FEES, INSURANCE_FUND, HOUSE)

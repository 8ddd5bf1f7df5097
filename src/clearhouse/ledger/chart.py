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

CLEARING = Wallet("CLEARING")
"""Between the two sides of trades: minus the profit that was realised, of accounts and house.

Its balance is what is still to be realised: at any mark, all unrealised profit adds up to it,
but for what rounding entry prices and profits left over.
"""

VENUE_ACCOUNTS = (OUTSIDE, FEES, FUNDING_FEES, INSURANCE_FUND, HOUSE, CLEARING)

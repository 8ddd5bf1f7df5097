"""The five pages that the project started from, as this project reads them.

A field is a name and what its JSON text must look like; the order of fields is the page's.
"""

Fields = dict[str, str]

FIXED = r'"-?(0|[1-9][0-9]*)\.[0-9]{8}"'
"""A decimal with exactly eight places."""
TRIMMED = r'"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?"'
"""A decimal with significant digits only."""
TEXT = r'"[^"]+"'
INTEGER = r"-?[0-9]+"
TIME = r"0|[0-9]{13}"
BOOLEAN = r"true|false"
LIST = r"\[.*\]"

TRANSFER: Fields = {"tranId": r"[0-9]{11}"}

BALANCE_ROW: Fields = {
    "accountAlias": r'"[A-Za-z0-9]+"',
    "asset": r'"[A-Z0-9]+"',
    "balance": FIXED,
    "crossWalletBalance": FIXED,
    "crossUnPnl": FIXED,
    "availableBalance": FIXED,
    "maxWithdrawAmount": FIXED,
    "marginAvailable": BOOLEAN,
    "updateTime": TIME,
}

ACCOUNT: Fields = {
    "feeTier": INTEGER,
    "feeBurn": BOOLEAN,
    "canTrade": BOOLEAN,
    "canDeposit": BOOLEAN,
    "canWithdraw": BOOLEAN,
    "updateTime": "0",
    "multiAssetsMargin": BOOLEAN,
    "tradeGroupId": INTEGER,
    "totalInitialMargin": FIXED,
    "totalMaintMargin": FIXED,
    "totalWalletBalance": FIXED,
    "totalUnrealizedProfit": FIXED,
    "totalMarginBalance": FIXED,
    "totalPositionInitialMargin": FIXED,
    "totalOpenOrderInitialMargin": FIXED,
    "totalCrossWalletBalance": FIXED,
    "totalCrossUnPnl": FIXED,
    "availableBalance": FIXED,
    "maxWithdrawAmount": FIXED,
    "assets": LIST,
    "positions": LIST,
}

ASSET: Fields = {
    "asset": r'"[A-Z0-9]+"',
    "walletBalance": FIXED,
    "unrealizedProfit": FIXED,
    "marginBalance": FIXED,
    "maintMargin": FIXED,
    "initialMargin": FIXED,
    "positionInitialMargin": FIXED,
    "openOrderInitialMargin": FIXED,
    "crossWalletBalance": FIXED,
    "crossUnPnl": FIXED,
    "availableBalance": FIXED,
    "maxWithdrawAmount": FIXED,
    "marginAvailable": BOOLEAN,
    "updateTime": TIME,
}

POSITION: Fields = {
    "symbol": r'"[A-Z0-9]+"',
    "initialMargin": '"0"',
    "maintMargin": '"0"',
    "unrealizedProfit": FIXED,
    "positionInitialMargin": '"0"',
    "openOrderInitialMargin": '"0"',
    "leverage": r'"[1-9][0-9]*"',
    "isolated": BOOLEAN,
    "entryPrice": r'"0\.00000"',
    "maxNotional": TRIMMED,
    "bidNotional": '"0"',
    "askNotional": '"0"',
    "positionSide": r'"(BOTH|LONG|SHORT)"',
    "positionAmt": '"0"',
    "updateTime": TIME,
}

SOCKET_REPLY: Fields = {"id": TEXT, "status": "200", "result": LIST, "rateLimits": LIST}

RATE_LIMIT: Fields = {
    "rateLimitType": '"REQUEST_WEIGHT"',
    "interval": '"MINUTE"',
    "intervalNum": "1",
    "limit": "2400",
    "count": r"[1-9][0-9]*",
}

KINDS = {
    "MAIN_UMFUTURE": {},
    "MAIN_CMFUTURE": {},
    "MAIN_MARGIN": {},
    "UMFUTURE_MAIN": {},
    "UMFUTURE_MARGIN": {},
    "CMFUTURE_MAIN": {},
    "MARGIN_MAIN": {},
    "MARGIN_UMFUTURE": {},
    "MARGIN_CMFUTURE": {},
    "CMFUTURE_MARGIN": {},
    "ISOLATEDMARGIN_MARGIN": {"fromSymbol": "BTCUSDT"},
    "MARGIN_ISOLATEDMARGIN": {"toSymbol": "BTCUSDT"},
    "ISOLATEDMARGIN_ISOLATEDMARGIN": {"fromSymbol": "BTCUSDT", "toSymbol": "ETHUSDT"},
    "MAIN_FUNDING": {},
    "FUNDING_MAIN": {},
    "FUNDING_UMFUTURE": {},
    "UMFUTURE_FUNDING": {},
    "MARGIN_FUNDING": {},
    "FUNDING_MARGIN": {},
    "FUNDING_CMFUTURE": {},
    "CMFUTURE_FUNDING": {},
    "MAIN_OPTION": {},
    "OPTION_MAIN": {},
    "UMFUTURE_OPTION": {},
    "OPTION_UMFUTURE": {},
    "MARGIN_OPTION": {},
    "OPTION_MARGIN": {},
    "FUNDING_OPTION": {},
    "OPTION_FUNDING": {},
    "MAIN_PORTFOLIO_MARGIN": {},
    "PORTFOLIO_MARGIN_MAIN": {},
    "MAIN_ISOLATED_MARGIN": {"toSymbol": "BTCUSDT"},
    "ISOLATED_MARGIN_MAIN": {"fromSymbol": "BTCUSDT"},
}
"""The 33 kinds of universal transfer in the page's order, with the pairs that each needs."""

"""Files in the archive's format, written out as the archive has them."""

import zipfile
from pathlib import Path

from clearhouse.market.rules import Rules, rules_of
from clearhouse.messages.commands import ListContract
from clearhouse.runtime.market import builtin_market

DAY = 1_704_067_200_000
"""2024-01-01, the day of the files."""

AGG_TRADES = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker"
TRADES = "id,price,qty,quote_qty,time,is_buyer_maker"
BOOK_TICKER = (
    "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time"
)
KLINES = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore"
)


def rules() -> dict[str, Rules]:
    """The built-in market: BTCUSDT with a tick of 0.1 and a step of 0.001, and others."""
    listed = (command for command in builtin_market() if isinstance(command, ListContract))
    return {command.contract.symbol: rules_of(command.contract) for command in listed}


def write(directory: Path, name: str, *lines: str, ending: str = "\n") -> Path:
    """A CSV of lines."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{line}{ending}" for line in lines).encode())
    return path


def zipped(path: Path) -> Path:
    """The same file in a zip of its name, as the archive has it."""
    packed = path.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    path.unlink()
    return packed

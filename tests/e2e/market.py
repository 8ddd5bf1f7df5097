"""The market as a test sets it, on the control plane."""

from typing import Any

from clearhouse.testing import Client


def fresh(control: Client) -> None:
    """The venue of the first day: no orders, no positions, the built-in prices."""
    _done(control, "POST", "/reset")


def set_price(control: Client, last: str, symbol: str = "BTCUSDT", **more: str) -> None:
    """A price for everything, or `mark` and `index` besides."""
    _done(control, "PUT", f"/symbols/{symbol}/price", {"last": last, **more})


def quote(
    control: Client,
    *,
    bids: list[list[str]] | None = None,
    asks: list[list[str]] | None = None,
    symbol: str = "BTCUSDT",
) -> None:
    """These levels, and nothing else from the house."""
    levels = {"bids": bids or [], "asks": asks or []}
    _done(control, "PUT", f"/symbols/{symbol}/liquidity", levels)


def fill(control: Client, order_id: int, **how: str) -> None:
    """Force a fill: of all that is left, at the order's own price, unless told otherwise."""
    _done(control, "POST", f"/orders/{order_id}/fill", how)


def settle_funding(control: Client, rate: str, symbol: str = "BTCUSDT") -> None:
    """Funding at a rate, now."""
    _done(control, "POST", f"/symbols/{symbol}/funding", {"rate": rate})


def _done(control: Client, method: str, path: str, body: Any = None) -> None:
    answer = control.control(method, path, body)
    assert answer.status == 200, answer.body

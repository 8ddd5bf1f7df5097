"""Limits as the official SDK meets them: 429 with a wait, then 418 with a longer one."""

import pytest
from binance_common.errors import RateLimitBanError, TooManyRequestsError

from clearhouse.testing import Client, ServerProcess

from .accounts import open_account
from .clients import official_rest

WEIGHT = 30
LIMIT = 2400
BAN_SECONDS = 120


def test_too_much_weight_is_refused_and_then_banned(server: ServerProcess, control: Client) -> None:
    """A minute may begin on the way, so twice the limit is tried at most."""
    futures = official_rest(server.url, open_account(control))
    with pytest.raises(TooManyRequestsError) as refused:
        for _ in range(2 * LIMIT // WEIGHT + 2):
            futures.get_current_position_mode()
    assert refused.value.status_code == -1003
    assert refused.value.retry_after in range(1, 61)

    with pytest.raises(RateLimitBanError) as banned:
        for _ in range(2 * LIMIT // WEIGHT + 2):
            try:
                futures.get_current_position_mode()
            except TooManyRequestsError:
                continue
    assert banned.value.status_code == -1003
    assert banned.value.retry_after in range(1, BAN_SECONDS + 1)
    assert control.control("GET", "/health").status == 200

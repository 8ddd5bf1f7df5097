"""docs/reference/explain.md has every part of an explanation."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unit.api.harness import House, in_house

PAGE = Path("docs/reference/explain.md").read_text("utf-8")


def keys(part: Any) -> Iterator[str]:
    """Every key of an answer."""
    for one in part.values() if isinstance(part, dict) else part:
        if isinstance(one, dict | list):
            yield from keys(one)
    if isinstance(part, dict):
        yield from part


def test_every_part_of_an_answer_is_documented() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "1")
        path = f"/_clearhouse/v1/accounts/{house.uid}/explain"
        found = set()
        for query in ("field=availableBalance", "field=maxNotional&symbol=BTCUSDT"):
            headers = {"host": "127.0.0.1:7400"}
            found |= set(keys((await house.send("GET", path, query, headers=headers)).json))
        assert {"formula", "source", "positionSide", "why", "newest"} <= found
        for key in found:
            assert re.search(rf"[`{{ \"]{key}[`,\"}}]", PAGE), key

    in_house(scene)

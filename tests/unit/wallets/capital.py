"""Steps of tests about deposits and withdrawals."""

from typing import Any

from unit.api.harness import HOME, Answer, House

OUTSIDE = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
DAY = 86_400_000


async def withdrawer(house: House, permissions: list[str] | None = None) -> House:
    """The same account with a key that may withdraw."""
    return await house.new_key(permissions=permissions, ipRestrict=[HOME])


async def get(house: House, path: str, **params: object) -> Answer:
    """A signed GET of the wallet family, by the venue's time."""
    now = house.opened.venue.now()
    return await house.signed("GET", f"/sapi/v1/{path}", {"timestamp": now, **params})


async def post(house: House, path: str, **params: object) -> Answer:
    """A signed POST of the wallet family, by the venue's time."""
    now = house.opened.venue.now()
    return await house.signed("POST", f"/sapi/v1/{path}", {"timestamp": now, **params})


async def rows(house: House, path: str, **params: object) -> Any:
    """What a history answers."""
    answer = await get(house, path, **params)
    assert answer.status == 200, answer.body
    return answer.json


async def address(house: House, coin: str, **params: object) -> str:
    """The caller's deposit address."""
    found = (await rows(house, "capital/deposit/address", coin=coin, **params))["address"]
    assert isinstance(found, str)
    return found


async def withdraw(house: House, amount: str, **params: object) -> str:
    """Send USDT to somebody outside, or what `params` say instead; the id."""
    sent = {"coin": "USDT", "address": OUTSIDE, "amount": amount, **params}
    answer = await post(house, "capital/withdraw/apply", **sent)
    assert answer.status == 200, answer.body
    found = answer.json["id"]
    assert isinstance(found, str)
    return found


async def deposit(
    house: House, amount: str, *, uid: int | None = None, wallet: str = "MAIN", asset: str = "USDT"
) -> int:
    """Money from the outside, by the operator; the number of the movement."""
    body = {"wallet": wallet, "asset": asset, "amount": amount}
    made = await house.control("POST", f"/accounts/{uid or house.uid}/deposits", body)
    assert made.status == 200, made.body
    number = made.json["tranId"]
    assert isinstance(number, int)
    return number


async def at(house: House, moment: int) -> None:
    """Freeze the venue at another moment."""
    moved = await house.control("PUT", "/clock", {"mode": "frozen", "now": moment})
    assert moved.status == 200


async def spot(house: House, asset: str = "USDT") -> str:
    """What the spot wallet holds, as the operator sees it."""
    account = (await house.control("GET", f"/accounts/{house.uid}")).json
    held = account["balances"].get("MAIN", {}).get(asset, "0")
    assert isinstance(held, str)
    return held

"""What each wallet holds, read through the endpoint that shows that wallet to a client."""

from decimal import Decimal

from clearhouse.ledger.chart import HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.model.ids import VENUE, Uid
from clearhouse.model.money import parse_units
from clearhouse.model.wallets import UMFUTURE
from unit.api.harness import House


async def balances(house: House, asset: str, pairs: tuple[str, ...]) -> dict[str, str]:
    """The balance of an asset in every wallet, by wallet name; zeros left out."""
    found = {
        "MAIN": await _spot(house, asset),
        "FUNDING": await _row(house, "POST", "/sapi/v1/asset/get-funding-asset", asset, "free"),
        "UMFUTURE": await _row(house, "GET", "/fapi/v2/balance", asset, "balance"),
        "CMFUTURE": await _row(house, "GET", "/dapi/v1/balance", asset, "balance"),
        "OPTION": await _option(house, asset),
        "PORTFOLIO_MARGIN": await _portfolio(house, asset),
        "MARGIN": await _cross(house, asset),
    }
    for pair in pairs:
        found[pair] = await _isolated(house, pair, asset)
    return {wallet: f"{Decimal(text):.8f}" for wallet, text in found.items() if Decimal(text)}


def owe(house: House, asset: str, amount: str) -> None:
    """A futures balance below zero, booked directly: nothing a client can do yet makes one."""
    units = parse_units(amount)
    debt = Posting(Uid(house.uid), UMFUTURE, asset, -units)
    house.state.books.post((debt, Posting(VENUE, HOUSE, asset, units)))


async def _spot(house: House, asset: str) -> str:
    answer = await house.signed("GET", "/api/v3/account")
    return _pick(answer.json["balances"], asset, "free")


async def _row(house: House, method: str, path: str, asset: str, name: str) -> str:
    return _pick((await house.signed(method, path)).json, asset, name)


async def _option(house: House, asset: str) -> str:
    answer = await house.signed("GET", "/eapi/v1/marginAccount")
    return _pick(answer.json["asset"], asset, "marginBalance")


async def _portfolio(house: House, asset: str) -> str:
    answer = await house.signed("GET", "/papi/v1/balance", {"asset": asset})
    return str(answer.json["totalWalletBalance"])


async def _cross(house: House, asset: str) -> str:
    answer = await house.signed("GET", "/sapi/v1/margin/account")
    return _pick(answer.json["userAssets"], asset, "free")


async def _isolated(house: House, pair: str, asset: str) -> str:
    answer = await house.signed("GET", "/sapi/v1/margin/isolated/account", {"symbols": pair})
    [row] = answer.json["assets"]
    assert row["symbol"] == pair
    return _pick([row["baseAsset"], row["quoteAsset"]], asset, "free")


def _pick(rows: list[dict[str, str]], asset: str, name: str) -> str:
    found = [row[name] for row in rows if row["asset"] == asset]
    assert len(found) <= 1
    return found[0] if found else "0"

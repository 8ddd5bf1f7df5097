"""Opening streams in a house, and reading what they carry."""

import json
from typing import Any

from unit.api.harness import Answer, House, Socket

PATH = "/fapi/v1/listenKey"
MINUTE_MS = 60_000


async def ask_key(house: House, method: str = "POST", query: str = "") -> Answer:
    """A listenKey request: the key header and nothing else."""
    return await house.send(method, PATH, query, headers={"x-mbx-apikey": house.key})


async def listen_key(house: House) -> str:
    answer = await ask_key(house)
    assert answer.status == 200, answer.body
    key: str = answer.json["listenKey"]
    return key


async def advance(house: House, ms: int) -> None:
    moved = await house.control("POST", "/clock/advance", {"ms": ms})
    assert moved.status == 200


async def deposit(house: House, amount: str) -> None:
    """Money into the futures wallet by the operator, whatever the venue's clock says."""
    body = {"wallet": "UMFUTURE", "asset": "USDT", "amount": amount}
    paid = await house.control("POST", f"/accounts/{house.uid}/deposits", body)
    assert paid.status == 200


async def refusal(house: House, path: str, query: str = "") -> tuple[int, Any]:
    """(status, body) of a handshake that is refused."""
    async with house.socket(query, path=path) as socket:
        assert socket.opening["type"] == "websocket.http.response.start", socket.opening
        body = await socket.next()
        return socket.opening["status"], json.loads(body["body"])


async def silent(socket: Socket) -> bool:
    """Whether nothing waits: a request is answered before anything else comes."""
    answer = await socket.ask("GET_PROPERTY", ["combined"], id=999)
    return bool(answer["id"] == 999)

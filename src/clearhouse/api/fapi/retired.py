"""Routes that the exchange has retired for newer versions of themselves.

They answer as any path that does not exist, and the hint header names what took their place.
"""

from clearhouse.api.endpoint import Router
from clearhouse.api.errors import Family, Fault

router = Router(Family.FAPI)

SUCCESSORS = {
    "/v1/account": "GET /fapi/v2/account",
    "/v1/balance": "GET /fapi/v2/balance",
    "/v1/positionRisk": "GET /fapi/v2/positionRisk",
}

for _path, _successor in SUCCESSORS.items():
    router.refuse(
        "GET",
        _path,
        "Retired.",
        f"The exchange retired it; use {_successor}.",
        Fault.INVALID_PATH,
        (Family.FAPI.value + _path, "GET"),
    )

"""Security and weight of the wallet, margin and spot calls, written out from the exchange's pages."""

import pytest

from clearhouse.api.operations import OPERATIONS

BY_NAME = {operation.name: operation for operation in OPERATIONS}
TRADING, TRANSFER = "enableSpotAndMarginTrading", "permitsUniversalTransfer"


@pytest.mark.parametrize(
    ("name", "security", "weight", "permission"),
    [
        ("GET /sapi/v1/asset/assetDetail", "USER_DATA", (1, "IP"), ""),
        ("GET /sapi/v1/asset/assetDividend", "USER_DATA", (10, "IP"), ""),
        ("GET /sapi/v1/asset/custody/transfer-history", "USER_DATA", (60, "IP"), ""),
        ("GET /sapi/v1/asset/dribblet", "USER_DATA", (1, "IP"), ""),
        ("POST /sapi/v1/asset/dust", "USER_DATA", (10, "UID"), TRADING),
        ("POST /sapi/v1/asset/dust-btc", "USER_DATA", (1, "IP"), ""),
        ("POST /sapi/v1/asset/dust-convert/convert", "USER_DATA", (10, "UID"), TRADING),
        (
            "POST /sapi/v1/asset/dust-convert/query-convertible-assets",
            "USER_DATA",
            (1, "IP"),
            "",
        ),
        (
            "GET /sapi/v1/asset/ledger-transfer/cloud-mining/queryByPage",
            "USER_DATA",
            (600, "UID"),
            "",
        ),
        ("GET /sapi/v1/asset/tradeFee", "USER_DATA", (1, "IP"), ""),
        ("GET /sapi/v1/asset/wallet/balance", "USER_DATA", (60, "IP"), TRANSFER),
        ("POST /sapi/v1/bnbBurn", "USER_DATA", (1, "IP"), ""),
        ("GET /sapi/v1/bnbBurn", "USER_DATA", (1, "IP"), ""),
        ("GET /sapi/v1/spot/asset/tags", "MARKET_DATA", (100, "IP"), ""),
        ("GET /sapi/v1/spot/open-symbol-list", "MARKET_DATA", (100, "IP"), ""),
        ("GET /sapi/v1/spot/delist-schedule", "MARKET_DATA", (100, "IP"), ""),
        ("GET /sapi/v1/margin/allAssets", "MARKET_DATA", (1, "IP"), ""),
        ("GET /sapi/v1/margin/maxTransferable", "USER_DATA", (50, "IP"), ""),
        ("GET /sapi/v1/margin/transfer", "USER_DATA", (1, "IP"), ""),
        ("POST /sapi/v1/futures/transfer", "USER_DATA", (1, "IP"), TRANSFER),
        ("GET /sapi/v1/futures/transfer", "USER_DATA", (10, "IP"), ""),
        ("POST /sapi/v1/localentity/withdraw/apply", "USER_DATA", (600, "UID"), ""),
        ("PUT /sapi/v1/localentity/deposit/provide-info", "USER_DATA", (600, "UID"), ""),
        ("GET /sapi/v1/localentity/vasp", "USER_DATA", (1, "IP"), ""),
        ("GET /api/v3/ticker/price", "NONE", (2, "IP"), ""),
        ("GET /fapi/v1/account", "NONE", (1, "IP"), ""),
    ],
)
def test_a_declaration(name: str, security: str, weight: tuple[int, str], permission: str) -> None:
    operation = BY_NAME[name]
    assert operation.security.value == security
    assert (operation.weight.amount, operation.weight.kind.value) == weight
    needed = {permission} - {""} | ({"enableReading"} if security == "USER_DATA" else set())
    assert {right.value for right in operation.permissions} == needed

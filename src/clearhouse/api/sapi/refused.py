"""Operations of the wallet family that this venue knows and will not have, and why.

Whoever passes their security gets -1020, or -21015 where the exchange itself has retired the
operation; the reason stands in the hint header and in the coverage table.
"""

from clearhouse.api.endpoint import Router, Security, Weight, ip, uid
from clearhouse.api.errors import Family, Fault

router = Router(Family.SAPI)

CUSTODY = "There is no custodian here whose delegations could be listed."
CLOUD_MINING = "There is no cloud mining here, so nothing was ever paid or refunded for it."
TRAVEL_RULE = (
    "The travel rule binds licensed exchanges that send real assets; nothing here leaves this "
    "venue. Use POST /sapi/v1/capital/withdraw/apply and the histories under /sapi/v1/capital."
)
UNIVERSAL = "The exchange retired it in March 2024; use POST /sapi/v1/asset/transfer."

REFUSED: tuple[tuple[str, str, str, str, Weight], ...] = (
    (
        "GET",
        "/v1/asset/custody/transfer-history",
        "Query user delegation history.",
        CUSTODY,
        ip(60),
    ),
    (
        "GET",
        "/v1/asset/ledger-transfer/cloud-mining/queryByPage",
        "Get cloud mining payment and refund history.",
        CLOUD_MINING,
        uid(600),
    ),
    ("POST", "/v1/localentity/withdraw/apply", "Withdraw (travel rule).", TRAVEL_RULE, uid(600)),
    (
        "GET",
        "/v1/localentity/withdraw/history",
        "Withdraw history (travel rule).",
        TRAVEL_RULE,
        ip(1),
    ),
    (
        "GET",
        "/v2/localentity/withdraw/history",
        "Withdraw history V2 (travel rule).",
        TRAVEL_RULE,
        ip(1),
    ),
    (
        "PUT",
        "/v1/localentity/deposit/provide-info",
        "Submit deposit questionnaire (travel rule).",
        TRAVEL_RULE,
        uid(600),
    ),
    (
        "PUT",
        "/v2/localentity/deposit/provide-info",
        "Submit deposit questionnaire V2 (travel rule).",
        TRAVEL_RULE,
        uid(600),
    ),
    (
        "GET",
        "/v1/localentity/deposit/history",
        "Deposit history (travel rule).",
        TRAVEL_RULE,
        ip(1),
    ),
    (
        "GET",
        "/v2/localentity/deposit/history",
        "Deposit history V2 (travel rule).",
        TRAVEL_RULE,
        ip(1),
    ),
    (
        "GET",
        "/v1/localentity/questionnaire-requirements",
        "Check questionnaire requirements (travel rule).",
        TRAVEL_RULE,
        ip(1),
    ),
    ("GET", "/v1/localentity/vasp", "VASP list (travel rule).", TRAVEL_RULE, ip(1)),
)

for _method, _path, _summary, _why, _weight in REFUSED:
    router.refuse(_method, _path, _summary, _why, security=Security.USER_DATA, weight=_weight)

router.refuse(
    "POST",
    "/v1/margin/transfer",
    "Cross margin account transfer.",
    UNIVERSAL,
    Fault.RETIRED,
    security=Security.USER_DATA,
    weight=uid(600),
)

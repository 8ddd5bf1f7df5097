"""What a restarted server must show, given the diary of what it answered before it died."""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from clearhouse.journal.record import Head
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.testing import Client

from .load import ASSET, DEPOSIT, KINDS, WALLETS_OF_KIND, Attempt, Diary, Owner

PAGE = 1_000


class Leg(NamedTuple):
    """One posting as the control plane shows it."""

    uid: int
    wallet: str
    units: int


def open_accounts(url: str, number: int) -> list[Owner]:
    """Accounts with 1000 USDT in each of the three wallets that the load moves money between."""
    client = Client(url)
    balances = {wallet: {ASSET: "1000"} for wallet in ("MAIN", "UMFUTURE", "FUNDING")}
    bodies = [
        client.control("POST", "/accounts", {"balances": balances}).json for _ in range(number)
    ]
    client.close()
    return [Owner(body["uid"], body["apiKey"], body["apiSecret"]) for body in bodies]


def check(url: str, owners: list[Owner], diary: Diary) -> None:
    """Nothing acknowledged is lost or doubled, nothing refused is there, the books are right."""
    client = Client(url)
    ledger = client.control("GET", "/ledger/check").json
    assert ledger["ok"], ledger
    assert {row["sum"] for row in ledger["assets"].values()} == {"0.00000000"}
    moves = all_moves(client)
    _check_acknowledged(moves, diary)
    _check_each_at_most_once(moves, diary, owners)
    _check_balances(client, moves, owners)
    client.close()


def all_moves(client: Client) -> dict[int, list[Leg]]:
    """Every posting there is, by movement."""
    moves: dict[int, list[Leg]] = {}
    after = 0
    while True:
        page = client.control("GET", f"/ledger/postings?after={after}&limit={PAGE}").json
        for row in page["postings"]:
            if row["asset"] == ASSET:
                leg = Leg(row["uid"], row["wallet"], units(row["amount"]))
                moves.setdefault(row["tranId"], []).append(leg)
        if len(page["postings"]) < PAGE:
            return moves
        after = page["postings"][-1]["seq"]


def _legs(attempt: Attempt) -> list[Leg]:
    if attempt.kind == DEPOSIT:
        return [Leg(0, "OUTSIDE", -attempt.units), Leg(attempt.uid, "MAIN", attempt.units)]
    source, target = WALLETS_OF_KIND[attempt.kind]
    return [
        Leg(attempt.uid, source, -attempt.units),
        Leg(attempt.uid, target, attempt.units),
    ]


def _check_acknowledged(moves: dict[int, list[Leg]], diary: Diary) -> None:
    lost = [(tran_id, a) for tran_id, a in diary.acked.items() if moves.get(tran_id) != _legs(a)]
    assert not lost, f"acknowledged but not as promised in the postings: {lost[:3]}"


def _check_each_at_most_once(
    moves: dict[int, list[Leg]], diary: Diary, owners: list[Owner]
) -> None:
    """Amounts are unique, so each stands for one attempt; half a movement shows here too."""
    uids = {owner.uid for owner in owners}
    opening = 3 * len(owners)  # deposits that came with the accounts
    of_load = {t: legs for t, legs in moves.items() if {leg.uid for leg in legs} & uids}
    assert all(sum(leg.units for leg in legs) == 0 and len(legs) == 2 for legs in of_load.values())
    found = Counter(tuple(legs) for legs in list(of_load.values())[opening:])
    allowed = {tuple(_legs(a)) for a in (*diary.acked.values(), *diary.unknown)}
    assert max(found.values(), default=1) == 1, "an attempt was carried out twice"
    assert set(found) <= allowed, "something was carried out that was refused or never sent"


def _check_balances(client: Client, moves: dict[int, list[Leg]], owners: list[Owner]) -> None:
    sums: Counter[tuple[int, str]] = Counter()
    for legs in moves.values():
        for leg in legs:
            sums[leg.uid, leg.wallet] += leg.units
    for owner in owners:
        shown = client.control("GET", f"/accounts/{owner.uid}").json["balances"]
        for wallet, assets in shown.items():
            assert units(assets[ASSET]) == sums[owner.uid, wallet], (owner.uid, wallet)


def check_history(url: str, owners: list[Owner], diary: Diary) -> None:
    """Every acknowledged transfer is exactly once in the history that the client can read."""
    expected = {t: (a.uid, a.kind, a.units) for t, a in diary.acked.items() if a.kind != DEPOSIT}
    found: dict[int, tuple[int, str, int]] = {}
    for owner in owners:
        client = Client(url, owner.api_key, owner.secret)
        for kind in KINDS:
            for row in _history(client, kind):
                assert row["tranId"] not in found, f"{row} is listed twice"
                found[row["tranId"]] = (owner.uid, row["type"], units(row["amount"]))
        client.close()
    assert expected.items() <= found.items()
    unknown = {tuple(attempt) for attempt in diary.unknown}
    assert {found[t] for t in found.keys() - expected.keys()} <= unknown


def _history(client: Client, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        answer = client.signed(
            "GET", "/sapi/v1/asset/transfer", type=kind, size=100, current=len(rows) // 100 + 1
        ).json
        rows += answer["rows"]
        if not answer["rows"] or len(rows) == answer["total"]:
            return rows


def check_file(path: Path) -> int:
    """The file of a stopped server: the chain holds from the first record on; its events."""
    journal = SqliteJournal(path)
    try:
        heads = [head for head, _ in journal.events(Head())]
        assert heads[-1] == journal.head()
        return heads[-1].seq
    finally:
        journal.close()


def units(text: str) -> int:
    """Units of an amount as the server writes it."""
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.removeprefix("-").partition(".")
    return sign * (int(whole) * 10**8 + int((part + "0" * 8)[:8]))

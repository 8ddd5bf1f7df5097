"""The calls of the control plane."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import asdict
from starlette import convertors as path_types  # codespell:ignore convertors
from starlette.requests import Request
from starlette.routing import Route
from typing_extensions import override

from clearhouse import __version__
from clearhouse.admin.bodies import (
    AccountBody,
    AddressBody,
    AdvanceBody,
    ClockBody,
    DividendBody,
    FeesBody,
    FundsBody,
    IndexBody,
    KeyBody,
    WhitelistBody,
    credential_of,
    decode_body,
    list_symbol,
    name_of,
    open_account,
    rate_of,
    units_of,
    wallet_named,
)
from clearhouse.admin.control_plane import ControlPlane, Plan
from clearhouse.admin.errors import AdminError, malformed
from clearhouse.admin.explaining import explain, question
from clearhouse.engine.execute import Decision
from clearhouse.engine.state import FROZEN, REAL, SCALED
from clearhouse.messages.commands import (
    AdvanceClock,
    Command,
    CreateKey,
    DepositFunds,
    ListAsset,
    PayDividend,
    ResetVenue,
    RevokeKey,
    SaveAddress,
    SetAssetIndex,
    SetClock,
    SetFees,
    SetWhitelist,
    WithdrawFunds,
)
from clearhouse.messages.events import (
    AccountOpened,
    ClockSet,
    DividendPaid,
    FeesSet,
    FundsDeposited,
    FundsWithdrawn,
)
from clearhouse.messages.histories import PostingHistory
from clearhouse.messages.queries import (
    AccountView,
    Fees,
    ListAccounts,
    ReadAccount,
    ReadCatalogue,
    ReadWalletSettings,
    WalletSettingsView,
)
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.instruments import Asset
from clearhouse.model.money import SCALE, Money, fixed8, trimmed

MAX_ROWS = 1_000
NEWEST_POSTINGS = 10
FASTEST_CLOCK = 1_000_000 * SCALE
"""A million times as fast: a day of it stays far below what the journal can hold."""
MAX_DIGITS = 18
Settings = dict[str, Any]


class UidInPath(path_types.Convertor[Uid]):  # codespell:ignore convertor
    """A uid in a path; a number that is longer than any uid makes another path."""

    regex = "[0-9]{1,18}"

    @override
    def convert(self, value: str) -> Uid:
        return Uid(int(value))

    @override
    def to_string(self, value: Uid) -> str:
        return str(value)


path_types.register_url_convertor("uid", UidInPath())


class Calls:
    """Every call, bound to a venue."""

    def __init__(
        self,
        plane: ControlPlane,
        *,
        genesis: Callable[[], Iterable[Command]],
        settings: Settings,
        on_reset: Callable[[], None],
    ) -> None:
        self._plane = plane
        self._venue = plane.venue
        self._genesis = genesis
        self._settings = settings
        self._on_reset = on_reset

    def routes(self) -> list[Route]:
        """The table of calls."""
        read, change = self._plane.reading, self._plane.changing
        return [
            read("/health", self.health),
            read("/ready", self.ready),
            read("/info", self.info),
            read("/accounts", self.accounts),
            read("/accounts/{uid:uid}", self.account),
            read("/accounts/{uid:uid}/explain", self.explain),
            change("/accounts", self.create_account),
            change("/accounts/{uid:uid}/keys", self.create_key),
            change("/accounts/{uid:uid}/keys/{api_key}", self.revoke_key, method="DELETE"),
            change("/accounts/{uid:uid}/deposits", self.deposit),
            change("/accounts/{uid:uid}/withdrawals", self.withdraw),
            change("/accounts/{uid:uid}/fees", self.set_fees, method="PUT"),
            change("/accounts/{uid:uid}/dividends", self.pay_dividend),
            change("/accounts/{uid:uid}/addresses", self.save_address),
            change("/accounts/{uid:uid}/whitelist", self.set_whitelist, method="PUT"),
            change("/symbols/{symbol}", self.put_symbol, method="PUT"),
            change("/assets/{asset}/index", self.put_index, method="PUT"),
            read("/clock", self.clock),
            change("/clock", self.set_clock, method="PUT"),
            change("/clock/advance", self.advance_clock),
            change("/reset", self.reset),
            read("/ledger/check", self.check_ledger),
            read("/ledger/postings", self.postings),
        ]

    async def health(self, _request: Request) -> object:
        """The process answers."""
        return {"status": "ok"}

    async def ready(self, _request: Request) -> object:
        """The venue takes requests."""
        if self._venue.failure:
            raise AdminError(503, "stopped", str(self._venue.failure))
        return {"status": "ready"}

    async def info(self, _request: Request) -> object:
        """Version, settings, and the end of the journal."""
        return {
            "name": "clearhouse",
            "version": __version__,
            "settings": self._settings,
            "time": self._venue.now(),
            "journal": {"seq": self._venue.head.seq},
        }

    async def accounts(self, request: Request) -> object:
        """Accounts in the order of uids; `after` pages on."""
        after = _integer(request, "after", 0)
        limit = _integer(request, "limit", 100)
        found = await self._venue.read(ListAccounts(Uid(after), min(limit, MAX_ROWS)))
        return {"accounts": [_account(view) for view in found]}

    async def account(self, request: Request) -> object:
        """One account with its holdings, its keys and the settings of its wallets."""
        view = await self._venue.read(ReadAccount(_uid(request)))
        settings = await self._venue.read(ReadWalletSettings(view.uid, self._venue.now()))
        return {**_account(view), "wallets": _wallet_settings(settings)}

    async def explain(self, request: Request) -> object:
        """What the numbers of a futures account follow from, down to postings and settings."""
        newest = min(_integer(request, "postings", NEWEST_POSTINGS), MAX_ROWS)
        return await explain(self._venue, question(_uid(request), request.query_params), newest)

    async def create_account(self, _request: Request, raw: bytes) -> Plan:
        """Open an account with an HMAC key that may do everything."""
        command, key = open_account(decode_body(raw, AccountBody), self._plane.sealer)

        def answer(events: Decision) -> object:
            opened = events[0]
            assert isinstance(opened, AccountOpened)
            return {"uid": opened.uid, "apiKey": key.api_key, "apiSecret": key.api_secret}

        return Plan([command], answer)

    async def create_key(self, request: Request, raw: bytes) -> Plan:
        """Give an account another key; an HMAC secret is shown this one time."""
        credential, key = credential_of(decode_body(raw, KeyBody), self._plane.sealer)
        answer = {"apiKey": key.api_key}
        if key.api_secret is not None:
            answer["apiSecret"] = key.api_secret
        return Plan([CreateKey(uid=_uid(request), credential=credential)], lambda _: answer)

    async def revoke_key(self, request: Request, _raw: bytes) -> Plan:
        """Take a key away for good."""
        command = RevokeKey(uid=_uid(request), api_key=request.path_params["api_key"])
        return Plan([command], lambda _: {})

    async def deposit(self, request: Request, raw: bytes) -> Plan:
        """Money from the outside."""
        return Plan([DepositFunds(**_funds(request, raw))], _tran_id)

    async def withdraw(self, request: Request, raw: bytes) -> Plan:
        """Money to the outside."""
        return Plan([WithdrawFunds(**_funds(request, raw))], _tran_id)

    async def set_fees(self, request: Request, raw: bytes) -> Plan:
        """Give an account a fee tier and rates for its futures trades."""
        body = decode_body(raw, FeesBody)
        maker, taker = rate_of("maker", body.maker), rate_of("taker", body.taker)
        command = SetFees(uid=_uid(request), tier=body.tier, maker=maker, taker=taker)

        def answer(events: Decision) -> object:
            changed = events[0]
            assert isinstance(changed, FeesSet)
            return _fees(Fees(changed.tier, changed.maker, changed.taker))

        return Plan([command], answer)

    async def pay_dividend(self, request: Request, raw: bytes) -> Plan:
        """A distribution into the spot wallet."""
        body = decode_body(raw, DividendBody)
        command = PayDividend(
            uid=_uid(request),
            money=Money(body.asset, units_of("amount", body.amount)),
            info=body.info or f"{body.asset} distribution",
        )
        return Plan([command], _tran_id)

    async def save_address(self, request: Request, raw: bytes) -> Plan:
        """Put an address into the address book of an account, or change it there."""
        saved = SavedAddress(**asdict(decode_body(raw, AddressBody)))
        return Plan([SaveAddress(uid=_uid(request), address=saved)], lambda _: asdict(saved))

    async def set_whitelist(self, request: Request, raw: bytes) -> Plan:
        """Let money leave to trusted addresses only, or to any."""
        on = decode_body(raw, WhitelistBody).enabled
        return Plan([SetWhitelist(uid=_uid(request), on=on)], lambda _: {"enabled": on})

    async def put_symbol(self, request: Request, raw: bytes) -> Plan:
        """Create or change a symbol; a base asset that is new is listed at one dollar."""
        symbol = request.path_params["symbol"]
        listed = await self._venue.read(ReadCatalogue())
        commands: list[Command] = list(list_symbol(symbol, raw, listed))
        return Plan(commands, lambda _: {"symbol": symbol})

    async def put_index(self, request: Request, raw: bytes) -> Plan:
        """Set the USD index price of an asset; an asset that is new is listed with it."""
        name = name_of("asset", request.path_params["asset"])
        index = units_of("index", decode_body(raw, IndexBody).index)
        if index <= 0:
            raise malformed("index: a price is greater than zero")
        listed = await self._venue.read(ReadCatalogue())
        command: Command = SetAssetIndex(asset=name, index=index)
        if name not in listed.assets:
            command = ListAsset(Asset(name=name, full_name=name, index=index))
        return Plan([command], lambda _: {"asset": name, "index": trimmed(index)})

    async def clock(self, _request: Request) -> object:
        """The clock in force."""
        setting = self._venue.clock_setting
        return _clock(setting.mode, self._venue.now(), setting.rate)

    async def set_clock(self, _request: Request, raw: bytes) -> Plan:
        """Real time, frozen time, or time that runs at another speed."""
        body = decode_body(raw, ClockBody)
        if body.mode not in (REAL, FROZEN, SCALED):
            raise malformed(f"mode: {REAL}, {FROZEN} or {SCALED}")
        if (body.mode == SCALED) != (body.rate is not None):
            raise malformed("rate: it belongs to the scaled clock, and that one needs it")
        if body.mode == REAL and body.now is not None:
            raise malformed("now: real time cannot be set; freeze or scale the clock")
        now = None if body.now is None else Millis(body.now)
        rate = None if body.rate is None else units_of("rate", body.rate)
        if rate is not None and not 0 < rate <= FASTEST_CLOCK:
            raise malformed(f"rate: above 0, and at most {trimmed(FASTEST_CLOCK)}")
        return Plan([SetClock(mode=body.mode, now=now, rate=rate)], _clock_answer)

    async def advance_clock(self, _request: Request, raw: bytes) -> Plan:
        """Move a frozen clock."""
        return Plan([AdvanceClock(decode_body(raw, AdvanceBody).ms)], _clock_answer)

    async def reset(self, _request: Request, _raw: bytes) -> Plan:
        """Start over: forget everything, then begin as on the first day."""

        def answer(_events: Decision) -> object:
            self._on_reset()
            return {}

        return Plan([ResetVenue(), *self._genesis()], answer)

    async def check_ledger(self, _request: Request) -> object:
        """The trial balance: each asset sums to zero over all ledger accounts."""
        view, head = await self._venue.check_ledger()
        return {
            "ok": not any(total for total, _ in view.assets.values()),
            "assets": {
                asset: {"sum": fixed8(total), "accounts": accounts}
                for asset, (total, accounts) in view.assets.items()
            },
            "journal": {"seq": head.seq, "hash": head.hash.hex()},
        }

    async def postings(self, request: Request) -> object:
        """Postings after a journal position, oldest first; `uid` picks one owner."""
        uid = _integer(request, "uid", -1)
        asked = PostingHistory(
            uid=None if uid < 0 else Uid(uid),
            after=Seq(_integer(request, "after", 0)),
            limit=min(max(_integer(request, "limit", 100), 1), MAX_ROWS),
        )
        rows = await self._venue.read(asked)
        return {
            "postings": [
                {
                    "seq": row.seq,
                    "leg": row.leg,
                    "tranId": row.tran_id,
                    "uid": row.uid,
                    "wallet": row.wallet,
                    "asset": row.asset,
                    "amount": fixed8(row.units),
                    "time": row.at,
                }
                for row in rows
            ]
        }


def _clock_answer(events: Decision) -> object:
    """What was set, not what the clock shows by now: a repeated call must get the same."""
    changed = events[0]
    assert isinstance(changed, ClockSet)
    return _clock(changed.mode, changed.now, changed.rate)


def _clock(mode: str, now: Millis, rate: int) -> object:
    answer: dict[str, object] = {"mode": mode, "now": now}
    if mode == SCALED:
        answer["rate"] = trimmed(rate)
    return answer


def _tran_id(events: Decision) -> object:
    moved = events[0]
    assert isinstance(moved, FundsDeposited | FundsWithdrawn | DividendPaid)
    return {"tranId": moved.tran_id}


def _funds(request: Request, raw: bytes) -> dict[str, Any]:
    body = decode_body(raw, FundsBody)
    return {
        "uid": _uid(request),
        "wallet": wallet_named(body.wallet, body.symbol),
        "money": Money(body.asset, units_of("amount", body.amount)),
    }


def _uid(request: Request) -> Uid:
    return Uid(request.path_params["uid"])


def _integer(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise malformed(f"{name}: a whole number from zero is meant")
    return int(text)


def _fees(fees: Fees) -> object:
    return {"tier": fees.tier, "maker": trimmed(fees.maker), "taker": trimmed(fees.taker)}


def _wallet_settings(view: WalletSettingsView) -> dict[str, object]:
    return {
        "spotBNBBurn": view.spot_burn,
        "interestBNBBurn": view.interest_burn,
        "fastWithdraw": view.fast_withdraw,
        "whitelist": view.whitelist,
        "addresses": [asdict(address) for address in view.addresses],
    }


def _account(view: AccountView) -> dict[str, object]:
    balances: dict[str, dict[str, str]] = {}
    for holding in view.holdings:
        balances.setdefault(holding.wallet, {})[holding.asset] = fixed8(holding.units)
    return {
        "uid": view.uid,
        "label": view.label,
        "createTime": view.opened_at,
        "multiAssetsMargin": view.multi_assets,
        "dualSidePosition": view.hedge,
        "fees": _fees(view.fees),
        "keys": [
            {
                "apiKey": key.api_key,
                "kind": key.kind.value,
                "permissions": sorted(permission.value for permission in key.permissions),
                "ipRestrict": list(key.allowed_ips),
                "createTime": key.created_at,
            }
            for key in view.keys
        ],
        "balances": balances,
    }

"""The calls of the control plane about accounts: opening, keys, money, settings, explaining."""

from typing import Any

from msgspec.structs import asdict
from starlette.requests import Request
from starlette.routing import Route

from clearhouse.admin.bodies import (
    AccountBody,
    AddressBody,
    DividendBody,
    FeesBody,
    FundsBody,
    KeyBody,
    WhitelistBody,
    credential_of,
    decode_body,
    open_account,
    rate_of,
    units_of,
    wallet_named,
)
from clearhouse.admin.control_plane import MAX_ROWS, ControlPlane, Plan
from clearhouse.admin.explaining import explain, question
from clearhouse.admin.urls import integer_in, uid_in
from clearhouse.engine.execute import Decision
from clearhouse.messages.commands import (
    CreateKey,
    DepositFunds,
    PayDividend,
    RevokeKey,
    SaveAddress,
    SetFees,
    SetWhitelist,
    WithdrawFunds,
)
from clearhouse.messages.events import (
    AccountOpened,
    DividendPaid,
    FeesSet,
    FundsDeposited,
    FundsWithdrawn,
)
from clearhouse.messages.queries import (
    AccountView,
    Fees,
    ListAccounts,
    ReadAccount,
    ReadWalletSettings,
    WalletSettingsView,
)
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.ids import Uid
from clearhouse.model.money import Money, fixed8, trimmed

NEWEST_POSTINGS = 10


class AccountCalls:
    """Calls about accounts, bound to a venue."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._venue = plane.venue

    def routes(self) -> list[Route]:
        """The table of calls."""
        read, change = self._plane.reading, self._plane.changing
        return [
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
        ]

    async def accounts(self, request: Request) -> object:
        """Accounts in the order of uids; `after` pages on."""
        after = integer_in(request, "after", 0)
        limit = integer_in(request, "limit", 100)
        found = await self._venue.read(ListAccounts(Uid(after), min(limit, MAX_ROWS)))
        return {"accounts": [_account(view) for view in found]}

    async def account(self, request: Request) -> object:
        """One account with its holdings, its keys and the settings of its wallets."""
        view = await self._venue.read(ReadAccount(uid_in(request)))
        settings = await self._venue.read(ReadWalletSettings(view.uid, self._venue.now()))
        return {**_account(view), "wallets": _wallet_settings(settings)}

    async def explain(self, request: Request) -> object:
        """What the numbers of a futures account follow from, down to postings and settings."""
        newest = min(integer_in(request, "postings", NEWEST_POSTINGS), MAX_ROWS)
        return await explain(self._venue, question(uid_in(request), request.query_params), newest)

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
        return Plan([CreateKey(uid=uid_in(request), credential=credential)], lambda _: answer)

    async def revoke_key(self, request: Request, _raw: bytes) -> Plan:
        """Take a key away for good."""
        command = RevokeKey(uid=uid_in(request), api_key=request.path_params["api_key"])
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
        command = SetFees(uid=uid_in(request), tier=body.tier, maker=maker, taker=taker)

        def answer(events: Decision) -> object:
            changed = events[0]
            assert isinstance(changed, FeesSet)
            return _fees(Fees(changed.tier, changed.maker, changed.taker))

        return Plan([command], answer)

    async def pay_dividend(self, request: Request, raw: bytes) -> Plan:
        """A distribution into the spot wallet."""
        body = decode_body(raw, DividendBody)
        command = PayDividend(
            uid=uid_in(request),
            money=Money(body.asset, units_of("amount", body.amount)),
            info=body.info or f"{body.asset} distribution",
        )
        return Plan([command], _tran_id)

    async def save_address(self, request: Request, raw: bytes) -> Plan:
        """Put an address into the address book of an account, or change it there."""
        saved = SavedAddress(**asdict(decode_body(raw, AddressBody)))
        return Plan([SaveAddress(uid=uid_in(request), address=saved)], lambda _: asdict(saved))

    async def set_whitelist(self, request: Request, raw: bytes) -> Plan:
        """Let money leave to trusted addresses only, or to any."""
        on = decode_body(raw, WhitelistBody).enabled
        return Plan([SetWhitelist(uid=uid_in(request), on=on)], lambda _: {"enabled": on})


def _tran_id(events: Decision) -> object:
    moved = events[0]
    assert isinstance(moved, FundsDeposited | FundsWithdrawn | DividendPaid)
    return {"tranId": moved.tran_id}


def _funds(request: Request, raw: bytes) -> dict[str, Any]:
    body = decode_body(raw, FundsBody)
    return {
        "uid": uid_in(request),
        "wallet": wallet_named(body.wallet, body.symbol),
        "money": Money(body.asset, units_of("amount", body.amount)),
    }


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

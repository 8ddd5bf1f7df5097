"""The register of accounts and keys."""

from dataclasses import dataclass, field

from msgspec import structs

from clearhouse.messages.events import AccountOpened, KeyCreated, KeyRevoked
from clearhouse.messages.queries import KeyView
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.access import Permission
from clearhouse.model.ids import FIRST_UID, Millis, Seq, Uid


@dataclass(slots=True)
class Account:
    """An account holder.

    `revision` is the position of the last event that touched it, `moved_at` the time at which
    money of it last moved.
    """

    uid: Uid
    label: str
    opened_at: Millis
    api_keys: tuple[str, ...] = ()
    revision: Seq = Seq(0)
    moved_at: Millis = Millis(0)


@dataclass(slots=True)
class Register:
    """Accounts by uid and keys by their public name; revoked names are never given again."""

    accounts: dict[Uid, Account] = field(default_factory=dict)
    keys: dict[str, KeyView] = field(default_factory=dict)
    revoked: dict[str, Uid] = field(default_factory=dict)
    next_uid: Uid = FIRST_UID
    permission_sets: dict[frozenset[Permission], frozenset[Permission]] = field(
        default_factory=dict
    )

    def add_key(self, key: KeyView) -> None:
        """Take a key in. Equal permission sets are kept once."""
        shared = self.permission_sets.setdefault(key.permissions, key.permissions)
        self.keys[key.api_key] = structs.replace(key, permissions=shared)

    def require(self, uid: Uid) -> Account:
        """The account of a uid; refuses where there is none."""
        account = self.accounts.get(uid)
        if account is None:
            raise Rejected(Reason.UNKNOWN_ACCOUNT, f"no account {uid}")
        return account


def apply_account_opened(register: Register, event: AccountOpened) -> None:
    """The account exists; the next free uid stays above every uid so far."""
    register.accounts[event.uid] = Account(event.uid, event.label, event.at)
    register.next_uid = Uid(max(register.next_uid, event.uid + 1))


def apply_key_created(register: Register, event: KeyCreated) -> None:
    """The key opens its account."""
    register.add_key(
        KeyView(
            event.api_key,
            event.uid,
            event.kind,
            event.material,
            frozenset(event.permissions),
            event.allowed_ips,
            event.at,
        )
    )
    account = register.accounts[event.uid]
    account.api_keys = (*account.api_keys, event.api_key)


def apply_key_revoked(register: Register, event: KeyRevoked) -> None:
    """The key opens nothing, and its name stays taken."""
    del register.keys[event.api_key]
    register.revoked[event.api_key] = event.uid
    account = register.accounts[event.uid]
    account.api_keys = tuple(key for key in account.api_keys if key != event.api_key)

"""Decisions about accounts and keys."""

from clearhouse.accounts.register import Register
from clearhouse.messages.commands import CreateKey, Credential, OpenAccount, RevokeKey
from clearhouse.messages.events import AccountOpened, KeyCreated, KeyRevoked
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import Millis, Uid


def decide_open_account(
    register: Register, command: OpenAccount, at: Millis
) -> tuple[AccountOpened, KeyCreated]:
    """Open an account with its first key. Refuses a uid or a key name that is taken."""
    uid = register.next_uid if command.uid is None else command.uid
    if uid in register.accounts:
        raise Rejected(Reason.UID_TAKEN, f"account {uid} exists already")
    key = _created(register, uid, command.credential, at)
    return AccountOpened(at=at, uid=uid, label=command.label), key


def decide_create_key(register: Register, command: CreateKey, at: Millis) -> KeyCreated:
    """Add a key. Refuses an unknown account and a key name that is or was taken."""
    register.require(command.uid)
    return _created(register, command.uid, command.credential, at)


def decide_revoke_key(register: Register, command: RevokeKey, at: Millis) -> KeyRevoked:
    """Revoke a key. Refuses one that the account does not have."""
    account = register.require(command.uid)
    if command.api_key not in account.api_keys:
        raise Rejected(Reason.UNKNOWN_KEY, f"account {command.uid} has no such key")
    return KeyRevoked(at=at, uid=command.uid, api_key=command.api_key)


def _created(register: Register, uid: Uid, credential: Credential, at: Millis) -> KeyCreated:
    if credential.api_key in register.keys or credential.api_key in register.revoked:
        raise Rejected(Reason.KEY_TAKEN, "this API key exists already")
    return KeyCreated(
        at=at,
        uid=uid,
        api_key=credential.api_key,
        kind=credential.kind,
        material=credential.material,
        permissions=credential.permissions,
        allowed_ips=credential.allowed_ips,
    )

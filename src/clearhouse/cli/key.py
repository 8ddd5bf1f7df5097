"""`clearhouse key`: give an account another key, or take one away."""

from pathlib import Path
from typing import Annotated, Any

import typer

from clearhouse.cli.control import Control
from clearhouse.cli.output import DEFAULT_URL, Json, Refusal, Token, Url, print_json
from clearhouse.model.access import KeyKind, Permission

app = typer.Typer(help="API keys of accounts.", no_args_is_help=True, add_completion=False)

Uid = Annotated[int, typer.Argument(help="The account.", show_default=False)]


@app.command()
def create(
    uid: Uid,
    kind: Annotated[KeyKind, typer.Option(case_sensitive=False, help="How it signs.")] = (
        KeyKind.HMAC
    ),
    public_key: Annotated[
        Path | None, typer.Option(help="PEM file of an RSA or ED25519 key.")
    ] = None,
    permission: Annotated[
        list[Permission] | None, typer.Option(help="What it may do; may be repeated. Else all.")
    ] = None,
    ip: Annotated[
        list[str] | None, typer.Option(help="Address or network it may be used from; repeat.")
    ] = None,
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Create a key; the secret of an HMAC key is shown this one time."""
    body: dict[str, Any] = {"kind": kind.value, "ipRestrict": ip or []}
    if permission:
        body["permissions"] = [one.value for one in permission]
    if public_key:
        body["publicKey"] = _read(public_key)
    created = Control(url, admin_token).call("POST", f"/accounts/{uid}/keys", body)
    if as_json:
        print_json(created)
        return
    print(f"api key     {created['apiKey']}")
    if "apiSecret" in created:
        print(f"api secret  {created['apiSecret']}   (shown this one time)")


@app.command()
def revoke(
    uid: Uid,
    api_key: Annotated[str, typer.Argument(help="The key.", show_default=False)],
    url: Url = DEFAULT_URL,
    admin_token: Token = None,
    as_json: Json = False,
) -> None:
    """Take a key away for good."""
    answer = Control(url, admin_token).call("DELETE", f"/accounts/{uid}/keys/{api_key}")
    if as_json:
        print_json(answer)
    else:
        print(f"revoked {api_key}")


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"the public key {path} cannot be read: {error}") from None

"""tour: the main job with the official SDKs."""

import builtins
from typing import Any

import pytest

from clearhouse.cli import tour as command
from clearhouse.testing import ServerProcess
from unit.cli.conftest import Run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:binance_common")
"""The SDK opens its socket in a way that its own library has deprecated."""


@pytest.fixture(autouse=True)
def environment_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tour turns proxies off for its process."""
    monkeypatch.setenv("NO_PROXY", "")


def test_a_tour_of_a_running_server(run: Run, server: ServerProcess) -> None:
    pytest.importorskip("binance_sdk_wallet")
    done = run("tour", "--url", server.url, "--json").json
    answers = [step["answer"] for step in done]
    assert answers[0] == {"asset": "USDT", "free": "25000", "locked": "0"}
    there = answers[1]["tranId"]
    assert answers[2]["balance"] == "1000.00000000"
    assert answers[3]["totalWalletBalance"] == "1000.00000000"
    assert answers[4] == answers[2]
    assert answers[5]["executedQty"] == "5.000"
    assert answers[6] == {
        "symbol": "TOURUSDT",
        "positionAmt": "5.000",
        "entryPrice": "100.01",
        "markPrice": "100.00000000",
        "unRealizedProfit": "-0.05000000",
    }
    assert answers[7]["last"] == "110"
    assert answers[8]["unRealizedProfit"] == "49.95000000"
    assert answers[9]["side"] == "SELL"
    assert answers[9]["status"] == "FILLED"
    assert [(row["incomeType"], row["income"]) for row in answers[10]] == [
        ("COMMISSION", "-0.25002500"),
        ("REALIZED_PNL", "49.90000000"),
        ("COMMISSION", "-0.27497500"),
    ]
    assert answers[11]["a"]["m"] == "WITHDRAW"
    assert answers[11]["a"]["B"][0]["bc"] == "-1000"
    assert answers[12][0]["tranId"] > there
    assert answers[13]["ok"]


def test_a_private_tour_is_shown(run: Run) -> None:
    pytest.importorskip("binance_sdk_wallet")
    ran = run("tour", CLEARHOUSE_EPHEMERAL="0", CLEARHOUSE_PORT="1")
    assert ran.status == 0
    assert "POST /sapi/v1/asset/transfer" in ran.out
    assert '"tranId"' in ran.out
    assert "Done." in ran.out


def test_without_the_sdks_it_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without_sdks(name: str, *rest: Any) -> Any:
        if "tour_steps" in (rest[2] or ()) if len(rest) > 2 else False:
            raise ModuleNotFoundError("No module named 'binance_common'", name="binance_common")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_sdks)
    ran = run("tour")
    assert ran.status == 1
    assert "binance_common is not installed: pip install 'clearhouse[tour]'" in ran.err


def test_a_step_that_fails_ends_with_a_sentence(
    run: Run, server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = pytest.importorskip("clearhouse.cli.tour_steps")

    def fail(_clients: Any) -> Any:
        raise ConnectionError("it went away")

    broken = steps.STEPS[0]._replace(run=fail)
    monkeypatch.setattr(steps, "STEPS", (broken,))
    ran = run("tour", "--url", server.url)
    assert ran.status == 1
    assert "'The spot wallet' failed (POST /sapi/v3/asset/getUserAsset): it went away" in ran.err


def test_nobody_answers(run: Run) -> None:
    pytest.importorskip("binance_sdk_wallet")
    assert "no Clearhouse answers" in run("tour", "--url", "http://127.0.0.1:9").err


def test_an_answer_stands_on_one_line_where_it_is_short() -> None:
    assert "\n" not in command._answer({"tranId": 1}).text.plain
    assert "\n" in command._answer({str(number): number for number in range(20)}).text.plain

"""Sharing out how many compilers run."""

import threading

import pytest

from bh_container.run.budget import Budget


@pytest.mark.parametrize(
    ("total", "parties", "share"),
    [(1, 1, 1), (8, 1, 8), (8, 2, 4), (8, 3, 2), (2, 5, 1), (4, 0, 4)],
)
def test_a_share_is_fair_and_at_least_one(total: int, parties: int, share: int) -> None:
    with Budget(total=total, parties=parties).share() as taken:
        assert taken == share


def test_no_more_is_given_than_is_there() -> None:
    budget = Budget(total=3, parties=2)
    with budget.share() as first, budget.share() as second, budget.share() as third:
        assert (first, second, third) == (1, 1, 1)


def test_who_finds_nothing_free_waits_until_something_is() -> None:
    budget = Budget(total=1, parties=2)
    got = threading.Event()

    def other() -> None:
        with budget.share():
            got.set()

    thread = threading.Thread(target=other)
    with budget.share():
        thread.start()
        assert not got.wait(0.05)
    thread.join(10)
    assert got.is_set()


def test_the_shares_of_those_who_stay_grow() -> None:
    budget = Budget(total=8, parties=2)
    budget.leave()
    with budget.share() as taken:
        assert taken == 8


def test_one_party_alone_is_left_to_its_own_settings() -> None:
    assert Budget(total=8, parties=1).environment(8) == {}


def test_several_parties_compile_one_package_each() -> None:
    expected = {"BH_JOBS": "4", "BH_PACKAGES": "1", "MAKEOPTS": "-j4 -l8"}
    assert Budget(total=8, parties=2).environment(4) == expected

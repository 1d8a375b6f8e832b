"""Sharing out how many compilers run."""

import threading

import pytest

from bh_container.run.budget import Budget, packages_beside


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


@pytest.mark.parametrize(
    ("share", "packages", "makeopts"),
    [(1, "1", "-j1"), (2, "2", "-j1"), (3, "1", "-j3"), (4, "2", "-j2"), (32, "6", "-j5")],
)
def test_several_parties_part_their_shares(share: int, packages: str, makeopts: str) -> None:
    expected = {"BH_JOBS": str(share), "BH_PACKAGES": packages, "MAKEOPTS": makeopts}
    assert Budget(total=64, parties=2).environment(share) == expected


@pytest.mark.parametrize(
    ("makeopts", "packages"),
    [
        ("-j4", 4),
        ("-j 4 -l9", 4),
        ("--jobs=5", 3),
        ("--jobs 8", 2),
        ("-j32", 1),
        ("-j", 1),
        ("-l3", 16),
        ("", 16),
    ],
)
def test_packages_beside_what_make_is_called_with(makeopts: str, packages: int) -> None:
    assert packages_beside(16, makeopts) == packages

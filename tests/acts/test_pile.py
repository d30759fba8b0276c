"""What the measures at a pile allow a page for showing more rows there."""

from __future__ import annotations

from tests.bench.result import Pair, row_seconds


def pages(row: float, pile: float, *rows: int) -> list[Pair]:
    """Pages with fewer rows at a thousand; each row costs `row` seconds, and the pile `pile`."""
    return [((0.01 + row * (n // 2), n // 2), (0.01 + row * n + pile, n)) for n in rows]


def test_a_row_costs_what_it_costs_on_pages_of_the_same_form() -> None:
    light, heavy = pages(0.0001, 0, 50, 20, 4), pages(0.001, 0, 40, 8, 2)
    assert round(row_seconds(heavy, light + heavy), 6) == 0.001
    assert round(row_seconds(light, light + heavy), 6) == 0.0001


def test_what_the_pile_costs_is_not_put_down_to_the_rows() -> None:
    assert round(row_seconds(pages(0.0001, 0.5, 50, 20, 4)), 6) == 0.0001


def test_pages_with_nearly_the_same_rows_are_told_by_the_others() -> None:
    odd = [((0.01, 49), (0.05, 50)), ((0.02, 50), (0.09, 50))]
    assert round(row_seconds(odd, pages(0.0001, 0, 50, 30, 4)), 6) == 0.0001

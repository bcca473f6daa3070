import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from audiogen.utils import blocks


@given(st.integers(0, 50), st.integers(0, 40))
def test_blocks_are_all_rows_in_order_and_small(n_rows, values_per_row):
    size, blocks._VALUES_PER_BLOCK = blocks._VALUES_PER_BLOCK, 100
    try:
        divided = blocks.row_blocks(n_rows, values_per_row)
        rows = [row for block in divided for row in range(n_rows)[block]]
        assert rows == list(range(n_rows))
        for block in divided:
            assert (block.stop - block.start) * values_per_row <= 100 or values_per_row > 100
        numbers = np.arange(n_rows) * 3
        given_back = list(blocks.blocks_of(numbers, np.empty((1, values_per_row))))
        assert [len(block) for block in given_back] == [b.stop - b.start for b in divided]
        assert [n for block in given_back for n in block] == numbers.tolist()
        assert blocks.map_blocks(lambda rows: rows, n_rows, max(1, values_per_row)) == divided
    finally:
        blocks._VALUES_PER_BLOCK = size

"""Identical histories are counted once: by mixed bits, and by another way where two of them mix to one key."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn.clv.models import distinct
from crmlearn.clv.models.distinct import rows

values = st.sampled_from([0.0, -0.0, 1.0, 1 / 7, 2 / 7, 1e-300, 5e300])
TABLES = st.lists(st.tuples(values, values, values), max_size=40)


@pytest.mark.parametrize("keys", [distinct._keys, lambda arrays: np.zeros(len(arrays[0]), np.uint64)], ids=["", "one"])
@given(table=TABLES)
def test_rows_are_put_together_again(keys, table):
    arrays = np.array(table).reshape(-1, 3).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "_keys", keys)
        found, index = rows(*arrays)
    for values, array in zip(found, arrays, strict=True):
        assert np.array_equal(values[index], array)
    assert len(found[0]) == len(pd.DataFrame(table).drop_duplicates()) == len(set(index))


@given(TABLES, st.randoms())
def test_the_order_of_the_rows_does_not_matter(table, random):
    mixed = random.sample(table, len(table))
    one, other = (rows(*np.array(t).reshape(-1, 3).T)[0] for t in (table, mixed))
    assert np.array_equal(one, other)

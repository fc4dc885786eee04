"""pandas 3 copies when written to: frames that share memory stay apart, plain views of it do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from steps import Chain, Helper

pandas = pytest.importorskip("pandas", minversion="3")

CASES = {
    "a view of a frame's only memory sees a write": (
        "df = pd.DataFrame({'a': [1, 2]})\nv = df['a'].values",
        "df.loc[0, 'a'] = 9",
        "print(df['a'][0], v[0])",
        "9 9\n",
    ),
    "a view of memory that two hold does not": (
        "df = pd.DataFrame({'a': [1, 2]})\ns = df['a']\nv = df['a'].values",
        "df.loc[0, 'a'] = 9",
        "print(df['a'][0], s[0], v[0])",
        "9 1 1\n",
    ),
    "frames in one list stay apart": (
        "df = pd.DataFrame({'a': [1, 2]})\nxs = [df, df['a'], df.rename(columns={'a': 'b'})]",
        "xs[0].iloc[0, 0] = 9",
        "print(df['a'][0], xs[1][0], xs[2]['b'][0], xs[0] is df)",
        "9 1 1 True\n",
    ),
}


@pytest.mark.parametrize(("made", "changed", "shown", "text"), CASES.values(), ids=CASES)
def test_sharing(
    tmp_path: Path, helper: Helper, made: str, changed: str, shown: str, text: str
) -> None:
    chain = Chain(tmp_path, helper)
    chain.run("import pandas as pd\n" + made)
    chain.run(changed)
    assert chain.run(shown).stream() == text

"""Exact effects of small cells: libraries."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.head()",
        "r: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df['b'] = df['a'] * 2",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.loc[df.a > 1, 'a'] = 1",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.sort_values('a', inplace=True)",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.drop('a', axis=1)",
        "r: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.columns = ['b']",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.index.name = 'i'",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df2 = df.copy()\ndf2['b'] = 1",
        "r: df | b: df2",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "g = df.groupby('a').mean()",
        "r: df | b: g",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\ns = df['a']",
        "s[0] = 5",
        "r: df s | m: df s",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\nlimit = 1",
        "df.query('a > @limit')",
        "r: df limit",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.insert(0, 'z', 1)",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.pop('a')",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.apply(lambda r: r * 2)",
        "r: df",
    ),
    (
        "import pandas as pd\nseen = []\ndf = pd.DataFrame({'a': [1]})",
        "df['a'].map(lambda v: seen.append(v))",
        "r: df seen | m: seen?",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df['a'].fillna(0, inplace=True)",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "del df['a']",
        "r: df | m: df",
    ),
    (
        "import numpy as np\na = np.zeros(3)",
        "a[0] = 1",
        "r: a | m: a",
    ),
    (
        "import numpy as np\na = np.zeros(3)",
        "a += 1",
        "r: a | b: a",
    ),
    (
        "import numpy as np\na = np.zeros(3)\nb = a.reshape(1, 3)",
        "b[0] = 1",
        "r: a b | m: a b",
    ),
    (
        "import numpy as np\na = np.zeros(3)\nb = a[1:]",
        "b[0] = 1",
        "r: a b | m: a b",
    ),
    (
        "import numpy as np\na = np.zeros(3)\nb = a + 1",
        "b[0] = 1",
        "r: b | m: b",
    ),
    (
        "import numpy as np\na = np.zeros(3)",
        "np.fill_diagonal(a, 1)",
        "r: a np | m: a",
    ),
    (
        "import numpy as np\na = np.zeros(3)\nb = np.zeros(3)",
        "np.add(a, 1, out=b)",
        "r: a b np | m: b",
    ),
    (
        "import numpy as np\na = np.zeros(3)",
        "np.sort(a)",
        "r: a np",
    ),
    (
        "import numpy as np\na = np.zeros(3)",
        "a.sort()",
        "r: a | m: a",
    ),
    (
        "import numpy as np\na = np.zeros(3)\nb = np.asarray(a)",
        "b[0] = 1",
        "r: a b | m: a b",
    ),
    (
        "import numpy as np\na = np.zeros(3)\nb = np.array(a)",
        "b[0] = 1",
        "r: b | m: b",
    ),
    (
        "import numpy as np\na = np.zeros(3)",
        "np.random.shuffle(a)",
        "r: @numpy.random a np | m: @numpy.random a",
    ),
    (
        "from sklearn.linear_model import LinearRegression\n"
        "X = [[1]]\n"
        "y = [1]\n"
        "m = LinearRegression()",
        "m.fit(X, y)",
        "r: X m y | m: m",
    ),
    (
        "from sklearn.linear_model import LinearRegression\nm = LinearRegression().fit([[1]], [1])",
        "p = m.predict([[2]])",
        "r: m | b: p",
    ),
    (
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import StandardScaler\n"
        "s = StandardScaler()\n"
        "p = make_pipeline(s)",
        "p.fit([[1]])",
        "r: p s | m: p s?",
    ),
    (
        "from sklearn.preprocessing import StandardScaler\nsc = StandardScaler()\nX = [[1]]",
        "X2 = sc.fit_transform(X)",
        "r: X sc | b: X2 | m: sc",
    ),
    (
        "from sklearn.model_selection import train_test_split\nX = [[1]]",
        "a, b = train_test_split(X, random_state=0)\na[0] = 1",
        "r: X train_test_split | b: a b",
    ),
    (
        "import mylib\nx = [1]",
        "mylib.go(x)",
        "r: mylib x | m: x?",
    ),
    (
        "import mylib\nx = [1]\ny = mylib.wrap(x)",
        "y.go()",
        "r: x y | m: x? y?",
    ),
    (
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()",
        "ax.set_title('t')",
        "r: ax fig | m: ax fig",
    ),
    (
        "import matplotlib.pyplot as plt\nx = [1]",
        "plt.plot(x)\nplt.title('t')",
        "r: plt x",
    ),
    (
        "import networkx as nx\nG = nx.Graph()",
        "G.add_edge(1, 2)",
        "r: G | m: G",
    ),
    (
        "import networkx as nx\nG = nx.Graph()",
        "nx.shortest_path(G, 1, 2)",
        "r: G nx | m: G?",
    ),
    (
        "import re\np = re.compile('a')",
        "p.match('a')",
        "r: p",
    ),
    (
        "import itertools\nxs = [1]",
        "list(itertools.chain(xs, xs))",
        "r: itertools xs",
    ),
    (
        "import json\nd = {}",
        "s = json.dumps(d)",
        "r: d json | b: s",
    ),
    (
        "from tqdm import tqdm\nxs = [[1]]",
        "for x in tqdm(xs):\n    x.append(1)",
        "r: tqdm x? xs | b: x | m: xs | maybe: x",
    ),
    (
        "import statsmodels.formula.api as smf\n"
        "import pandas as pd\n"
        "df = pd.DataFrame()\n"
        "scale = abs",
        "smf.ols('y ~ scale(x)', df)",
        "r: df scale smf",
    ),
    (
        "import numpy as np\n"
        "from sklearn.ensemble import IsolationForest\n"
        "rng = np.random.RandomState(0)\n"
        "m = IsolationForest(random_state=rng)",
        "m.fit([[1]])",
        "r: m rng | m: m rng?",
    ),
    (
        "import numpy as np\nfrom sklearn.utils import shuffle\nrng = np.random.RandomState(0)",
        "shuffle([1], random_state=rng)",
        "r: rng shuffle | m: rng",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected

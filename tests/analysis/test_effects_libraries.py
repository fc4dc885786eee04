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
    (
        "import numpy as np\no = np.zeros(3)",
        "np.sqrt([1, 2, 3], o)",
        "r: np o | m: o",
    ),
    (
        "import numpy as np\no = np.zeros(3)\np = np.zeros(3)",
        "np.modf([1.5], out=(o, p))",
        "r: np o p | m: o? p?",
    ),
    (
        "import numpy as np\no = np.zeros(3)",
        "np.add.reduce([[1]], 0, None, o)",
        "r: np o | m: o",
    ),
    (
        "import numpy as np\no = np.zeros(3)\na = np.ones((2, 3))",
        "a.sum(0, None, o)",
        "r: a o | m: o",
    ),
    (
        "import numpy as np\no = np.zeros(3)",
        "np.logaddexp.at(o, [0], 2.0)",
        "r: np o | m: o",
    ),
    (
        "import numpy as np\no = np.zeros(3)",
        "np.copyto(dst=o, src=1)",
        "r: np o | m: o",
    ),
    (
        "import numpy as np\ns = np.random.SeedSequence(1)",
        "kids = s.spawn(2)",
        "r: s | b: kids | m: s",
    ),
    (
        "import numpy as np\n"
        "from sklearn.utils import check_random_state\n"
        "np.random.seed(0)\n"
        "r = check_random_state(None)",
        "r.rand()",
        "r: @numpy.random r | m: @numpy.random r",
    ),
    (
        "from sklearn.linear_model import Ridge\nm = Ridge()",
        "m.coef_[0] = 1",
        "r: m | m: m",
    ),
    (
        "from sklearn.linear_model import Ridge\nm = Ridge()\nw = m.coef_",
        "w[0] = 1",
        "r: m w | m: m w",
    ),
    (
        "from sklearn.model_selection import KFold\n"
        "import numpy as np\n"
        "r = np.random.RandomState(0)\n"
        "k = KFold(2, shuffle=True, random_state=r)",
        "list(k.split([1, 2]))",
        "r: k r | m: k? r?",
    ),
    (
        "from sklearn.preprocessing import StandardScaler\nX = [[1.0]]\ns = StandardScaler(copy=False)",
        "s.fit_transform(X)",
        "r: X s | m: X s",
    ),
    (
        "from sklearn.metrics import make_scorer\nw = 1\ndef f(y, p):\n    return w\ns = make_scorer(f)",
        "s(1)",
        "r: s w",
    ),
    (
        "import xgboost as xgb\nd = xgb.DMatrix([[1]])",
        "d.set_label([1])",
        "r: d | m: d",
    ),
    (
        "import lightgbm as lgb\nseen = {}\nc = lgb.record_evaluation(seen)",
        "lgb.train({}, None, callbacks=[c])",
        "r: c lgb seen | m: c seen",
    ),
    (
        "from scipy import stats\nd = stats.norm(0, 1)",
        "d.rvs(3)",
        "r: d | m: d",
    ),
    (
        "from scipy import linalg\na = [[1.0]]",
        "linalg.inv(a, overwrite_a=True)",
        "r: a linalg | m: a",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\nq = 'a {} @limit'.format('>')\nlimit = 1",
        "df.query(q)",
        "r: df limit q",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.index.rename('i', inplace=True)",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "df.columns.values[0] = 'b'",
        "r: df | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "pd.eval('b = df.a', target=df, inplace=True)",
        "r: df pd | m: df",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\ns = df.style",
        "s.highlight_max()",
        "r: s | m: s",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1]})",
        "r = pd.read_csv('x.csv', chunksize=10)",
        "r: @file:x.csv pd | b: r | n: unpicklable:r",
    ),
    (
        "import sympy",
        "sympy.var('x y')",
        "r: sympy | b: x y",
    ),
    (
        "import sympy\nm = sympy.eye(2)",
        "m.row_swap(0, 1)",
        "r: m | m: m",
    ),
    (
        "from bs4 import BeautifulSoup\nsoup = BeautifulSoup('<p>')",
        "soup.find('p').decompose()",
        "r: soup | m: soup",
    ),
    (
        "from lxml import etree\nroot = etree.fromstring('<a/>')",
        "root.find('b').set('k', '1')",
        "r: root | m: root",
    ),
    (
        "from PIL import Image, ImageDraw\nim = Image.new('L', (2, 2))\nd = ImageDraw.Draw(im)",
        "d.rectangle([0, 0, 1, 1])",
        "r: d im | m: d im?",
    ),
    (
        "import matplotlib.pyplot as plt\nfrom scipy import stats\nfig, ax = plt.subplots()",
        "stats.probplot([1], plot=ax)",
        "r: ax fig stats | m: ax fig",
    ),
    (
        "import patsy\ndf = {}\ndef f(x):\n    return x",
        "patsy.dmatrix('f(x)', df)",
        "r: df f patsy",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected

// React's functions that make elements, as names of this bundle: those of a CommonJS module are looked up at each of
// their hundreds of calls, which is longer.

import * as runtime from 'react/jsx-runtime';

export const jsx = runtime.jsx;
export const jsxs = runtime.jsxs;
export const Fragment = runtime.Fragment;

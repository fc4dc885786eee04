// Which of the files of a conversion are for reading.

import type { Conversion } from '../schema';

/** The manifest and the code that it comes from, the manifest last; the files that these only refer to are left out. */
export function mainFiles({ folder, files }: Pick<Conversion, 'folder' | 'files'>): string[] {
  const inside = (path: string) => path.slice(folder ? folder.length + 1 : 0);
  const manifest = (path: string) => Number(/\.ya?ml$/.test(path));
  return files
    .filter(path => /^[^/]+\.(py|ya?ml)$/.test(inside(path)))
    .sort((a, b) => manifest(a) - manifest(b));
}

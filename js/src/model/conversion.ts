// Which of the files of a conversion are for reading.

import type { Conversion } from '../schema';

type IMade = Pick<Conversion, 'folder' | 'files'>;

/** The manifest and the code that it comes from, the manifest last; the files that these only refer to are left out. */
export function mainFiles({ folder, files }: IMade): string[] {
  const inside = (path: string) => path.slice(folder ? folder.length + 1 : 0);
  const manifest = (path: string) => Number(/\.ya?ml$/.test(path));
  return files
    .filter(path => /^[^/]+\.(py|ya?ml)$/.test(inside(path)))
    .sort((a, b) => manifest(a) - manifest(b));
}

/** All files of a conversion as a list shows them: those for reading first, each with its path in the folder. */
export function listedFiles(made: IMade): [path: string, name: string][] {
  const main = mainFiles(made);
  const files = [...main, ...made.files.filter(each => !main.includes(each))];
  return files.map(path => [path, path.slice(made.folder ? made.folder.length + 1 : 0)]);
}

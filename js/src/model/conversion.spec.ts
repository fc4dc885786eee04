import { expect, it } from 'vitest';

import { mainFiles } from './conversion';

it.each([
  [
    'a/f-kfp',
    ['README.md', 'pipeline.yaml', 'pipeline.py', 'steps/load.py', 'runtime.txt'],
    ['pipeline.py', 'pipeline.yaml']
  ],
  ['a/f-argo', ['workflow.yaml', 'README.md'], ['workflow.yaml']],
  ['a/f-python', ['f.py'], ['f.py']]
])('%s', (folder, names, main) => {
  const whole = (each: string[]) => each.map(name => `${folder}/${name}`);
  expect(mainFiles({ folder, files: whole(names) })).toEqual(whole(main));
});

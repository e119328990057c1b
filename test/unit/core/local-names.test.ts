/** Names that a generator of the project cannot have, because its section of the configuration is somebody else's. */
import { describe, expect, it } from 'vitest';
import { localNames } from '../../../src/core/local/names.ts';

const names = (...list: string[]) => localNames(list, ['docker'], [{ id: 'delivery.strategy' }, { id: 'persona' }]);

describe('the name of a generator of the project', () => {
  it.each(['version', 'extends', 'unmanaged', 'locked', 'title', 'delivery', 'persona', 'docker'])(
    '%s is taken, and is told as a clash: no project runs with it',
    (id) => {
      const { found, clashes } = names(`${id}.mjs`, 'mine.mjs');
      expect(found.map((one) => one.id)).toEqual(['mine']);
      expect(clashes).toMatchObject([{ code: 'GENERATOR', place: `devops/generators/${id}.mjs` }]);
    },
  );

  it.each(['mine.mjs.bak', 'mine.mjs~', 'mine.tsx', 'mine.test.mjs', 'mine.d.ts', '_mine.mjs', 'README.md', 'mine'])(
    'is not made of %s, which is a helper or a copy and is never run',
    (file) => {
      expect(names(file)).toEqual({ found: [], clashes: [], others: [] });
    },
  );
});

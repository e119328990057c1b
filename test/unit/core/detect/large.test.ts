import { expect, test } from 'vitest';
import { detect } from '../../../../src/core/detect/index.ts';
import { only, project } from '../../../helpers/project.ts';

test('of a package with very many code files those nearest to its top are read, and that is said', () => {
  const many = Object.fromEntries(Array.from({ length: 4100 }, (_, n) => [`src/deep/er/m${n}.ts`, 'export {};\n']));
  const facts = detect(
    project({
      'package.json': { name: 'big', scripts: { start: 'node src/index.js' }, dependencies: { express: '5.0.0' } },
      'src/index.js': "require('express')().listen(process.env.PORT ?? 4321);\n",
      ...many,
    }),
    null,
  );
  expect(only(facts).port?.value).toBe(4321);
  expect(facts.notes).toContainEqual({
    file: '.',
    message: 'holds 4101 code files; only the 4000 nearest to its top were read',
  });
});

/** `explain` as data. */
import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { catalog } from '../../../src/generated/catalog.ts';
import { explainLine, explainStandard } from '../../../src/standards/explain.ts';
import { baseSystem } from '../../helpers/system.ts';
import { rendered } from './rendered.ts';

const files = rendered(baseSystem);

describe('explainStandard', () => {
  it('tells who asks for it, what became of it, and which lines serve it', () => {
    const verdict = { standard: 'DOCKER-004', state: 'held' } as const;
    const explained = explainStandard('docker-004', catalog, [verdict], files);
    expect(explained).toMatchObject({ standard: { id: 'DOCKER-004' }, verdict, checkedHere: true });
    expect(explained.standard.personas).toContain('devops-engineer');
    const texts = explained.served.map(
      ({ path, line }) => files.find((file) => file.path === path)?.text.split('\n')[line - 1],
    );
    expect(texts).toEqual(expect.arrayContaining([expect.stringMatching(/^USER 65532:65532$/)]));
  });

  it('knows what is not checked here', () => {
    expect(explainStandard('CD-001', catalog, [], files)).toMatchObject({
      checkedHere: false,
      verdict: null,
      served: [],
    });
  });

  it('suggests the nearest id', () => {
    expect(() => explainStandard('DOCKR-004', catalog, [], files)).toThrow(SetupError);
    expect(() => explainStandard('DOCKR-004', catalog, [], files)).toThrow(/is no standard/);
  });
});

describe('explainLine', () => {
  const text = files.find(({ path }) => path === 'Dockerfile')?.text.split('\n') ?? [];
  const user = text.findIndex((line) => line.startsWith('USER 65532') && line) + 1;
  const last = text.findLastIndex((line) => line.startsWith('USER')) + 1;

  it('tells the standards of the line', () => {
    expect(user).toBeGreaterThan(0);
    const explained = explainLine('Dockerfile', last, files, catalog);
    expect(explained).toMatchObject({ generator: 'docker', exact: true, serves: [{ line: last }] });
    expect(explained?.serves[0]?.standards.map(({ id }) => id)).toContain('DOCKER-004');
  });

  it('takes the nearest mark above where the line has none', () => {
    expect(explainLine('Dockerfile', last + 1, files, catalog)).toMatchObject({
      exact: false,
      serves: [{ line: last }],
    });
  });

  it('tells a whole file, and knows nothing of a file that is not ours', () => {
    expect(explainLine('Dockerfile', null, files, catalog)?.serves.length).toBeGreaterThan(3);
    expect(explainLine('src/server.ts', 1, files, catalog)).toBeNull();
  });
});

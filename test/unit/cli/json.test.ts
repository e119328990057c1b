import { describe, expect, it } from 'vitest';
import { jsonText, problemsJson } from '../../../src/cli/json.ts';

describe('the envelope', () => {
  it('sorts every key, keeps the order of lists, ends with a newline', () => {
    const text = jsonText('plan', { b: [{ z: 1, a: 2 }, 'x'], a: new Map([['k', new Set(['v'])]]), gone: undefined });
    expect(text).toBe(
      '{\n  "a": {\n    "k": [\n      "v"\n    ]\n  },\n  "b": [\n    {\n      "a": 2,\n      "z": 1\n    },\n    "x"\n  ],\n  "command": "plan",\n  "schema": 1\n}\n',
    );
  });

  it('is not what the data says it is', () =>
    expect(JSON.parse(jsonText('plan', { schema: 7, command: 'x' }))).toEqual({ schema: 1, command: 'plan' }));

  it('carries problems', () =>
    expect(JSON.parse(problemsJson('update', [{ code: 'USAGE', place: 'p', message: 'm', hint: 'h' }]))).toEqual({
      schema: 1,
      command: 'update',
      problems: [{ code: 'USAGE', place: 'p', message: 'm', hint: 'h' }],
    }));
});

/** Every kind of question by every way in: `--set`, `--answers`, the configuration, a preset, the prompt. */
import { describe, expect, it } from 'vitest';
import { readAnswers } from '../../../../src/core/config-file.ts';
import { parsePreset } from '../../../../src/core/presets/parse.ts';
import { SetupError } from '../../../../src/errors.ts';
import type { Plain, PlainRecord, Question } from '../../../../src/model.ts';
import { facts, QUESTIONS, resolved } from '../../../helpers/facts.ts';

/** A value that the question takes and that nothing else would give. */
function sample(question: Question): Plain {
  const present = resolved().answers.get(question.id.replace('*', 'orders'))?.value;
  if (question.kind === 'confirm') return present !== true;
  if (question.kind === 'multiselect') return ['compose', 'docker'];
  if (question.choices)
    return (question.choices.find(({ value }) => (value as Plain) !== present)?.value ?? null) as Plain;
  const others: Readonly<Record<string, Plain>> = {
    'project.name': 'shop',
    'observability.chat.channel': '#shop',
    'services.*.start': 'node server.js',
    'services.*.path': 'apps/x',
  };
  const given = others[question.id];
  if (given !== undefined) return given;
  if (question.id.startsWith('infrastructure.network')) return '10.99.0.0/16';
  if (question.kind === 'text') return '/other';
  return question.id.endsWith('.availability') ? 99.5 : question.id.endsWith('.cpu') ? 512 : 90;
}

/** As a person types it behind `--set key=`. */
const typed = (value: Plain): string => (Array.isArray(value) ? value.join(',') : String(value));

function nested(id: string, value: Plain): PlainRecord {
  return id.split('.').reduceRight<Plain>((inner, key) => ({ [key]: inner }), value) as PlainRecord;
}

const byKind = QUESTIONS.filter(({ id }) => id !== 'services.*.path' && id !== 'infrastructure.task.memory');

it('has all six kinds', () => {
  expect(new Set(byKind.map(({ kind }) => kind)).size).toBe(6);
});

describe.each(byKind.map((question) => ({ id: question.id, kind: question.kind, question })))(
  '$kind $id',
  ({ question }) => {
    const id = question.id.replace('*', 'orders');
    const value = sample(question);
    const wanted = question.parse(value);
    const quiet = { 'observability.chat.kind': 'slack' };

    it('is the same value by every way in', () => {
      const files = nested(id, value);
      const text = JSON.stringify(files);
      const preset = parsePreset(JSON.stringify(nested(question.id, value)), {
        name: 'p',
        place: 'p.yaml',
        questions: QUESTIONS,
      }).preset;
      const ways: readonly [string, Parameters<typeof resolved>[1]][] = [
        ['flag', { flags: { [id]: typed(value) } }],
        ['prompt', { prompted: { [id]: value } }],
        ['answers-file', { answersFile: readAnswers(text, 'a.json').answers }],
        ['answers-file', { answersFile: nested(id, typed(value)) }],
        ['config', { config: readAnswers(text, 'config.yaml').answers }],
        ['preset', { presets: [preset] }],
      ];
      for (const [source, given] of ways) {
        const { answers, problems } = resolved(facts(), given);
        expect(problems, source).toEqual([]);
        expect(answers.get(id), source).toMatchObject({ value: wanted, source });
      }
    });

    const ODD: readonly Plain[] = [
      null,
      {},
      { a: 1 },
      [],
      [null],
      [[]],
      '',
      ' ',
      '\u0000',
      'x\ny',
      '__proto__',
      '-1',
      -1,
      1e99,
      Number.NaN,
      '1e9',
      '9'.repeat(400),
      'ß',
      '${x}',
      '$(id)',
      '../..',
      ',',
    ];

    it('takes odd values as they are meant, or says what they are not, and where', () => {
      for (const odd of ODD) {
        for (const given of [
          { flags: { ...quiet, [id]: odd } },
          { answersFile: nested(id, odd) },
          { config: nested(id, odd) },
        ]) {
          const { answers, problems } = resolved(facts(), given);
          const own = problems.filter(({ place }) => place.endsWith(id));
          const answer = answers.get(id);
          if (own.length === 0 && answer !== undefined && ['flag', 'answers-file', 'config'].includes(answer.source))
            expect(question.parse(answer.value)).toEqual(answer.value);
          for (const { message, code } of own) {
            expect(code).toMatch(/^CONFIG_(VALUE|KEY)$/);
            expect(message.length).toBeGreaterThan(10);
          }
        }
        try {
          parsePreset(JSON.stringify(nested(question.id, odd)), { name: 'p', place: 'p.yaml', questions: QUESTIONS });
        } catch (error) {
          if (!(error instanceof SetupError)) throw error;
          expect(error.problems[0]?.place).toMatch(/^p\.yaml:1, /);
        }
      }
    });
  },
);

it('an answers file says nothing about the project itself', () => {
  const answersFile = {
    version: 1,
    toConfirm: [],
    extends: './acme.yaml',
    unmanaged: ['Dockerfile'],
    persona: 'workflow',
  };
  expect(resolved(facts(), { answersFile }).problems.map(({ place, message }) => `${place}: ${message}`)).toEqual([
    'the answers file, extends: "extends" is no answer: it stands in .devops/config.yaml.',
    'the answers file, unmanaged: "unmanaged" is no answer: it stands in .devops/config.yaml.',
  ]);
});

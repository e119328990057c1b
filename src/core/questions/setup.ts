/** What is set up, and by whose standards. */
import { multiselect, select, text } from '../../define.ts';
import type { PersonaId } from '../../model.ts';
import { PERSONAS } from '../personas.ts';
import { projectNameOf } from './names.ts';

export const persona = select<PersonaId>(
  'persona',
  PERSONAS.map(({ id, title, summary }) => ({ value: id, title: `${id}: ${title}`, hint: summary })),
  {
    message: 'Whose standards?',
    help: 'The preset whose standards choose what nobody else has chosen.',
    ask: 'first',
    default: 'devops-engineer',
  },
);

/** `registered` are the generators, in order; the persona chooses among them. */
export function generatorsQuestion(registered: readonly Readonly<{ id: string; title: string; summary: string }>[]) {
  return multiselect(
    'generators',
    registered.map(({ id, title, summary }) => ({ value: id, title, hint: summary })),
    {
      message: 'What shall I set up?',
      help: 'The generators that run.',
      ask: 'first',
    },
  );
}

export const projectName = text('project.name', {
  message: 'What is the project called?',
  help: 'Prefix of everything that is named after the project; lower case, digits and dashes, at most 20 characters (the tightest AWS name limit).',
  pattern: /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/,
  expected:
    'a name of lower-case letters, digits and dashes, starting with a letter, at most 20 characters: with "-development" that is 32, the limit of a load balancer\'s name',
  ask: 'open',
  suggest: ({ facts }) => {
    const named = projectNameOf(facts);
    return named && { value: named.value, source: 'detected', why: named.why };
  },
});

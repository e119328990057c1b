import { describe, expect, it } from 'vitest';
import { compileTemplate } from '../../../../src/core/render/compile.ts';
import { renderFile, TemplateError, type Templates } from '../../../../src/core/render/render.ts';

/** Compiles and evaluates, as the build does. */
function templates(sources: Record<string, string>): Templates {
  return Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, new Function(`return ${compileTemplate(name, source)}`)()]),
  );
}

const render = (source: string, view: Parameters<typeof renderFile>[2]['view'], path = 'a.yml', partials = {}) =>
  renderFile(templates({ [`g/${path}.ejs`]: source, ...partials }), 'g', { path, view });

describe('rendering', () => {
  it('escapes for the language of the output path', () => {
    expect(render('a: <%= it.a %>\n', { a: 'yes' }).text).toBe('a: "yes"\n');
    expect(render('X=<%= it.a %>\n', { a: "it's" }, 'x.sh').text).toBe("X='it'\\''s'\n");
  });

  it('loops without leaving lines behind', () => {
    const source = 'l:\n<%_ for (const x of it.l) { _%>\n  - <%= x %>\n<%_ } _%>\n';
    expect(render(source, { l: ['one', 'two'] }).text).toBe('l:\n  - one\n  - two\n');
  });

  it.each([
    [
      'a key that the view does not have',
      'a: 1\nb: <%= it.prot %>\n',
      { port: 1 },
      'templates/g/a.yml.ejs:2: it.prot is not in the view (there is: port)',
    ],
    ['a nested key', 'a: <%= it.s.nam %>\n', { s: { name: 'x' } }, 'it.s.nam is not in the view (there is: name)'],
    ['an index past the end', 'a: <%= it.l[1] %>\n', { l: ['x'] }, 'it.l.1 is not in the view (there is: 0 to 0)'],
    ['a change of the view', '<% it.a = 2 %>\n', { a: 1 }, 'a template cannot change the view (it.a)'],
  ])('refuses %s, with template and line', (_, source, view, message) => {
    expect(() => render(source, view)).toThrow(TemplateError);
    expect(() => render(source, view)).toThrow(message);
  });

  it('refuses unescaped output and includes when it compiles', () => {
    expect(() => compileTemplate('g/a', 'x\n<%- it.a %>')).toThrow('templates/g/a:2: `<%-` prints unescaped text');
    expect(() => compileTemplate('g/a', '<%= include("b") %>')).toThrow('`include` reads files');
  });

  it('does not take data for code: a value that looks like a template stays a value', () => {
    expect(render('a: <%= it.a %>\n', { a: '<%= 1 + 1 %>' }).text).toContain('<%= 1 + 1 %>');
  });
});

describe('standards marks', () => {
  it('emit nothing and name the line that they stand on', () => {
    const file = render('a: 1\nb: 2<%# CI-003 CI-014 %>\nc: 3\n', {});
    expect(file.text).toBe('a: 1\nb: 2\nc: 3\n');
    expect(file.marks).toEqual({ 2: ['CI-003', 'CI-014'] });
  });

  it('follow loops: each turn marks its own line', () => {
    const file = render('<%_ for (const x of it.l) { _%>\n- <%= x %><%# SEC-001 %>\n<%_ } _%>\n', { l: ['a', 'b'] });
    expect(file.marks).toEqual({ 1: ['SEC-001'], 2: ['SEC-001'] });
  });

  it('keep their place inside partials', () => {
    const file = render('a: 1\n<%= partial("p", { x: "v" }) %>z: 1<%# CI-001 %>\n', {}, 'a.yml', {
      '_partials/p.ejs': 'b: 1\nc: <%= it.x %><%# CI-002 %>\n',
    });
    expect(file.text).toBe('a: 1\nb: 1\nc: v\nz: 1\n');
    expect(file.marks).toEqual({ 3: ['CI-002'], 4: ['CI-001'] });
  });

  it('names the partial in which something is wrong', () => {
    expect(() => render('<%= partial("p", {}) %>', {}, 'a.yml', { '_partials/p.ejs': '\n<%= it.nope %>' })).toThrow(
      'templates/_partials/p.ejs:2: it.nope is not in the view',
    );
    expect(() => render('<%= partial("q", {}) %>', {})).toThrow(
      'templates/_partials/q.ejs:0: there is no such template',
    );
  });
});

/** `doctor`: which external tools are there, and what each is for. Nothing of the project is executed. */
import { findTools } from '../../io/tools.ts';
import type { Context } from '../context.ts';
import { jsonText } from '../json.ts';
import { TOOL } from '../tool.ts';

/** Exit 1 when something that the setup needs on this machine is missing; checkers that are merely useful do not count. */
export function doctor({ terminal, args }: Context): number {
  const tools = findTools();
  if (args.json) {
    terminal.out(jsonText('doctor', { tool: TOOL, node: process.versions.node, tools }));
  } else {
    const { green, yellow, dim } = terminal.outStyle;
    terminal.out(`  ${TOOL.name} ${TOOL.version} on Node ${process.versions.node}\n`);
    for (const { name, version, needed, use, install } of tools) {
      const state = version === null ? (needed ? yellow('missing') : dim('not here')) : green(version);
      terminal.out(`  ${name.padEnd(12)} ${state}  ${dim(version === null ? `${use}; ${install}` : use)}\n`);
    }
  }
  return tools.some(({ needed, version }) => needed && version === null) ? 1 : 0;
}

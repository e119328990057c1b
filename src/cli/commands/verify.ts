/** `verify`: the standards and the agreement of the files, on what is on the disk now. Writes nothing, executes nothing. */
import { SetupError } from '../../errors.ts';
import { answer, inspect, requireAnswers, verifySetup } from '../../pipeline.ts';
import type { Report } from '../../standards/index.ts';
import type { Context } from '../context.ts';
import { reportText } from '../text/findings.ts';
import { jsonReport, junitReport, markdownReport, sarifReport } from '../text/formats.ts';

/** Exit 1 when a standard is broken in a file of ours, or an interrupted write waits to be finished. */
export function verify(context: Context): number {
  const { ports, request, terminal, args, writer } = context;
  const inspection = inspect(ports);
  if (inspection.config === null) {
    throw new SetupError({
      code: 'PROJECT',
      place: '.devops/config.yaml',
      message: 'nothing has been set up here yet.',
      hint: 'Run create-devops-setup first.',
    });
  }
  const resolution = answer(inspection, request);
  requireAnswers(inspection, resolution);
  const { report } = verifySetup(ports, inspection, resolution);
  terminal.out(print(report, context));
  const unfinished = writer().unfinished();
  if (unfinished)
    terminal.say(
      'An earlier run was interrupted while it wrote; the next writing command finishes or takes it back.\n',
    );
  const ours = report.findings.some(({ severity, origin }) => severity !== 'info' && origin !== 'foreign');
  const code = ours || unfinished ? 1 : 0;
  if (args.format === 'text' && code !== 0) terminal.say(`  exit ${code}\n`);
  return code;
}

function print(report: Report, { args, terminal, ports }: Context): string {
  switch (args.format) {
    case 'json':
      return jsonReport(report);
    case 'sarif':
      return sarifReport(report, ports.catalog, ports.tool);
    case 'junit':
      return junitReport(report, ports.tool);
    case 'markdown':
      return markdownReport(report);
    default:
      return reportText(report, terminal.outStyle, args.all);
  }
}

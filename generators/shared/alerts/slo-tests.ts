/** Months of errors in a few hours: a case for each limit of the burn-rate alerts, on either side of it. */
import type { MetricContract } from '../metrics.ts';
import type { AlertTest, Check, Series } from './alert.ts';
import { fires, quiet, requests, test } from './row.ts';

/** For so many minutes, such a share of so many requests a minute fails. */
type Phase = readonly [minutes: number, share: number, perMinute?: number];

const PER_MINUTE = 6000;

/** The counters of failed and of answered requests over the phases, in promtool's notation. */
export function history(contract: MetricContract, phases: readonly Phase[]): readonly Series[] {
  const growing = (part: (share: number) => number) => {
    let total = 0;
    const parts = phases.map(([minutes, share, perMinute = PER_MINUTE]) => {
      const step = rounded(perMinute * part(share));
      const from = total;
      total = rounded(from + step * minutes);
      return `${from}+${step}x${minutes - 1}`;
    });
    return parts.join(' ');
  };
  const failed = growing((share) => share);
  const answered = growing((share) => 1 - share);
  return [requests(contract, '500', failed), requests(contract, '200', answered)];
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** Rules of this group are evaluated every five minutes in the tests: windows of days are seen in no more than a second. */
export function burnFastTests(contract: MetricContract, budget: number): readonly AlertTest[] {
  const { case_, seen, of } = toolsFor(contract, budget);
  return [
    case_('7 times the budget, from the start', [[20, of(7.2)]], [...quiet('5m'), seen('10m', of(7.2))]),
    case_('4 times the budget', [[60, of(4)]], quiet('60m')),
    case_(
      '10 times the budget for two of five hours, which is not yet 6 times',
      [
        [180, 0],
        [125, of(10)],
      ],
      quiet('300m'),
    ),
    case_(
      '10 times the budget, then 4 times: it is getting better',
      [
        [180, of(10)],
        [65, of(4)],
      ],
      quiet('240m'),
    ),
    ...(14.4 * budget < 1 ? hourTests(contract, budget) : []),
    test(
      'two failures in an hour where nobody else asks',
      [requests(contract, '500', '0x42 1x19 2x10'), requests(contract, '200', '0x75')],
      quiet('65m', '70m'),
    ),
    test(
      'five failures in an hour where nobody else asks',
      [requests(contract, '500', '0x12 1x9 2x9 3x9 4x9 5x20'), requests(contract, '200', '0x75')],
      [seen('65m', 1)],
    ),
  ];
}

/** Only where 14.4 times the budget is less than everything. */
function hourTests(contract: MetricContract, budget: number): readonly AlertTest[] {
  const { case_, seen, of } = toolsFor(contract, budget);
  return [
    case_(
      '17 times the budget after five good hours, and then none',
      [
        [300, 0],
        [75, of(17.28)],
        [30, 0],
      ],
      // The short window ends it within minutes.
      [...quiet('340m'), seen('375m', of(17.28)), ...quiet('390m')],
    ),
    case_(
      '30 times the budget, then 10 times: it is getting better',
      [
        [300, 0],
        [40, of(30)],
        [20, of(10)],
      ],
      quiet('355m'),
    ),
  ];
}

/** A day of much traffic without errors keeps the window of three days out of it. */
const GOOD_DAY: Phase = [240, 0, 100 * PER_MINUTE];

export function burnSlowTests(contract: MetricContract, budget: number): readonly AlertTest[] {
  const { case_, seen, of } = toolsFor(contract, budget);
  return [
    case_('one and a half times the budget, from the start', [[30, of(1.5)]], [...quiet('5m'), seen('10m', of(1.5))]),
    case_('0.8 times the budget', [[60, of(0.8)]], quiet('60m')),
    case_(
      '4 times the budget for 100 minutes of nearly eight hours, which is not yet once',
      [
        [360, 0],
        [105, of(4)],
      ],
      quiet('460m'),
    ),
    case_(
      '4 times the budget, then less than once for six hours: it is getting better',
      [
        [120, of(4)],
        [375, of(0.7)],
      ],
      quiet('490m'),
    ),
    case_('3.6 times the budget for a day', [GOOD_DAY, [1460, of(3.6)]], [...quiet('240m'), seen('1690m', of(3.6))]),
    case_(
      '3.6 times the budget for two hours of a day with twice the budget',
      [GOOD_DAY, [1350, of(2)], [135, of(3.6)]],
      quiet('1720m'),
    ),
    case_(
      'twice the budget for two hours of a day with 4 times: it is getting better',
      [GOOD_DAY, [1320, of(4)], [135, of(2)]],
      quiet('1690m'),
    ),
  ];
}

function toolsFor(contract: MetricContract, budget: number) {
  return {
    case_: (name: string, phases: readonly Phase[], checks: readonly Check[]) =>
      test(name, history(contract, phases), checks),
    seen: (at: string, share: number): Check =>
      fires(at, { service: contract.service.name }, `${Number((share * 100).toPrecision(4))}%`),
    /** So many times the budget, and never more than all requests. */
    of: (times: number) => Math.min(1, rounded(times * budget)),
  };
}

/** Careful looks into parsed data of unknown shape. */

export type Plain = Readonly<Record<string, unknown>>;

export function record(value: unknown): Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A scalar as text; everything else is null. */
export function text(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** One scalar or a list of them, as texts. */
export function texts(value: unknown): readonly string[] {
  const one = text(value);
  if (one !== null) return [one];
  return list(value).flatMap((item) => text(item) ?? []);
}

/** `30s`, `1m30s`, `500ms`, `3d` in seconds; null when it is no duration. */
export function seconds(value: unknown): number | null {
  const source = text(value);
  if (source === null || source === '') return null;
  if (source === '0') return 0;
  const units: Readonly<Record<string, number>> = {
    y: 31_536_000,
    w: 604_800,
    d: 86_400,
    h: 3600,
    m: 60,
    s: 1,
    ms: 0.001,
    us: 0.000001,
    ns: 1e-9,
  };
  if (!/^(\d+(\.\d+)?([ywdhs]|ms|us|ns|m))+$/.test(source)) return null;
  let total = 0;
  for (const [, amount, , unit] of source.matchAll(/(\d+(\.\d+)?)(ms|us|ns|[ywdhms])/g)) {
    total += Number(amount) * (units[unit ?? ''] ?? 0);
  }
  return total;
}

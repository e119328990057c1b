/** Arithmetic of address ranges while synthesizing, so that what is synthesized shows real ranges. */

export interface Range {
  readonly start: number;
  readonly bits: number;
}

/** @throws Error when the text is no range or its address is not the first one of the range. */
export function parseCidr(cidr: string): Range {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const octets = (found ?? []).slice(1, 5).map(Number);
  const bits = Number(found?.[5]);
  if (!found || octets.some((octet) => octet > 255) || bits > 32) throw new Error(`${cidr} is not an address range such as 10.0.0.0/16`);
  const start = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  if (start % 2 ** (32 - bits) !== 0) throw new Error(`${cidr} does not begin at a multiple of its own size`);
  return { start, bits };
}

export function overlap(a: Range, b: Range): boolean {
  const end = ({ start, bits }: Range) => start + 2 ** (32 - bits);
  return a.start < end(b) && b.start < end(a);
}

/** The `index`th part of a range that is cut into 2 ** newBits parts. */
export function subnet(cidr: string, newBits: number, index: number): string {
  const { start, bits } = parseCidr(cidr);
  const at = start + index * 2 ** (32 - bits - newBits);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(at / 2 ** shift) % 256).join('.')}/${bits + newBits}`;
}

/** Arithmetic of IPv4 address ranges, for networks that are to be made and may be peered. */

/** `first` and `last` are addresses as numbers. */
export type AddressRange = Readonly<{ cidr: string; first: number; last: number; prefix: number }>;

/** RFC 1918, and the shared space that carriers use (RFC 6598). AWS takes others too, but they belong to somebody. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/** Nine subnets (three tiers in three zones) take sixteenths of a network; below /22 a subnet has fewer than 59 usable addresses. */
export const LARGEST = 16;
export const SMALLEST = 22;

/** Reads `10.10.0.0/16`; null where it is no such range. The address may be any of the range. */
export function addressRange(cidr: string): AddressRange | null {
  const [, a, b, c, d, length] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr) ?? [];
  const octets = [a, b, c, d].map(Number);
  const prefix = Number(length);
  if (octets.some((octet) => !(octet <= 255)) || !(prefix <= 32)) return null;
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(address / size) * size;
  return { cidr, first, last: first + size - 1, prefix };
}

/** `10.10.0.0`. */
export function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** `10.10.0.0/16 is 10.10.0.0 to 10.10.255.255`. */
export function spelledOut({ cidr, first, last }: AddressRange): string {
  return `${cidr} is ${dotted(first)} to ${dotted(last)}`;
}

export function overlap(one: AddressRange, other: AddressRange): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** Why a network of ours cannot have this range; the words end the sentence "… is not …". Null: it can. */
export function refusal(cidr: string): string | null {
  const range = addressRange(cidr);
  if (range === null) return 'an address range like 10.30.0.0/16';
  const { first, prefix } = range;
  const addresses = 2 ** (32 - prefix);
  if (prefix < LARGEST)
    return `a network that AWS can make: /${prefix} is larger than /${LARGEST} (65,536 addresses), its limit for a VPC`;
  if (prefix > SMALLEST)
    return `large enough: /${prefix} has ${addresses} addresses, a sixteenth for each of nine subnets is ${Math.floor(addresses / 16)}, and AWS keeps 5 of each; /${SMALLEST} (59 usable a subnet) is the smallest`;
  if (!PRIVATE.some((known) => contains(known, range)))
    return `a private range: one inside of ${PRIVATE.slice(0, -1).join(', ')} (RFC 1918) or ${PRIVATE.at(-1)}`;
  const exact = `${dotted(first)}/${prefix}`;
  return exact === cidr ? null : `the first address of its range, which is ${exact}`;
}

function contains(known: string, range: AddressRange): boolean {
  const outer = addressRange(known);
  return outer !== null && outer.first <= range.first && range.last <= outer.last;
}

/** The first `10.<n>0.0.0/16` that none of these overlaps. */
export function freeRange(taken: readonly string[]): string {
  const ranges = taken.map(addressRange).filter((range) => range !== null);
  for (let tens = 1; ; tens += 1) {
    const candidate = addressRange(`10.${tens * 10}.0.0/16`);
    if (candidate === null) throw new Error('no free range below 10.0.0.0/8');
    if (!ranges.some((range) => overlap(range, candidate))) return candidate.cidr;
  }
}

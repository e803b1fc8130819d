const digits = '0123456789abcdefghjkmnpqrstvwxyz';
const timeLength = 10;
const tailLength = 12;

/**
 * An id `<kind>_<time><tail>`: the time in milliseconds and the tail in base32 (no i, l, o, u), so that ids of one kind sort
 * by creation time. `kind`: lower-case letters and dashes. `tail` is a number of 60 bits that makes the id unique.
 */
export const composeId = (kind: string, milliseconds: number, tail: bigint): string =>
  `${kind}_${base32(BigInt(Math.max(0, Math.floor(milliseconds))), timeLength)}${base32(BigInt.asUintN(5 * tailLength, tail), tailLength)}`;

function base32(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest >>= 5n) text = digits[Number(rest & 31n)] + text;
  return text;
}

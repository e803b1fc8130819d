/** Where a token may begin: also right after an escape that is written out, such as `\0`, `\n`, `\x00` or `%3D`. */
const start = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\(?:[0abefnrtv]|0{2,3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}))|(?<=%[0-9A-Fa-f]{2}))`;

/** The shape of a token, only where one may begin. */
export const tokenAt = (shape: string): RegExp => new RegExp(`${start}${shape}`, 'g');

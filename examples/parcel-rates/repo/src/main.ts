import { parseArgs } from 'node:util';
import { formatEuro } from './money.ts';
import { quote } from './quote.ts';

const { values } = parseArgs({ options: { to: { type: 'string' }, grams: { type: 'string' }, size: { type: 'string' } } });
const sides = (values.size ?? '').split('x').map(Number);

try {
  const { totalCents } = quote({
    country: values.to ?? 'DE',
    grams: Number(values.grams),
    lengthMm: sides[0] ?? 0,
    widthMm: sides[1] ?? 0,
    heightMm: sides[2] ?? 0,
  });
  console.log(formatEuro(totalCents));
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

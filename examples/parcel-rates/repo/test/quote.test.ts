import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from '../src/quote.ts';

const parcel = { grams: 1200, lengthMm: 300, widthMm: 200, heightMm: 100, country: 'DE' };

test('a domestic parcel is one line', () => {
  assert.deepEqual(quote(parcel), { lines: [{ label: 'parcel, zone domestic', cents: 549 }], totalCents: 549 });
});

test('customs papers are a line of their own', () => {
  assert.equal(quote({ ...parcel, country: 'NO' }).totalCents, 1149 + 350);
});

test('an impossible parcel is refused with every reason', () => {
  assert.throws(() => quote({ ...parcel, grams: -1, heightMm: 0 }), /weight.*; every side/);
});

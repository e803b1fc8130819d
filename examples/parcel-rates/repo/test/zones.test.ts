import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCountry } from '../src/zones.ts';

test('a country is found in any case', () => {
  assert.deepEqual(findCountry('fr'), { zone: 'europe', customs: false });
});

test('an unknown country is refused', () => {
  assert.throws(() => findCountry('XX'), /do not send parcels to XX/);
  assert.throws(() => findCountry('constructor'), RangeError);
});

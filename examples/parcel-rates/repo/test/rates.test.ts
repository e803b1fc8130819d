import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basePrice, rates } from '../src/rates.ts';

test('a weight at the step pays that step, one gram more the next', () => {
  assert.equal(basePrice('domestic', 1000), 419);
  assert.equal(basePrice('domestic', 1001), 549);
});

test('a heavier parcel never costs less', () => {
  for (const steps of Object.values(rates)) {
    const cents = steps.map((step) => step.cents);
    assert.deepEqual(cents, cents.toSorted((a, b) => a - b));
  }
});

test('there is no price above the last step', () => {
  assert.throws(() => basePrice('europe', 31_501), RangeError);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEuro } from '../src/money.ts';

test('cents always have two digits', () => {
  assert.equal(formatEuro(1205), '12,05 €');
  assert.equal(formatEuro(7), '0,07 €');
});

test('a refund is negative', () => {
  assert.equal(formatEuro(-419), '-4,19 €');
});

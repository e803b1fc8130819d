import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf } from '../src/parcel.ts';

const parcel = { grams: 1200, lengthMm: 300, widthMm: 200, heightMm: 150, country: 'DE' };

test('an ordinary parcel has no problem', () => {
  assert.deepEqual(problemsOf(parcel), []);
});

test('every problem is named', () => {
  assert.equal(problemsOf({ ...parcel, grams: 0, lengthMm: 1201, widthMm: 0 }).length, 3);
});

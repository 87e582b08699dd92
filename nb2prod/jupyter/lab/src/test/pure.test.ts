import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { TranslationBundle } from '@jupyterlab/translation';

import { withoutPictures } from '../content';
import type { Plan, PlannedFunction } from '../contract';
import { isOwn, serverPath } from '../drives';
import { failureOf } from '../failure';
import { diffLines } from '../lines';
import { stageLabel, statusLabel } from '../labels';
import { Memory } from '../memory';
import { flow, functionCount, functionsOf, ranges, signature } from '../outline';
import { stageIn, withStage } from '../override';

const clean: PlannedFunction = {
  name: 'clean',
  module: 'cleaning.sales',
  stage: 'clean',
  inputs: ['sales', 'limit'],
  outputs: ['sales'],
  cells: [3, 4]
};
const plan: Plan = {
  package: 'shop',
  title: 'Shop',
  folder: 'shop',
  cells: [],
  modules: [
    { name: 'cleaning.sales', functions: [clean] },
    { name: 'training', functions: [{ ...clean, name: 'fit', cells: [4, 7], outputs: [] }] }
  ],
  sources: [],
  questions: [],
  diagnostics: [],
  left_out: []
};

void test('a cell that was cut in two is in both functions', () => {
  assert.deepEqual(
    functionsOf(plan, 4).map(item => item.name),
    ['clean', 'fit']
  );
  assert.deepEqual(functionsOf(plan, 5), []);
  assert.equal(functionCount(plan), 2);
});

void test('a signature without results has no arrow', () => {
  assert.equal(signature(clean), 'clean(sales, limit) → sales');
  assert.equal(signature({ ...clean, outputs: [] }), 'clean(sales, limit)');
});

void test('what flows through a function has an arrow only where something comes out', () => {
  assert.equal(flow(clean), 'sales, limit → sales');
  assert.equal(flow({ ...clean, inputs: [] }), '→ sales');
  assert.equal(flow({ ...clean, inputs: [], outputs: [] }), '');
});

void test('cells are told as ranges, in order and once', () => {
  assert.equal(ranges([8, 3, 4, 5, 4]), '3–5, 8');
  assert.equal(ranges([]), '');
});

void test('lines of a diff that look like headers are lines inside a hunk', () => {
  const kinds = diffLines('--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n--- removed\n+++ added\n');
  assert.deepEqual(
    kinds.map(line => line.kind),
    ['head', 'head', 'hunk', 'same', 'removed', 'added']
  );
});

void test('a stage is written beside other metadata and taken away whole', () => {
  assert.deepEqual(withStage({ name: 'load_sales' }, 'load'), {
    name: 'load_sales',
    stage: 'load'
  });
  assert.deepEqual(withStage({ name: 'load_sales', stage: 'load' }, null), { name: 'load_sales' });
  assert.equal(withStage({ stage: 'load' }, null), undefined);
  assert.deepEqual(withStage('nonsense', 'load'), { stage: 'load' });
});

void test('metadata of any shape has a stage or none', () => {
  assert.equal(stageIn({ stage: 'load' }), 'load');
  for (const other of [undefined, null, 'load', [], { stage: 3 }]) {
    assert.equal(stageIn(other), null);
  }
});

void test('only large pictures stay at home', () => {
  const large = 'x'.repeat(20_000);
  const data = { 'image/png': large, 'text/plain': large, 'image/svg+xml': '<svg/>' };
  const slim = withoutPictures({ cells: [{ outputs: [{ data }] }] });
  assert.deepEqual(slim, { cells: [{ outputs: [{ data: { ...data, 'image/png': '' } }] }] });
  assert.equal(data['image/png'], large);
});

void test('a refusal is told in the words of the server, or says what to install', () => {
  assert.equal(failureOf(422, '{"message": "Cell 3 is broken", "cell": 3}').cell, 3);
  assert.match(failureOf(404, '{"message": "Not Found"}').hint ?? '', /nb2prod\[jupyter\]/);
  assert.match(failureOf(404, '<html>').hint ?? '', /nb2prod\[jupyter\]/);
  assert.match(failureOf(502, '<html>').message, /502/);
  assert.equal(failureOf(0, 'refused').hint, 'refused');
});

void test('the drive of collaboration is the server itself, any other is not', () => {
  assert.equal(serverPath('a/shop.ipynb', 'a/shop.ipynb'), 'a/shop.ipynb');
  assert.equal(serverPath('a: b/shop.ipynb', 'a: b/shop.ipynb'), 'a: b/shop.ipynb'); // no drive
  assert.equal(serverPath('RTC:a/shop.ipynb', 'a/shop.ipynb'), 'a/shop.ipynb');
  assert.equal(serverPath('S3:a/shop.ipynb', 'a/shop.ipynb'), 'shop.ipynb');
  assert.ok(!isOwn('S3:a/shop.ipynb', 'a/shop.ipynb') && isOwn('RTC:a.ipynb', 'a.ipynb'));
});

void test('jobs that run are kept for the next page, and forgotten when they end', () => {
  const kept = new Map<string, string>();
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key)
  };
  new Memory('a', () => store).keep(['1', '2']);
  assert.deepEqual(new Memory('a', () => store).recall(), ['1', '2']);
  assert.deepEqual(new Memory('b', () => store).recall(), []);
  new Memory('a', () => store).keep([]);
  assert.equal(kept.size, 0);
  kept.set('a', '{"broken');
  assert.deepEqual(new Memory('a', () => store).recall(), []);
  const forbidden = () => {
    throw new Error('SecurityError');
  };
  new Memory('a', forbidden).keep(['1']);
  assert.deepEqual(new Memory('a', forbidden).recall(), []);
});

void test('stages and statuses are told in the language of the user', () => {
  const german = { __: (text: string) => ({ clean: 'bereinigen', equal: 'gleich' })[text] ?? text };
  const trans = german as unknown as TranslationBundle;
  assert.equal(stageLabel('clean', trans), 'bereinigen');
  assert.equal(stageLabel('of tomorrow', trans), 'of tomorrow');
  assert.equal(statusLabel('equal', trans), 'gleich');
  assert.equal(statusLabel('not comparable', trans), 'not comparable');
});

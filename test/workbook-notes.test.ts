import test from 'ava';
import { type MergeInput, mergeNotes, parseTags } from '../src/outputs/workbook/merge-notes.js';
import type { NoteTexts, UserRow } from '../src/outputs/workbook/user-workbook.js';
import type { UserNotes } from '../src/summary.js';
import { buildOverview } from './build-overview.js';

const noTexts: NoteTexts = { notes: '', tags: '', keep: '' };

function rowOf(written: Partial<NoteTexts>, now: Partial<NoteTexts>): UserRow {
  return {
    key: 'a/a.log',
    name: 'a',
    fingerprint: 'sha256:a',
    written: { ...noTexts, ...written },
    writtenMs: null,
    now,
  };
}

function mergeOne(mine: Partial<UserNotes>, rows: readonly UserRow[], isDatabaseOlder = true) {
  const log = { path: 'a/a.log', bytes: 1, mtimeMs: 0, fingerprint: 'sha256:a' };
  const experiment = buildOverview({ key: 'a/a.log', log, user: mine });
  const { changes, conflicts } = mergeNotes({ rows, experiments: [experiment], noteTimes: new Map(), isDatabaseOlder });
  return { notes: changes.get('a/a.log') ?? experiment.user, conflicts, isChanged: changes.size > 0 };
}

for (const [title, written, now, mine, expected, conflicts] of [
  ['nothing was written', '', '', '', '', 0],
  ['a note was typed', '', 'typed', '', 'typed', 0],
  ['a note was changed', 'old', 'new', 'old', 'new', 0],
  ['a note was deleted', 'old', '', 'old', '', 0],
  ['the database has a new note, the workbook is as written', 'old', 'old', 'new', 'new', 0],
  ['the database note was deleted, the workbook is as written', 'old', 'old', '', '', 0],
  ['both sides say the same', 'old', 'new', 'new', 'new', 0],
  ['both sides changed', 'old', 'typed', 'told', 'told\ntyped', 1],
  ['the same conflict once more', 'old', 'typed', 'told\ntyped', 'told\ntyped', 0],
  ['deleted here, changed there', 'old', '', 'told', 'told', 1],
  ['changed here, deleted there', 'old', 'typed', '', 'typed', 0],
  ['a part of a word is no line', 'x', 'good', 'not good', 'not good\ngood', 1],
] as const) {
  test(`notes: ${title}`, (t) => {
    const merged = mergeOne({ notes: mine }, [rowOf({ notes: written }, { notes: now })]);
    t.is(merged.notes.notes, expected);
    t.is(merged.conflicts.length, conflicts);
    t.is(merged.isChanged, expected !== mine);
  });
}

for (const [title, written, now, mine, expected] of [
  ['added', 'a', 'a, b', ['a'], ['a', 'b']],
  ['removed', 'a, b', 'b', ['a', 'b'], ['b']],
  ['added on both sides', '', 'x', ['y'], ['y', 'x']],
  ['removed here, added there', 'a', '', ['a', 'b'], ['b']],
  ['other separators and spaces', '', ' a ;b\n c,,a', [], ['a', 'b', 'c']],
  ['a comma in a tag of the database', 'a,b', 'a,b', ['a,b'], ['a,b']],
] as const) {
  test(`tags: ${title}`, (t) => {
    t.deepEqual(mergeOne({ tags: mine }, [rowOf({ tags: written }, { tags: now })]).notes.tags, [...expected]);
  });
}

test('a missing column says nothing', (t) => {
  const mine = { notes: 'n', tags: ['t'], keep: 'k' };
  t.deepEqual(mergeOne(mine, [rowOf({ notes: 'n', tags: 't', keep: 'k' }, {})]).notes, mine);
});

test('a database younger than the workbook takes the notes back', (t) => {
  const row = rowOf({ notes: 'n', tags: 't', keep: 'k' }, { notes: 'n', tags: 't', keep: 'k' });
  t.deepEqual(mergeOne({}, [row], false).notes, { notes: 'n', tags: ['t'], keep: 'k' });
  t.deepEqual(mergeOne({}, [row], true).notes, { notes: '', tags: [], keep: '' });
});

test('notes follow an experiment that was renamed, by its log, unless two logs are the same', (t) => {
  const log = { path: 'b/b.log', bytes: 1, mtimeMs: 0, fingerprint: 'sha256:a' };
  const renamed = buildOverview({ key: 'b/b.log', log });
  const rows = [rowOf({}, { notes: 'typed' })];
  const merge = (experiments: MergeInput['experiments']) => [
    ...mergeNotes({ rows, experiments, noteTimes: new Map(), isDatabaseOlder: true }).changes.keys(),
  ];
  t.deepEqual(merge([renamed]), ['b/b.log']);
  t.deepEqual(merge([renamed, { ...renamed, key: 'c/c.log' }]), ['a/a.log']);
});

test('a note that a cell cannot hold whole keeps its end when the cell is edited', (t) => {
  const long = `${'x'.repeat(40_000)} end`;
  const { notes, conflicts } = mergeOne({ notes: long }, [rowOf({ notes: long.slice(0, 32_766) }, { notes: 'short' })]);
  t.true(notes.notes.startsWith(long));
  t.true(notes.notes.endsWith('\nshort'));
  t.is(conflicts.length, 1);
});

test('no words are lost, and merging twice is merging once', (t) => {
  const texts = ['', 'one', 'two', 'three', 'one\ntwo', 'two\none'];
  for (const written of texts) {
    for (const now of texts) {
      for (const mine of texts) {
        const row = rowOf({ notes: written }, { notes: now });
        const once = mergeOne({ notes: mine }, [row]).notes.notes;
        const said = JSON.stringify({ written, now, mine, once });
        if (now !== written && now !== '') t.true(hasLines(once, now), said);
        if (mine !== written) t.true(hasLines(once, mine), said);
        t.is(mergeOne({ notes: once }, [row]).notes.notes, once, said);
        t.is(mergeOne({ notes: mine }, [row, row]).notes.notes, once, said);
      }
    }
  }
});

function hasLines(text: string, lines: string): boolean {
  return lines.split('\n').every((line) => line === '' || text.split('\n').includes(line));
}

test('tags are words between separators, each once', (t) => {
  t.deepEqual(parseTags(' paper, fig 3;paper\n'), ['paper', 'fig 3']);
});

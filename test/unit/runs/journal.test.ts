import { appendFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeEvent, type RunEvent } from '../../../src/protocol/events';
import { openJournal } from '../../../src/runs/journal';
import { JournalReader } from '../../../src/runs/journalReader';
import { runFiles } from '../../../src/runs/layout';
import { temporaryFolder } from './workspace';

function message(text: string): RunEvent {
  return { time: 1, type: 'message', level: 'info', text };
}

async function readAll(reader: JournalReader): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const batch of reader.read()) events.push(...batch);
  return events;
}

describe('JournalReader', () => {
  it('gives each event once, however the bytes arrive', async () => {
    const file = path.join(await temporaryFolder(), 'events.jsonl');
    const events = ['plain', 'Ünïcödé ≈ 🏋', '"quoted"\n'].map(message);
    const bytes = Buffer.from(events.map((event) => `${encodeEvent(event)}\n`).join(''));
    const reader = new JournalReader(file);
    expect(await readAll(reader)).toEqual([]);
    const seen: RunEvent[] = [];
    for (const byte of bytes) {
      await appendFile(file, Buffer.of(byte));
      seen.push(...(await readAll(reader)));
    }
    expect(seen).toEqual(events);
  });

  it('keeps a torn last line back, and skips lines that cannot be read', async () => {
    const file = path.join(await temporaryFolder(), 'events.jsonl');
    const later = '{"time":2,"type":"of a later version"}';
    await writeFile(
      file,
      `${encodeEvent(message('a'))}\n{"time":1,"ty\n\n[]\n${later}\n${encodeEvent(message('b'))}`,
    );
    const reader = new JournalReader(file);
    expect(await readAll(reader)).toEqual([message('a')]);
    await appendFile(file, '\n');
    expect(await readAll(reader)).toEqual([message('b')]);
  });

  it('crosses its own chunks', async () => {
    const file = path.join(await temporaryFolder(), 'events.jsonl');
    const events = Array.from({ length: 40_000 }, (_, i) => message(`line ${i} ${'é'.repeat(i % 50)}`));
    await writeFile(file, events.map((event) => `${encodeEvent(event)}\n`).join(''));
    expect(await readAll(new JournalReader(file))).toEqual(events);
  });
});

describe('openJournal', () => {
  it('writes numbers that JSON lacks so that they come back', async () => {
    const folder = await temporaryFolder();
    const journal = openJournal(folder);
    const event: RunEvent = {
      time: 5,
      type: 'metrics',
      step: 1,
      epoch: 0.5,
      values: { a: NaN, b: Infinity, c: -Infinity, d: 0.1 },
    };
    journal.append(event);
    journal.close();
    expect(await readAll(new JournalReader(runFiles(folder).journal))).toEqual([event]);
  });

  it('says that the disk is full', async () => {
    const folder = await temporaryFolder();
    await symlink('/dev/full', runFiles(folder).journal);
    const journal = openJournal(folder);
    expect(() => journal.append(message('lost'))).toThrow(expect.objectContaining({ code: 'disk-full' }));
    journal.close();
  });

  it('says that the folder cannot be written', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'file'), '');
    expect(() => openJournal(path.join(folder, 'file'))).toThrow(
      expect.objectContaining({ code: 'folder-not-writable' }),
    );
  });
});

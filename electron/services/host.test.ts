import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../native/contract/channel.ts';
import type { WindowCalls, WindowEvent } from '../../native/contract/window.ts';
import type { TestedHost } from '../testing/testedHost.ts';
import { openSocket, startTestedHost, until } from '../testing/testedHost.ts';
import { Host } from './host.ts';

let tested: TestedHost;
let client: Client<WindowCalls>;
const events: WindowEvent[] = [];
beforeAll(async () => {
  tested = await startTestedHost();
  writeFileSync(path.join(tested.folder, 'early.csv'), 'a\n1\n');
  tested.host.openFile(path.join(tested.folder, 'early.csv'));
  tested.host.openFile(path.join(tested.folder, 'misspelt.csv'));
  tested.host.menu('help');
  ({ client } = await openSocket(tested, { Cookie: await tested.logIn(), Origin: tested.origin }));
  client.subscribe((batch) => events.push(...(batch as WindowEvent[])));
  await client.call('host', {});
});
afterAll(async () => {
  await tested.close();
});

describe('the host of a window', () => {
  it("sends a new window the engine's state, waiting files and commands, and an error for a missing file", async () => {
    await until(() => events.some(({ event }) => event === 'refused'));
    expect(events.filter(({ event }) => event === 'engine').length).toBeGreaterThanOrEqual(2);
    expect(events).toContainEqual({ event: 'open-file', path: path.join(tested.folder, 'early.csv'), kind: 'data' });
    expect(events).toContainEqual({ event: 'menu', command: 'help' });
    const missing = path.join(tested.folder, 'misspelt.csv');
    expect(events).toContainEqual({
      event: 'refused',
      error: { code: 'file', message: expect.stringContaining(`${missing} cannot be opened: there is no`) as string },
    });
  });

  it('hands files and menu commands to the window', async () => {
    const file = path.join(tested.folder, 'mine.orthant');
    writeFileSync(file, '{}');
    tested.host.openFile(file);
    tested.host.openFile(tested.folder);
    tested.host.menu('train');
    await until(() => events.some((event) => event.event === 'menu' && event.command === 'train'));
    expect(events).toContainEqual({ event: 'open-file', path: file, kind: 'configuration' });
    expect(events.filter(({ event }) => event === 'open-file').length).toBe(2);
    expect(events.findLast(({ event }) => event === 'refused')).toMatchObject({
      error: { message: expect.stringContaining('is a folder') as string },
    });
    expect(events).toContainEqual({ event: 'menu', command: 'train' });
  });

  it('reports to the training process, also a restarted one, whether any window is visible', async () => {
    const reported: string[] = [];
    const end = tested.host.subscribe((event) => {
      if (event.event === 'warning' && event.run === 'watched') reported.push(event.warning.message);
    });
    const other = await openSocket(tested, { Cookie: await tested.logIn(), Origin: tested.origin });
    await other.client.call('host', {});
    await client.call('setVisible', { visible: false });
    expect(reported.at(-1)).toBe('true');
    await other.client.call('setVisible', { visible: false });
    expect(reported.at(-1)).toBe('false');
    const before = reported.length;
    await client.call('restartEngine', { role: 'train' });
    await until(() => reported.length > before);
    expect(reported.at(-1)).toBe('false');
    // A window that becomes visible may have missed measurements whenever a run is working.
    await client.call('pause', { run: JSON.stringify([{ event: 'phase', run: 'r', state: 'training', message: '' }]) });
    expect(await client.call('setVisible', { visible: true })).toEqual({ missed: true });
    expect(reported.at(-1)).toBe('true');
    await client.call('stop', { run: 'r' });
    await other.client.call('setVisible', { visible: true });
    await client.call('setVisible', { visible: false });
    expect(reported.at(-1)).toBe('true');
    other.socket.close();
    await until(() => reported.at(-1) === 'false');
    expect(await client.call('setVisible', { visible: true })).toEqual({ missed: false });
    end();
  });

  it('remembers recent files, latest first and each once, over a restart', async () => {
    const csv = path.join(tested.folder, 'early.csv');
    const gone = path.join(tested.folder, 'gone.csv');
    await tested.host.permissions.open(gone);
    for (const file of [csv, gone, csv]) await client.call('rememberFile', { path: file, kind: 'data' });
    expect(await client.call('recentFiles', {})).toMatchObject([
      { path: csv, name: 'early.csv', exists: true },
      { path: gone, exists: false },
    ]);
    await client.call('forgetFile', { path: gone });
    expect((await client.call('recentFiles', {})).map((file) => file.path)).toEqual([csv]);
  });

  it('keeps the latest draft', async () => {
    expect(await client.call('loadDraft', {})).toEqual({});
    const saves = [1, 2, 3].map((step) => client.call('saveDraft', { draft: { step } }));
    await Promise.all(saves);
    expect(await client.call('loadDraft', {})).toEqual({ draft: { step: 3 } });
  });

  it('reads and writes configuration documents that were opened, and no other files', async () => {
    const file = path.join(tested.folder, 'new.orthant');
    await expect(client.call('writeDocument', { path: file, text: '{"a":1}' })).rejects.toMatchObject({ code: 'file' });
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, '{}');
    await expect(client.call('readDocument', { path: file })).rejects.toMatchObject({
      code: 'file',
      field: 'path',
      message: expect.stringContaining('was not opened by you') as string,
    });
    // Nor does it help to call it a recent file.
    await expect(client.call('rememberFile', { path: file, kind: 'configuration' })).rejects.toMatchObject({
      code: 'file',
      field: 'path',
    });
    tested.host.openFile(file);
    await client.call('writeDocument', { path: file, text: '{"a":1}' });
    expect(await client.call('readDocument', { path: file })).toEqual({ text: '{"a":1}' });
    const json = path.join(tested.folder, 'settings.json');
    writeFileSync(json, '{"token":"secret"}');
    const linked = path.join(tested.folders.uploads, '..', 'settings.json');
    for (const other of ['/etc/passwd', path.join(tested.folder, 'early.csv'), 'relative.orthant', json, linked]) {
      await expect(client.call('readDocument', { path: other }), other).rejects.toMatchObject({
        code: 'file',
        field: 'path',
      });
      await expect(client.call('writeDocument', { path: other, text: '' })).rejects.toMatchObject({ code: 'file' });
    }
    const output = await client.call('chooseOutput', { suggestedName: 'curves.csv' });
    await client.call('writeDocument', { path: output.path!, text: 'a,b\n' });
    const missing = path.join(tested.folder, 'missing', 'x.orthant');
    await tested.host.permissions.open(missing);
    await expect(client.call('readDocument', { path: missing })).rejects.toThrow(/does not exist/);
  });

  it('reads again, after a restart, files that were uploaded or opened before', async () => {
    const [sent, recent] = [path.join(tested.folders.uploads, '2026', 'a.json'), path.join(tested.folder, 'b.orthant')];
    mkdirSync(path.dirname(sent), { recursive: true });
    for (const file of [sent, recent]) writeFileSync(file, '{}');
    await tested.host.permissions.open(recent);
    const later = new Host({ ...tested.host.options });
    for (const file of [sent, recent]) expect(await later.permissions.has('read', file), file).toBe(true);
    expect(await later.permissions.has('read', path.join(tested.folder, 'other.orthant'))).toBe(false);
  });

  it('reads only data that was opened, or that a run of this computer or an opened document names', async () => {
    const refused = (field: string) => ({
      code: 'file',
      field,
      message: expect.stringContaining('was not opened by you') as string,
    });
    // The test engine reports this for every path that reaches it.
    const reached = { code: 'data', message: expect.stringMatching(/^data: .* is empty\.$/) as string };
    const source = (file: string) => ({ kind: 'file', path: file }) as const;
    const inspect = (file: string): Promise<unknown> => client.call('inspect', { source: source(file) });
    const strange = path.join(tested.folder, 'strange.csv');
    for (const file of [strange, 'early.csv', '/etc/passwd', path.join(tested.folders.uploads, '..', 'strange.csv')]) {
      await expect(inspect(file), file).rejects.toMatchObject(refused('source.path'));
      const table = { source: source(file) };
      await expect(client.call('rows', { ...table, offset: 0, limit: 1 })).rejects.toMatchObject(
        refused('source.path'),
      );
      await expect(client.call('histogram', { ...table, column: 'a' })).rejects.toMatchObject(refused('source.path'));
      await expect(client.call('prepare', { data: table })).rejects.toMatchObject(refused('data.source.path'));
      await expect(client.call('start', { configuration: { data: table } })).rejects.toMatchObject(
        refused('configuration.data.source.path'),
      );
      const model = path.join(tested.folders.runs, 'mine');
      await expect(client.call('predict', { model, table })).rejects.toMatchObject(refused('table.source.path'));
      await expect(client.call('predictRow', { model: file, values: {} })).rejects.toMatchObject(refused('model'));
    }
    await expect(inspect(path.join(tested.folder, 'early.csv'))).rejects.toMatchObject(reached);
    await expect(inspect(path.join(tested.folders.uploads, '2026', 'a.csv'))).rejects.toMatchObject(reached);

    const ofRun = path.join(tested.folder, 'mine.csv');
    await expect(inspect(ofRun)).rejects.toMatchObject(refused('source.path'));
    await client.call('runRecord', { run: path.join(tested.folders.runs, 'mine') });
    await expect(inspect(ofRun)).rejects.toMatchObject(reached);

    // An uploaded document may be made by the page.
    const document = JSON.stringify({ data: { source: source('named.csv') }, name: 'x' });
    const forged = path.join(tested.folders.uploads, '2026', 'forged.orthant');
    mkdirSync(path.dirname(forged), { recursive: true });
    writeFileSync(forged, JSON.stringify({ data: { source: source(strange) } }));
    await client.call('readDocument', { path: forged });
    await expect(inspect(strange)).rejects.toMatchObject(refused('source.path'));
    const opened = path.join(tested.folder, 'study.orthant');
    writeFileSync(opened, document);
    tested.host.openFile(opened);
    const named = path.join(tested.folder, 'named.csv');
    const { text } = await client.call('readDocument', { path: opened });
    expect(JSON.parse(text)).toEqual({ data: { source: source(named) }, name: 'x' });
    await expect(inspect(named)).rejects.toMatchObject(reached);

    // The current work in the window is available again after a restart.
    const later = new Host({ ...tested.host.options });
    for (const file of [ofRun, named, path.join(tested.folder, 'early.csv')])
      await later.permissions.require('read', file, 'path');
    await expect(later.permissions.require('read', strange, 'path')).rejects.toMatchObject(refused('path'));
    expect(await later.permissions.has('write', named)).toBe(false);
  });

  it('names an uploaded file by its own name', async () => {
    const sent = path.join(tested.folders.uploads, '2026-11-26-0123456789ab', 'prices.csv');
    await expect(client.call('inspect', { source: { kind: 'file', path: sent } })).rejects.toMatchObject({
      message: 'data: prices.csv is empty.',
    });
    const message = `${sent} has changed since the run began.`;
    const failed = { event: 'failed', run: 'of-prices', error: { code: 'data', message } };
    const warning = { event: 'warning', run: 'of-prices', warning: { message } };
    await client.call('pause', { run: JSON.stringify([warning, failed]) });
    const ofPrices = () => events.filter((event) => 'run' in event && event.run === 'of-prices');
    await until(() => ofPrices().length === 2);
    const renamed = 'prices.csv has changed since the run began.';
    expect(ofPrices()).toMatchObject([{ warning: { message: renamed } }, { error: { message: renamed } }]);
  });

  it('shows only files in their folder that were written here', async () => {
    const showInFolder = (file: string): Promise<unknown> => client.call('showInFolder', { path: file });
    await expect(showInFolder('/etc/passwd')).rejects.toMatchObject({ code: 'file', field: 'path' });
    const { path: chosen = '' } = await client.call('chooseOutput', { suggestedName: 'model.onnx' });
    for (const file of [chosen, path.join(tested.folders.runs, 'mine', 'model.onnx')])
      await expect(showInFolder(file)).rejects.toMatchObject({ code: 'usage' });
  });

  it('reads, changes, moves and deletes only runs of this computer', async () => {
    const { runs } = tested.folders;
    const below = path.join(runs, '7');
    const elsewhere = path.join(tested.folder, '7');
    for (const run of [elsewhere, 'mine', runs, path.join(runs, '..', '7')]) {
      const refused = {
        code: 'run',
        field: 'run',
        message: expect.stringContaining(`not one of the runs in ${runs}`) as string,
      };
      for (const name of ['runRecord', 'runMetrics', 'runCheckpoints', 'deleteRun', 'resumeRun'] as const)
        await expect(client.call(name, { run }), `${name} ${run}`).rejects.toMatchObject(refused);
      await expect(client.call('predictions', { run, split: 'test' })).rejects.toMatchObject(refused);
      await expect(client.call('worstRows', { run, target: 'y' })).rejects.toMatchObject(refused);
      await expect(client.call('renameRun', { run, name: 'x' }), run).rejects.toMatchObject(refused);
      await expect(client.call('restoreRun', { binned: run }), run).rejects.toMatchObject({
        ...refused,
        field: 'binned',
      });
    }
    // These calls end the test engine.
    await expect(client.call('deleteRun', { run: below })).rejects.toMatchObject({ code: 'crashed' });
    await until(() => tested.host.engines.data.state.state === 'running');
  });

  it('writes only files that were chosen in a dialog of the host', async () => {
    const stray = path.join(tested.folder, 'stray.txt');
    const runs = tested.folders.runs;
    const configuration = { data: { source: { kind: 'sample', id: 'ink' } } } as const;
    const table = { source: { kind: 'file', path: '/data/a.csv' } } as const;
    const refused = { code: 'file', field: 'out', message: expect.stringContaining('was not chosen') as string };
    for (const out of [stray, 'stray.txt', `${runs}/../stray.txt`, runs]) {
      await expect(client.call('export', { run: 'r', format: 'onnx', out }), out).rejects.toMatchObject(refused);
      await expect(client.call('predict', { model: 'r', table, out }), out).rejects.toMatchObject(refused);
      await expect(client.call('start', { configuration, out }), out).rejects.toMatchObject(refused);
    }
    await expect(client.call('writeDocument', { path: `${stray}.json`, text: '{}' })).rejects.toMatchObject({
      code: 'file',
      field: 'path',
    });
    expect(existsSync(`${stray}.json`)).toBe(false);

    const { path: chosen = '' } = await client.call('chooseOutput', { suggestedName: 'model.onnx' });
    await expect(client.call('export', { run: 'r', format: 'onnx', out: chosen })).rejects.toMatchObject({
      code: 'run',
      field: 'run',
    });
    const answer = await client.call('export', { run: path.join(runs, 'r'), format: 'onnx', out: chosen });
    expect(answer.file).toBe(chosen);
    expect(await client.call('start', { configuration, out: path.join(runs, 'mine') })).toEqual({ run: 'plain' });
    expect(await client.call('start', { configuration, out: chosen })).toEqual({ run: 'plain' });
  });

  it('starts runs one after the other, so that the next one cannot end the process of one that is starting', async () => {
    const configuration = { data: { source: { kind: 'sample', id: 'ink' } } } as const;
    const deterministic = { ...configuration, runtime: { deterministic: true } };
    const answers = [configuration, deterministic, configuration, deterministic].map((each) =>
      client.call('start', { configuration: each }),
    );
    expect((await Promise.all(answers)).map(({ run }) => run)).toEqual(['plain', '1', 'plain', '1']);
    await client.call('start', { configuration });
  });

  it('restarts the training process for a run that needs other variables, unless a run is under way', async () => {
    const configuration = { data: { source: { kind: 'sample', id: 'ink' } } } as const;
    const deterministic = { configuration: { ...configuration, runtime: { deterministic: true } } };
    expect(await client.call('start', { configuration })).toEqual({ run: 'plain' });
    const before = tested.host.engines.train.pid;
    expect(await client.call('start', deterministic)).toEqual({ run: '1' });
    expect(tested.host.engines.train.pid).not.toBe(before);
    await client.call('pause', { run: JSON.stringify([{ event: 'phase', run: 'r', state: 'training', message: '' }]) });
    expect(await client.call('start', deterministic)).toEqual({ run: '1' });
    await expect(client.call('start', { configuration })).rejects.toMatchObject({
      code: 'engine',
      field: 'configuration.runtime',
    });
  });
});

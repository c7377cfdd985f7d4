import { expect, it } from 'vitest';
import { z } from 'zod';
import type { EngineCallName } from '../../native/contract/engine.ts';
import { engineCalls } from '../../native/contract/engine.ts';
import { testFolders } from '../testing/browserHost.ts';
import { Host } from './host.ts';
import { demandsOf } from './reach.ts';

/** Fields by which a request names a file or a folder. */
const places = ['path', 'run', 'binned', 'model', 'out'];
/** The engine knows a run in work by its folder and touches no other; a configuration is checked without its data. */
const harmless: EngineCallName[] = ['pause', 'resume', 'oneEpoch', 'stop', 'check'];

it('demands something of every call that names a file or a run folder', async () => {
  const { folders } = await testFolders();
  const host = new Host({
    ...{ kind: 'browser', dialogs: false, version: '1', folders },
    launch: () => {
      throw new Error('No engine is needed.');
    },
  });
  const named = (Object.keys(engineCalls) as EngineCallName[]).filter((name) => {
    const properties = JSON.stringify(z.toJSONSchema(engineCalls[name].request, { io: 'input' }));
    return places.some((place) => properties.includes(`"${place}":{`));
  });
  expect(Object.keys(demandsOf(host)).toSorted()).toEqual(named.filter((name) => !harmless.includes(name)).toSorted());
});

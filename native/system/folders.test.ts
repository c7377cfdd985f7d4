import { expect, test } from 'vitest';
import { runsFolder, stateFolder } from './folders.mjs';

test.each([
  ['linux', {}, '/home/ada', '/home/ada/.local/state/orthant'],
  ['linux', { XDG_STATE_HOME: '/big' }, '/home/ada', '/big/orthant'],
  ['darwin', {}, '/Users/ada', '/Users/ada/Library/Application Support/Orthant'],
  ['win32', {}, 'C:\\Users\\ada', 'C:\\Users\\ada\\AppData\\Local\\orthant'],
  ['linux', { ORTHANT_STATE: '/else/where' }, '/home/ada', '/else/where'],
])('files of the hosts on %s with %o', (platform, env, home, wanted) => {
  expect(stateFolder(env, platform, home)).toBe(wanted);
});

test('runs lie in the home folder on every system', () => {
  expect(runsFolder({ ORTHANT_RUNS: '' }, 'win32', 'C:\\Users\\ada')).toBe('C:\\Users\\ada\\Orthant\\runs');
  expect(runsFolder({}, 'linux', '/home/ada')).toBe('/home/ada/Orthant/runs');
});

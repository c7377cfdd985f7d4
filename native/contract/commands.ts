import { keysOf } from '../base/keysOf.ts';

/** The window's screens and commands: its menu, keys, help and steps are made from these. */

interface CommandDescription {
  /** Title in the window. */
  readonly title: string;
  /** Label in the menu; "&" precedes the letter that chooses it. */
  readonly label: string;
  /** Keyboard shortcut in Windows notation; on a Mac, Command replaces Ctrl. */
  readonly keys: string;
}

interface Screen extends CommandDescription {
  /** Parts of a configuration that are set on this screen, if it is a step from a file to a model. */
  readonly sets?: readonly string[];
}

/** All screens except the start screen, in their order. */
export const screens = {
  data: { title: 'Data', label: '&Data', keys: 'Alt+1', sets: ['data', 'source'] },
  network: { title: 'Network', label: '&Network', keys: 'Alt+2', sets: ['network'] },
  constraint: { title: 'Constraint', label: '&Constraint', keys: 'Alt+3', sets: ['constraint'] },
  train: { title: 'Train', label: '&Train', keys: 'Alt+4', sets: ['training', 'runtime'] },
  result: { title: 'Result', label: '&Result', keys: 'Alt+5', sets: [] },
  runs: { title: 'Runs', label: 'R&uns', keys: 'Alt+6' },
} as const satisfies Record<string, Screen>;

export type ScreenId = keyof typeof screens;
export const screenIds = keysOf(screens);

const showScreens = Object.fromEntries(
  screenIds.map((id) => {
    const { title, label, keys } = screens[id];
    return [`show-${id}`, { title: `Go to ${title}`, label, keys }];
  }),
) as Record<`show-${ScreenId}`, CommandDescription>;

/** Every command, in the order of the help. */
export const commands = {
  'open-data': { title: 'Open a data file', label: '&Open Data…', keys: 'Ctrl+O' },
  'open-configuration': { title: 'Open a configuration', label: 'Open &Configuration…', keys: 'Ctrl+Shift+O' },
  'save-configuration': { title: 'Save the configuration', label: '&Save Configuration', keys: 'Ctrl+S' },
  'save-configuration-as': {
    title: 'Save the configuration as…',
    label: 'Save Configuration &As…',
    keys: 'Ctrl+Shift+S',
  },
  undo: { title: 'Undo', label: '&Undo', keys: 'Ctrl+Z' },
  redo: { title: 'Redo', label: '&Redo', keys: 'Ctrl+Shift+Z' },
  train: { title: 'Train', label: '&Train', keys: 'Ctrl+Enter' },
  pause: { title: 'Pause or resume', label: '&Pause or Resume', keys: 'Alt+P' },
  'one-epoch': { title: 'One epoch', label: 'One &Epoch', keys: 'Alt+E' },
  stop: { title: 'Stop', label: '&Stop', keys: 'Alt+.' },
  ...showScreens,
  help: { title: 'Help', label: 'Orthant &Help', keys: 'F1' },
} satisfies Record<string, CommandDescription>;

export type Command = keyof typeof commands;
export const commandIds = keysOf(commands);

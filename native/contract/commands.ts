import { keysOf } from '../base/keysOf.ts';

/** The window's screens and what it can be asked to do: its menu, its keys, its help and its steps are made from this. */

interface Screen {
  readonly title: string;
  /** In the menu; "&" stands before the letter that chooses it. */
  readonly label: string;
  /** Goes to it, with Alt. */
  readonly key: string;
  /** Of a step on the way from a file to a model: the parts of a configuration that are set on it. */
  readonly sets?: readonly string[];
}

/** Screens beside the start screen, in their order. */
export const screens = {
  data: { title: 'Data', label: '&Data', key: '1', sets: ['data', 'source'] },
  network: { title: 'Network', label: '&Network', key: '2', sets: ['network'] },
  constraint: { title: 'Constraint', label: '&Constraint', key: '3', sets: ['constraint'] },
  train: { title: 'Train', label: '&Train', key: '4', sets: ['training', 'runtime'] },
  result: { title: 'Result', label: '&Result', key: '5', sets: [] },
  runs: { title: 'Runs', label: 'R&uns', key: '6' },
} as const satisfies Record<string, Screen>;

export type ScreenId = keyof typeof screens;
export const screenIds = keysOf(screens);

/** Keys and what they do. */
interface CommandDescription {
  /** In the window. */
  readonly title: string;
  /** In the menu; "&" stands before the letter that chooses it. */
  readonly label: string;
  /** As `KeyboardEvent.key` has it. */
  readonly key: string;
  /** Ctrl, or Command on a Mac. */
  readonly control?: true;
  readonly alt?: true;
  readonly shift?: true;
}

const showScreens = Object.fromEntries(
  screenIds.map((id) => {
    const { title, label, key } = screens[id];
    return [`show-${id}`, { title: `Go to ${title}`, label, key, alt: true }];
  }),
) as Record<`show-${ScreenId}`, CommandDescription>;

const described = {
  'open-data': { title: 'Open a data file', label: '&Open Data…', key: 'o', control: true },
  'open-configuration': {
    title: 'Open a configuration',
    label: 'Open &Configuration…',
    key: 'o',
    control: true,
    shift: true,
  },
  'save-configuration': { title: 'Save the configuration', label: '&Save Configuration', key: 's', control: true },
  'save-configuration-as': {
    title: 'Save the configuration as…',
    label: 'Save Configuration &As…',
    key: 's',
    control: true,
    shift: true,
  },
  undo: { title: 'Undo', label: '&Undo', key: 'z', control: true },
  redo: { title: 'Redo', label: '&Redo', key: 'z', control: true, shift: true },
  train: { title: 'Train', label: '&Train', key: 'Enter', control: true },
  pause: { title: 'Pause or go on', label: '&Pause or Go On', key: 'p', alt: true },
  'one-epoch': { title: 'One epoch', label: 'One &Epoch', key: 'e', alt: true },
  stop: { title: 'Stop', label: '&Stop', key: '.', alt: true },
  ...showScreens,
  help: { title: 'Help', label: 'Orthant &Help', key: 'F1' },
} satisfies Record<string, CommandDescription>;

export type Command = keyof typeof described;

/** Every command, in the order in which the help lists them. */
export const commands: Readonly<Record<Command, CommandDescription>> = described;
export const commandIds = keysOf(commands);

import { app } from 'electron';
import path from 'node:path';

/**
 * The files among command-line arguments, resolved against the folder the command was given in. Those that do not exist
 * are among them: the host says so.
 *
 * @param argv - as `process.argv` of the application: program, then (when not packaged) the main script, then the rest
 */
export function filesOfArguments(argv: readonly string[], folder: string, isPackaged: boolean): string[] {
  // Switches go first: Chromium puts some of its own before the main script when it hands on those of a second start.
  return argv
    .filter((argument) => !argument.startsWith('-'))
    .slice(isPackaged ? 1 : 2)
    .map((argument) => path.resolve(folder, argument));
}

/**
 * Files that the system asks to open: arguments of this start, of a second start, and macOS's `open-file`, which can
 * come before anything else does.
 *
 * @returns hands the files that came so far, and every later one, to `open`
 */
export function setupOpenFiles(): (open: (file: string) => void) => void {
  let receive: ((file: string) => void) | undefined;
  const waiting = filesOfArguments(process.argv, process.cwd(), app.isPackaged);
  const take = (file: string): void => {
    if (receive === undefined) waiting.push(file);
    else receive(file);
  };
  app.on('open-file', (event, file) => {
    event.preventDefault();
    take(file);
  });
  app.on('second-instance', (_event, argv, folder) => {
    for (const file of filesOfArguments(argv, folder, app.isPackaged)) take(file);
  });
  return (open) => {
    receive = open;
    for (const file of waiting.splice(0)) open(file);
  };
}

import { app } from 'electron';
import path from 'node:path';

/**
 * The files among command-line arguments, resolved against the folder the command was given in. Missing files are kept:
 * the host reports them.
 *
 * @param argv - as `process.argv` of the application: program, then (when not packaged) the main script, then the rest
 */
export function filesOfArguments(argv: readonly string[], folder: string, isPackaged: boolean): string[] {
  // Drop switches first: Chromium puts its own before the main script when it passes on those of a second start.
  return argv
    .filter((argument) => !argument.startsWith('-'))
    .slice(isPackaged ? 1 : 2)
    .map((argument) => path.resolve(folder, argument));
}

/**
 * Files that the system asks to open: arguments of this start, of a second start, and macOS's `open-file`, which can
 * be the first event of all.
 *
 * @returns passes the files that arrived so far, and every later one, to `open`
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

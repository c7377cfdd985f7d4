import type { Command } from 'commander';
import { automaticMethod, groupedByPromise, type MethodDescriptor } from '../../contract/methodDescriptor.ts';
import type { DescribedSetting } from '../../contract/describedSetting.ts';
import { didYouMean } from '../../base/nearest.ts';
import { withEngine } from '../client.ts';
import { addCommonOptions, engineOptions, type CommonOptions } from '../commonOptions.ts';
import { wrongUse } from '../failure.ts';
import { paragraph, print, printJson, table } from '../terminalText.ts';

export function addMethods(program: Command): void {
  const command = program
    .command('methods')
    .description('list the constraint methods, or describe one with its settings')
    .argument('[id]', 'id of a method');
  addCommonOptions(command, ['methods', 'methods augmented-lagrangian']).action(methods);
}

async function methods(id: string | undefined, options: CommonOptions): Promise<void> {
  const all = await withEngine('data', engineOptions(options), (engine) => engine.call('methods', {}));
  const wanted = id === undefined ? undefined : find(all, id);
  if (options.json === true) printJson(wanted ?? all);
  else if (wanted === undefined) print(list(all));
  else print('formula' in wanted ? describe(wanted) : `${titled(wanted)}${paragraph(wanted.summary)}`);
}

function find(all: readonly MethodDescriptor[], id: string): MethodDescriptor | typeof automaticMethod {
  const method = [automaticMethod, ...all].find((candidate) => candidate.id === id);
  if (method !== undefined) return method;
  const ids = [automaticMethod, ...all].map((candidate) => candidate.id);
  throw wrongUse(`There is no method "${id}".${didYouMean(id, ids)} There are: ${ids.join(', ')}.`);
}

const list = (all: readonly MethodDescriptor[]): string =>
  [
    `${automaticMethod.id} (recommended)\n${paragraph(automaticMethod.summary, '  ')}`,
    ...groupedByPromise(all).map(({ title, text, methods }) =>
      [
        paragraph(`${title}: ${text}`),
        ...methods.map(({ id, summary }) => `  ${id}\n${paragraph(summary, '    ')}`),
      ].join('\n'),
    ),
  ].join('\n');

const titled = ({ id, title }: Pick<MethodDescriptor, 'id' | 'title'>): string => `${id}: ${title}\n`;

function describe(method: MethodDescriptor): string {
  return [
    titled(method),
    paragraph(method.summary),
    '\n',
    paragraph(`Promise: ${method.promiseText}`),
    paragraph(`Formula: ${method.formula}`),
    paragraph(`Source: ${method.source}`),
    ...method.preconditions.map((precondition) => paragraph(`Needs: ${precondition}`)),
    '\n',
    method.fields.length === 0
      ? 'It has no settings.\n'
      : table(
          [{ title: 'setting (--set)' }, { title: 'default' }, { title: 'range' }, { title: '' }],
          method.fields.map((setting) => [
            setting.name,
            `${setting.kind === 'custom' ? '' : String(setting.default ?? '')}${setting.unit === undefined ? '' : ` ${setting.unit}`}`,
            range(setting),
            setting.description,
          ]),
        ),
  ].join('');
}

/** The values that a setting accepts, in short form. */
function range(setting: DescribedSetting): string {
  if (setting.kind === 'choice') return setting.options.map(({ value }) => value).join(', ');
  if (setting.kind === 'switch') return 'true, false';
  if (setting.kind !== 'number') return '';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = setting;
  const from = minimum === undefined ? [] : [`>${exclusiveMinimum ? '' : '='} ${minimum}`];
  const to = maximum === undefined ? [] : [`<${exclusiveMaximum ? '' : '='} ${maximum}`];
  return [...from, ...to].join(', ');
}

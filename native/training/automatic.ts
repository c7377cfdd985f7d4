import type { RunConfiguration, SettledConfiguration } from '../contract/configuration.ts';
import { countFeatures } from '../contract/dataSchema.ts';
import { roundEpochs, stepsOfEpoch, usualSteps } from '../contract/epochSteps.ts';
import type { Chosen } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';

/** Facts about prepared data, from which `auto` settings are chosen. */
export interface TableFacts {
  /** Rows of the training split. */
  readonly rows: number;
  /** Inputs of the network. */
  readonly features: number;
  readonly outputs: number;
  /** The treatment of missing inputs, which was chosen before rows were. */
  readonly missing: SettledConfiguration['data']['missing'];
}

export const factsOf = ({ schema, splits, preparation }: DataSet): TableFacts => ({
  rows: splits.train.rows,
  features: countFeatures(schema.inputs),
  outputs: schema.targets.length,
  missing: preparation.missing,
});

type Rule<Value> = (configuration: RunConfiguration, facts: TableFacts) => Value;

/** The treatment with which the rows were prepared. */
const preparedMissing: Rule<TableFacts['missing']> = (_, { missing }) => missing;

/** The strongest method that leaves the weights free. */
const usualMethod: Rule<string> = () => 'augmented-lagrangian';

/** Two layers, which learn most tables; with a list of activations, a layer for each. */
const usualHidden: Rule<number[]> = ({ network: { activation } }) =>
  typeof activation === 'string' ? [64, 64] : activation.map(() => 64);

/** Limit for the smallest tables, whose epochs have one step each: an evaluation follows every epoch. */
const mostEpochs = 1000;
/** Epochs for a table with enough steps per epoch. */
const leastEpochs = 20;

/** Enough epochs for the usual number of steps, within limits. */
const epochsByRows: Rule<number> = ({ training }, { rows }) => {
  const wanted = roundEpochs(usualSteps / stepsOfEpoch(training, rows));
  return Math.min(mostEpochs, Math.max(leastEpochs, wanted));
};

/** No weight decay. */
const noDecay: Rule<number> = () => 0;

/** All epochs. */
const noEarlyStopping: Rule<number> = () => 0;

/** A configuration to train, and what its `auto` settings came to. */
export interface Settlement {
  readonly configuration: SettledConfiguration;
  readonly chosen: Chosen;
}

/** Chooses the values of all settings that are `auto`. The same configuration and facts give the same values. */
export function settle(configuration: RunConfiguration, facts: TableFacts): Settlement {
  const { data, network, constraint, training } = configuration;
  const chosen: Chosen = {};
  const value = <Value>(name: keyof Chosen, asked: Value | 'auto', rule: Rule<Value>): Value => {
    if (asked !== 'auto') return asked;
    const found = rule(configuration, facts);
    Object.assign(chosen, { [name]: found });
    return found;
  };
  const settled: SettledConfiguration = {
    ...configuration,
    data: { ...data, missing: value('missing', data.missing, preparedMissing) },
    constraint: {
      ...constraint,
      method: { ...constraint.method, id: value('method', constraint.method.id, usualMethod) },
    },
    network: { ...network, hidden: value('hidden', network.hidden, usualHidden) },
    training: {
      ...training,
      epochs: value('epochs', training.epochs, epochsByRows),
      weightDecay: value('weightDecay', training.weightDecay, noDecay),
      earlyStopping: value('earlyStopping', training.earlyStopping, noEarlyStopping),
    },
  };
  return { configuration: settled, chosen };
}

import type { RunConfiguration, SettledConfiguration } from '../contract/configuration.ts';
import { countFeatures } from '../contract/dataSchema.ts';
import { roundEpochs, stepsOfEpoch, usualSteps } from '../contract/epochSteps.ts';
import { OrthantError } from '../contract/errors.ts';
import { nonNegativeLastLayer } from '../constraints/nonNegativeLastLayer.ts';
import { outputTransform } from '../constraints/outputTransform.ts';
import type { Chosen } from '../contract/results.ts';
import type { DataSet } from '../data/dataset.ts';

/** Facts about prepared data, from which `auto` settings are chosen. */
export interface TableFacts {
  /** Rows of the training split. */
  readonly rows: number;
  readonly validationRows: number;
  /** Inputs of the network. */
  readonly features: number;
  readonly outputs: number;
  /** The treatment of missing inputs, which was chosen before rows were. */
  readonly missing: SettledConfiguration['data']['missing'];
}

export const factsOf = ({ schema, splits, preparation }: DataSet): TableFacts => ({
  rows: splits.train.rows,
  validationRows: splits.validation.rows,
  features: countFeatures(schema.inputs),
  outputs: schema.targets.length,
  missing: preparation.missing,
});

type Rule<Value> = (configuration: RunConfiguration, facts: TableFacts) => Value;

/** The treatment with which the rows were prepared. */
const preparedMissing: Rule<TableFacts['missing']> = (_, { missing }) => missing;

/**
 * The strongest promise that costs nothing measurable (README, "Accuracy"): a non-negative last layer, which keeps the
 * output plain linear, where the features allow it without a warning; otherwise the output transform. Both keep every
 * output at or above the bound, whatever the input.
 */
const strongestMethod: Rule<string> = (configuration, facts) => {
  const { id, settings } = nonNegativeLastLayer;
  const hidden =
    configuration.network.hidden === 'auto' ? usualHidden(configuration, facts) : configuration.network.hidden;
  try {
    if (nonNegativeLastLayer.check(settings.parse({}), { ...configuration.network, hidden }).length === 0) return id;
  } catch (error) {
    if (!(error instanceof OrthantError)) throw error;
  }
  return outputTransform.id;
};

/** Two layers, which learn most tables; with a list of activations, a layer for each. */
const usualHidden: Rule<number[]> = ({ network: { activation } }) =>
  typeof activation === 'string' ? [64, 64] : activation.map(() => 64);

/** Limit for the smallest tables, whose epochs have one step each: an evaluation follows every epoch. */
const mostEpochs = 1000;
/** Even a huge table is looked at this often, so that there are snapshots to choose from. */
const leastEpochs = 10;
/** Up to this number of rows the usual number of steps is enough. */
const fewRows = 300;

/**
 * The usual number of steps for few rows, and more of them for more rows, but fewer epochs: steps grow as rows^0.4
 * (2,000 for 300 rows, 15,000 for 43,000).
 */
const epochsByRows: Rule<number> = ({ training }, { rows }) => {
  const steps = usualSteps * Math.max(1, rows / fewRows) ** 0.4;
  return Math.min(mostEpochs, Math.max(leastEpochs, roundEpochs(steps / stepsOfEpoch(training, rows))));
};

/**
 * None where validation rows choose the snapshot: measured, decay then changes nothing on few rows, and it costs much
 * where inputs are collinear (sample `meats`). Without validation rows the last epoch is returned, and on few rows a
 * decay of 1 (times the learning rate) lowered its error by 3 to 50 %.
 */
const decayByRows: Rule<number> = (_, { rows, validationRows }) => (validationRows === 0 && rows < 1000 ? 1 : 0);

/** Half of the epochs: a run that was best early has followed single rows since then. */
const patience: Rule<number> = (configuration, facts) => {
  const { epochs } = configuration.training;
  return Math.ceil((epochs === 'auto' ? epochsByRows(configuration, facts) : epochs) / 2);
};

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
      method: { ...constraint.method, id: value('method', constraint.method.id, strongestMethod) },
    },
    network: { ...network, hidden: value('hidden', network.hidden, usualHidden) },
    training: {
      ...training,
      epochs: value('epochs', training.epochs, epochsByRows),
      weightDecay: value('weightDecay', training.weightDecay, decayByRows),
      earlyStopping: value('earlyStopping', training.earlyStopping, patience),
    },
  };
  return { configuration: settled, chosen };
}

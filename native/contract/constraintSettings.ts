import { z } from 'zod';

/** The settings of the constraint: the bound, and the method that keeps outputs at or above it. */

/** Path of a method's settings in a run configuration, and the option that takes them. */
export const methodSettings = { path: 'constraint.method.settings', flag: '--set <key=value>' } as const;

export const constraintSettingsSchema = z.strictObject({
  /** `auto`, or the id of a method. */
  method: z
    .strictObject({
      id: z.string().min(1).default('auto').meta({
        title: 'Method',
        description: 'the method that keeps outputs at or above the bound',
        flag: '--method <id>',
      }),
      /** The registry of methods validates them against the method's own schema. */
      settings: z.record(z.string(), z.unknown()).default({}).meta({
        title: 'Settings of the method',
        description: 'a setting of the method (repeatable)',
        flag: methodSettings.flag,
      }),
    })
    .default({ id: 'auto', settings: {} }),
  /** The bound `output >= epsilon` in the target's own units: one for all targets, or one each by name. */
  epsilon: z
    .union([z.number(), z.record(z.string(), z.number())])
    .default(0)
    .meta({
      title: 'Every output at least',
      description: "the bound in the target's units",
      flag: '--epsilon <bound>',
    }),
});
export type ConstraintSettings = z.infer<typeof constraintSettingsSchema>;

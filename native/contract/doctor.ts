import { z } from 'zod';

/** What `orthant doctor` finds. */
export const doctorReportSchema = z.object({
  orthant: z.string(),
  node: z.string(),
  platform: z.string(),
  /** What training would use now. */
  engine: z.enum(['tensorflow', 'wasm']),
  version: z.string(),
  device: z.enum(['cpu', 'gpu']),
  deviceName: z.string(),
  /** Why this engine and device. */
  reason: z.string(),
  cores: z.int(),
  memory: z.object({ totalBytes: z.number(), freeBytes: z.number() }),
  cuda: z.object({
    card: z.string().optional(),
    driver: z.string().optional(),
    libraries: z.string().optional(),
    note: z.string(),
  }),
  cache: z.object({ folder: z.string(), bytes: z.number() }),
  runs: z.string().optional(),
  /** What is not there, what that means, and the command that mends it. */
  missing: z.array(z.object({ what: z.string(), effect: z.string(), command: z.string().optional() })),
  warnings: z.array(z.string()),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;

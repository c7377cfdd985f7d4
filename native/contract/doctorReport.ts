import { z } from 'zod';

/** The report of `orthant doctor`. */
export const doctorReportSchema = z.object({
  orthant: z.string(),
  node: z.string(),
  platform: z.string(),
  /** The engine that training would use now. */
  engine: z.enum(['tensorflow', 'wasm']),
  version: z.string(),
  device: z.enum(['cpu', 'gpu']),
  deviceName: z.string(),
  /** The reason for this engine and device. */
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
  /** Missing parts, the effect, and the command that fixes it. */
  missing: z.array(z.object({ what: z.string(), effect: z.string(), command: z.string().optional() })),
  warnings: z.array(z.string()),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;

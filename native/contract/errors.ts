import { z } from 'zod';
import { firstOnes } from '../base/lists.ts';
import { describeIssue } from './invalid.ts';

/**
 * What went wrong, for a machine. Each code is one kind of failure a caller may want to treat differently;
 * everything a person needs stands in the message.
 */
export const errorCodes = [
  'usage', // the request is wrong: an option, a setting, a name
  'configuration', // a run configuration does not fit itself or its data
  'data', // a data file cannot be used as asked
  'file', // a file or folder cannot be read or written
  'engine', // the engine or its device cannot be had
  'run', // a run folder is missing, damaged, locked or of another run
  'diverged', // training left the finite numbers
  'export', // an exported model does not agree with the trained one
  'cancelled', // the caller gave up
  'crashed', // the engine process ended
  'internal', // a defect of Orthant
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What every call may end with; each declares what it may end with beside these. */
export const commonErrors: readonly ErrorCode[] = ['usage', 'cancelled', 'crashed', 'internal'];

/** The shape in which every error crosses a process border. */
export const errorMessageSchema = z.object({
  code: z.enum(errorCodes),
  /** One readable paragraph: what, where, why, what to do. */
  message: z.string(),
  /** The field at fault, as a path into the request ("data.columns.price.role"), where there is one. */
  field: z.string().optional(),
  /** The stack of the process it arose in; shown on request only. */
  stack: z.string().optional(),
});

export type ErrorMessage = z.infer<typeof errorMessageSchema>;

/** An error that is meant for the person in front of the program. */
export class OrthantError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OrthantError';
    this.code = code;
    this.field = options.field;
  }
}

/** The end of a call that its caller gave up. */
export const cancelled = (): OrthantError => new OrthantError('cancelled', 'The call was cancelled.');

/** Any thrown value as the message that crosses a process border. */
export function toErrorMessage(error: unknown): ErrorMessage {
  if (error instanceof OrthantError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.field === undefined ? {} : { field: error.field }),
      ...(error.stack === undefined ? {} : { stack: error.stack }),
    };
  }
  if (error instanceof z.ZodError) {
    return { ...describeZodError(error), ...(error.stack === undefined ? {} : { stack: error.stack }) };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    const { code, message } = cancelled();
    return { code, message };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    code: 'internal',
    message: `Orthant made a mistake: ${message}. Please report it with the steps that led here.`,
    ...(stack === undefined ? {} : { stack }),
  };
}

/** The error that a message describes, for the receiving side. */
export function fromErrorMessage(message: ErrorMessage): OrthantError {
  const error = new OrthantError(
    message.code,
    message.message,
    message.field === undefined ? {} : { field: message.field },
  );
  if (message.stack !== undefined) error.stack = message.stack;
  return error;
}

/** The first issues of a failed parse as one paragraph, with the path of the first as the field at fault. */
export function describeZodError(
  error: z.ZodError,
  what = 'The request',
): { code: ErrorCode; message: string; field?: string } {
  const issues = firstOnes(error.issues.map(describeIssue), { most: 3, separator: '; ' });
  const field = error.issues[0]?.path.map(String).join('.');
  return {
    code: 'usage',
    message: `${what} is not valid: ${issues}.`,
    ...(field === undefined || field === '' ? {} : { field }),
  };
}

/** `schema.parse` whose failure is an `OrthantError` that names the field. */
export function parseOrThrow<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what?: string,
  code: ErrorCode = 'usage',
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { message, field } = describeZodError(result.error, what);
  throw new OrthantError(code, message, { ...(field === undefined ? {} : { field }), cause: result.error });
}

import { z } from 'zod';
import { firstOnes } from '../base/lists.ts';
import { describeIssue } from './invalid.ts';

/**
 * Kinds of failure, for programs. Each code is a kind that a caller may want to treat differently; the message holds
 * everything that the user needs.
 */
export const errorCodes = [
  'usage', // the request is wrong: an option, a setting, a name
  'configuration', // a run configuration does not fit itself or its data
  'data', // a data file cannot be used as asked
  'file', // a file or folder cannot be read or written
  'engine', // the engine or its device is not available
  'run', // a run folder is missing, damaged, locked or belongs to another run
  'diverged', // training produced numbers that are not finite
  'export', // an exported model does not agree with the trained one
  'cancelled', // the caller cancelled
  'crashed', // the engine process ended
  'internal', // a defect of Orthant
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Errors that are possible in every call, besides those that the call declares. */
export const commonErrors: readonly ErrorCode[] = ['usage', 'cancelled', 'crashed', 'internal'];

/** An error as it is sent to another process. */
export const errorMessageSchema = z.object({
  code: z.enum(errorCodes),
  /** One readable paragraph: what, where, why, what to do. */
  message: z.string(),
  /** Path of the wrong field in the request ("data.columns.price.role"), if there is one. */
  field: z.string().optional(),
  /** The stack in the process that threw the error; shown on request only. */
  stack: z.string().optional(),
});

export type ErrorMessage = z.infer<typeof errorMessageSchema>;

/** An error whose message is meant for the user. */
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

/** The error of a call that its caller cancelled. */
export const cancelled = (): OrthantError => new OrthantError('cancelled', 'The call was cancelled.');

/** Converts any thrown value to the message that is sent to another process. */
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

/** Converts a received message back to an error. */
export function fromErrorMessage(message: ErrorMessage): OrthantError {
  const error = new OrthantError(
    message.code,
    message.message,
    message.field === undefined ? {} : { field: message.field },
  );
  if (message.stack !== undefined) error.stack = message.stack;
  return error;
}

/** Describes the first issues of a failed parse in one paragraph; `field` is the path of the first issue. */
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

/**
 * Parses a value.
 *
 * @throws OrthantError `code`, with the path of the wrong field
 */
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

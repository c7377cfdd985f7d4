import { OrthantError } from './errors.ts';

/** Cause and remedy of each error of the file system. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space, or choose a folder on another disk',
  EDQUOT: 'your disk quota is used up. Free some space, or choose a folder on another disk',
  EFBIG: 'the file would be larger than the file system allows. Choose a folder on another disk',
  EACCES: 'you have no permission. Change the permissions, or choose another place',
  EPERM: 'the system does not allow it. Change the permissions, or choose another place',
  EROFS: 'the disk is mounted read-only. Choose a folder on another disk',
  ENOENT: 'it does not exist. Check the path',
  ENOTDIR: 'a part of the path is a file, not a folder. Check the path',
  EEXIST: 'the name is used already. Choose another name',
  EISDIR: 'it is a folder. Give a file',
  ELOOP: 'its symbolic links form a circle. Fix them, or give the path itself',
  ENAMETOOLONG: 'the name is too long. Choose a shorter one',
  EMFILE: 'too many files are open. Close other programs, or raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this computer. Close other programs',
  EBUSY: 'another program is using it. Close that program and try again',
  EIO: 'the disk reports an error. Check the disk, or choose a folder on another one',
};

/**
 * Converts an error of the file system to one for the user: what failed, why, and what to do. Returns any other error
 * unchanged.
 *
 * @param attempt - the failed action; it follows "Cannot": "write runs/first/run.json"
 * @param field - the field of the request that names the file
 */
export function describeFileError(error: unknown, attempt: string, field?: string): Error {
  if (!(error instanceof Error)) return new OrthantError('internal', `Cannot ${attempt}: ${String(error)}.`);
  if (error instanceof OrthantError) return error;
  if (!('code' in error) || typeof error.code !== 'string') return error;
  return new OrthantError('file', `Cannot ${attempt}: ${remedies[error.code] ?? error.message}.`, {
    ...(field === undefined ? {} : { field }),
    cause: error,
  });
}

/**
 * Does `action` and describes an error of the file system.
 *
 * @param what - the action in words, as for {@link describeFileError}
 * @throws OrthantError `file` if the file system refuses the action
 */
export function attempt<Result>(what: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw describeFileError(error, what);
  }
}

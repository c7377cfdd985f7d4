import { OrthantError } from '../../native/contract/errors.ts';

/** What a person is told of a file that cannot be read or written: where, why, what to do. */
export function describeFileError(error: unknown, file: string, action: 'read' | 'written'): OrthantError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reasons: Record<string, string> = {
    ENOENT: 'it, or its folder, is not there (any more). Choose another one',
    EACCES: 'its permissions do not allow it. Change them, or choose another place',
    EPERM: 'its permissions do not allow it. Change them, or choose another place',
    EEXIST: 'something else of that name is there already. Choose another place',
    EISDIR: 'it is a folder. Choose a file',
    ENOTDIR: 'a part of its path is not a folder. Choose another place',
    ENOSPC: 'the disk is full. Free some space, or choose another disk',
    EROFS: 'the disk can only be read. Choose another place',
  };
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new OrthantError('file', `${file} cannot be ${action}: ${reason}.`, { field: 'path', cause: error });
}

import os from 'node:os';
import path from 'node:path';

/**
 * The folder where Weightroom keeps what it installs for this user: `WEIGHTROOM_HOME`, else the
 * customary place of the system. Nothing is written beside the product's own files, which may be
 * read-only and are replaced at every update.
 */
export function weightroomHome(): string {
  const chosen = process.env['WEIGHTROOM_HOME'];
  if (chosen) return path.resolve(chosen);
  if (process.platform === 'darwin') {
    return path.join(os.homedir(), 'Library', 'Application Support', 'weightroom');
  }
  if (process.platform === 'win32') {
    const local = process.env['LOCALAPPDATA'] ?? path.join(os.homedir(), 'AppData', 'Local');
    return path.join(local, 'weightroom');
  }
  const data = process.env['XDG_DATA_HOME'];
  const base = data && path.isAbsolute(data) ? data : path.join(os.homedir(), '.local', 'share');
  return path.join(base, 'weightroom');
}

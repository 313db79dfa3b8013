import { readFile } from 'node:fs/promises';
import type { Authenticator, UserInfo } from '../types.ts';
import { bearerToken } from './bearer.ts';

/**
 * Static tokens in kube-apiserver's `--token-auth-file` form: a line `token,user,uid[,"group1,group2"]` each.
 * @throws Error that names the line which is not of this form
 */
export async function readTokenFile(file: string): Promise<Authenticator> {
  const users = new Map<string, UserInfo>();
  const text = await readFile(file, 'utf8');
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const cells = parseLine(line);
    const [token, username, uid, groups] = cells;
    if (!token || cells.length < 3) throw new Error(`${file}:${index + 1}: expected token,user,uid[,"group1,group2"]`);
    users.set(token, {
      username: username!,
      uid: uid!,
      groups: (groups ?? '')
        .split(',')
        .map((group) => group.trim())
        .filter((group) => group !== ''),
    });
  }
  return {
    authenticate(credentials) {
      const token = bearerToken(credentials);
      return token === undefined ? undefined : users.get(token);
    },
  };
}

// The cells of one CSV line; quoted cells may hold commas, and "" for a quote.
function parseLine(line: string): string[] {
  const cells: string[] = [];
  for (const match of line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(match[1] !== undefined ? match[1].replaceAll('""', '"') : match[2]!.trim());
  }
  return cells;
}

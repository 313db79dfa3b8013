/** `-rw-r--r--`, `drwxrwxrwt`, as ls and stat show permissions. */
export function modeText(mode: number, isFolder: boolean): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) => (mode & (1 << (8 - index)) ? letter : '-'));
  if (mode & 0o1000) letters[8] = letters[8] === 'x' ? 't' : 'T';
  return (isFolder ? 'd' : '-') + letters.join('');
}

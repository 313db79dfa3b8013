// What the table of every resource says of its columns.
import { readFileSync } from 'node:fs';

const columns = JSON.parse(readFileSync(new URL('../../facts/table-columns.json', import.meta.url)));

export default () =>
  Object.keys(columns).map((path) => ({
    name: path,
    path,
    query: { limit: '1' },
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    pick: (b) => b.columnDefinitions ?? b,
  }));

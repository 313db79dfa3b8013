// node conformance/admission/record.mjs SERVER ADMIN-TOKEN ALICE-TOKEN: writes answers.json from a kube-apiserver that was started with
//   --enable-admission-plugins=<enabled of play.mjs> --admission-control-config-file=conformance/admission/config.yaml
import { writeFileSync } from 'node:fs';
import { play } from './play.mjs';

const [server, token, alice] = process.argv.slice(2);
writeFileSync(new URL('answers.json', import.meta.url), `${JSON.stringify(await play(server, token, alice), null, 2)}\n`);

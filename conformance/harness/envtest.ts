import { join } from 'node:path';
import { root } from './cluster.ts';
import { outputOf } from './programs.ts';

/** Puts what envtest starts into a folder, which $KUBEBUILDER_ASSETS is to name. @returns the folder */
export async function envtestAssets(folder: string): Promise<string> {
  return (await outputOf([process.execPath, join(root, 'dist/orrery.js'), 'envtest', folder], root)).trim();
}

/** What compiling the native modules takes: which Debian packages are missing, and installing them where we may. */

import { spawnSync } from 'node:child_process';
import { excerptOf, runStep, Stop } from './steps.mjs';

/** Debian package → a command that succeeds where what it brings is there, on any distribution. */
const checks = {
  'build-essential': 'command -v make && command -v c++',
  python3: 'command -v python3',
  'pkg-config': 'command -v pkg-config',
  'libcairo2-dev': 'pkg-config --exists cairo',
  'libpango1.0-dev': 'pkg-config --exists pangocairo',
};

/** canvas leaves the formats out whose library is not there. */
const optionalPackages = ['libjpeg-dev', 'libgif-dev', 'librsvg2-dev'];

/** Debian's names of the packages without which the native modules cannot be compiled, empty where all are there. */
export function missingPackages() {
  return Object.entries(checks)
    .filter(([, command]) => !succeeds(command))
    .map(([name]) => name);
}

/**
 * Installs the missing packages as root with apt; elsewhere stops with one line that names them.
 * @param {string[]} modules
 * @param {string[]} missing
 */
export async function provideCompiler(modules, missing) {
  if (process.getuid?.() !== 0 || !succeeds('command -v apt-get')) {
    throw new Stop(
      `${modules.join(' and ')}: no ready binary for this machine, and to compile, these packages are missing: ${missing.join(' ')} (Debian's names)`,
    );
  }
  const apt = ['-o', 'DPkg::Lock::Timeout=600', '-qq', '-y'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runStep('Updating the package lists', 'apt-get', [...apt, 'update'], { env });
  const packages = [...missing, ...optionalPackages];
  const { code, output } = await runStep(
    `Installing ${packages.join(' ')}`,
    'apt-get',
    [...apt, 'install', '--no-install-recommends', ...packages],
    { env },
  );
  if (code !== 0) throw new Stop(`apt-get could not install ${packages.join(' ')}:\n${excerptOf(output)}`);
}

/** @param {string} command */
function succeeds(command) {
  return spawnSync('sh', ['-c', command], { stdio: 'ignore' }).status === 0;
}

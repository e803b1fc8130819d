import { execFileSync } from 'node:child_process';
import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Args, Command } from '../command.ts';
import type { Finding } from '../finding.ts';
import { findContainment } from '../../shared/process/containment.ts';
import { inspectHarnesses } from '../harnesses.ts';
import { print } from '../print.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  usage: '',
  summary: 'What this machine lacks for disinto, each with the command that mends it.',
  options: {},
  details: 'Exit code 1 when something that the demo needs is missing.',
  words: { min: 0, max: 0 },
  run: async (_args: Args) => {
    const findings = [node(), git(), httpBackend(), namespaces(), hiding(), diskSpace(), ...(await inspectHarnesses())];
    for (const finding of findings)
      print(
        `${finding.ok ? 'ok  ' : finding.needed ? 'MISSING' : 'note'}  ${finding.what}${finding.mend === null || finding.ok ? '' : `\n      mend: ${finding.mend}`}`,
      );
    return findings.some((finding) => !finding.ok && finding.needed) ? 1 : 0;
  },
};

function node(): Finding {
  return { what: `Node ${process.versions.node}`, ok: true, needed: true, mend: null };
}

function output(command: string, args: readonly string[]): string | null {
  try {
    return execFileSync(command, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 }).trim();
  } catch {
    return null;
  }
}

function git(): Finding {
  const version = output('git', ['--version']);
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version ?? '')?.slice(1) ?? []).map(Number);
  const ok = version !== null && (major > 2 || (major === 2 && minor >= 38));
  return { what: version ?? 'git', ok, needed: true, mend: 'install git 2.38 or newer (on Debian: apt-get install git)' };
}

function httpBackend(): Finding {
  const folder = output('git', ['--exec-path']);
  let ok = false;
  try {
    if (folder !== null) accessSync(`${folder}/git-http-backend`, constants.X_OK);
    ok = folder !== null;
  } catch {
    ok = false;
  }
  return {
    what: 'git http-backend (the embedded forge serves git with it)',
    ok,
    needed: true,
    mend: 'install the whole git package (on Debian: apt-get install git; on Alpine: apk add git-daemon)',
  };
}

function namespaces(): Finding {
  const ok = output('unshare', ['--user', '--map-current-user', '--pid', '--fork', '--kill-child', '--mount-proc', 'true']) !== null;
  return {
    what: 'process namespaces (sessions and CI steps die as a whole)',
    ok,
    needed: false,
    mend: 'allow user namespaces (sysctl kernel.unprivileged_userns_clone=1) and install util-linux; without them processes are ended by parentage',
  };
}

function hiding(): Finding {
  return {
    what: 'mounts in namespaces (sessions and CI steps see neither secrets nor the data folder)',
    ok: findContainment().hiding !== null,
    needed: false,
    mend: 'allow user namespaces, a /proc of their own and mounts in them (a container needs --security-opt systempaths=unconfined and seccomp=unconfined), and install a current util-linux; without it sessions and CI steps may read every file that this user may',
  };
}

function diskSpace(): Finding {
  const { bavail, bsize } = statfsSync(tmpdir());
  const free = (bavail * bsize) / 1024 ** 3;
  return { what: `${free.toFixed(1)} GiB free in ${tmpdir()}`, ok: free >= 1, needed: true, mend: 'free at least 1 GiB, or set TMPDIR to a larger disk' };
}

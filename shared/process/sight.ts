import { resolve } from 'node:path';
import type { Sight } from './process.ts';

/** Where this program and the CLIs that come with it are installed. */
const installation = resolve(import.meta.dirname, '../..');

/** The programs that hiding takes, by their absolute paths. */
export interface HidingTools {
  readonly mount: string;
  readonly mkdir: string;
  readonly setpriv: string;
}

/**
 * Runs as the init of the command's namespaces, with the right to mount in them. Shown folders are held open first, because there is no
 * way to them once what holds them is hidden. Exit code 126 when something cannot be hidden or shown: then the command is not started.
 */
const script = String.raw`
fail() { echo "disinto: cannot $1" >&2; exit 126; }
mount=$1 mkdir=$2 cwd=$3 verb= n=3
shift 3
for word; do
  case "$verb$word" in
    --) break ;;
    show-r[ow]/*)
      [ -d "$word" ] || fail "show $word: no such folder"
      eval "exec $n<\"\$word\""
      n=$((n + 1)) verb= ;;
    hide/*) verb= ;;
    *) verb=$word ;;
  esac
done
n=3
while [ "$1" != -- ]; do
  if [ "$1" != hide ]; then
    { [ -d "$2" ] || "$mkdir" -p "$2"; } && "$mount" -n -c --bind "/proc/self/fd/$n" "$2" || fail "show $2"
    [ "$1" = show-rw ] || "$mount" -n -o remount,bind,ro "$2" || fail "show $2"
    eval "exec $n<&-"
    n=$((n + 1))
  elif [ -d "$2" ]; then "$mount" -n -t tmpfs -o size=64k,mode=755,nosuid,nodev none "$2" || fail "hide $2"
  elif [ -e "$2" ]; then "$mount" -n --bind /dev/null "$2" || fail "hide $2"
  fi
  shift 2
done
shift
cd "$cwd" || fail "enter $cwd"
"$@"
exit $?
`;

// Without these nothing that was mounted can be taken away again: neither by the command nor by what it starts.
const rightsGivenUp = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-sys_admin,-sys_ptrace'] as const;

/** What goes between `unshare` and the command. */
export function hideFrom({ hidden, writable, readable }: Sight, cwd: string, { mount, mkdir, setpriv }: HidingTools): readonly string[] {
  const isHidden = (path: string): boolean => hidden.some((each) => path.startsWith(`${each.replace(/\/+$/, '')}/`));
  const verbs = [
    ...hidden.map((path) => ['hide', path] as const),
    ...writable.filter(isHidden).map((path) => ['show-rw', path] as const),
    ...[...readable, installation].filter(isHidden).map((path) => ['show-ro', path] as const),
  ];
  // What lies in a folder comes after the folder, so each counts where it lies in the other.
  const words = verbs.toSorted(([, a], [, b]) => depth(a) - depth(b)).flat();
  return ['/bin/sh', '-c', script, 'sh', mount, mkdir, cwd, ...words, '--', setpriv, ...rightsGivenUp, '--'];
}

const depth = (path: string): number => path.split('/').filter((part) => part !== '').length;

import { stripVTControlCharacters } from 'node:util';

/** How a failed step ended, as far as it tells whose failure it is. */
export interface FailedStep {
  /** `clone`: getting the code; `step`: a step of the workflow; `config`: the workflow file; `dependency`: another workflow failed first. */
  readonly kind: 'clone' | 'step' | 'config' | 'dependency';
  readonly exitCode: number | null;
  /** Name of the signal that ended it, if one did. */
  readonly signal: string | null;
  /** `wall` when CI itself ended it at its time limit. */
  readonly ended: 'wall' | null;
  /** End of its log. */
  readonly log: string;
}

/** How programs speak of a machine without network, registry, name service or disk. */
const machineTrouble: readonly RegExp[] = [
  /failed to connect to/i,
  /connection timed out|\bETIMEDOUT\b/i,
  /connection reset by peer|\bECONNRESET\b/i,
  /network is unreachable|\bENETUNREACH\b|no route to host|\bEHOSTUNREACH\b/i,
  /TLS handshake timeout/i,
  /\b(?:dial|read|lookup)\b.*: i\/o timeout/i,
  /request canceled while waiting for connection|Client\.Timeout exceeded/i,
  /docker pull timeout|\btoomanyrequests\b/i,
  /temporary failure in name resolution|name or service not known/i,
  /could not resolve host|\blookup \S+.*: no such host|\bgetaddrinfo ENOTFOUND\b|\bEAI_AGAIN\b/i,
  /requested URL returned error: (?:429|50[234])/i,
  /no space left on device|\bENOSPC\b/i,
];

/** A test that says what it wanted: the step's own judgement on the change. */
const assertion =
  /\bexpected\b|\bexpect\(|\breceived:|(?<![-/.])\bassert(?:ion|ions)?\b(?![-/])|Assertion\w*|ERR_ASSERTION|\bgot\b.*\bwant\b|\bwant\b.*\bgot\b/i;
/** An assertion shows what it met and where within this many lines. */
const linesOfAssertion = 5;
/** What ended a step is said at its end; a program may still say where its own log lies, or how to ask for help. */
const lastLines = 50;
/** In characters. */
const longestLine = 2000;

/**
 * Whose failure a failed step is: of the change, or of the machine and network it ran on (`infra`: worth a re-run, not a fix).
 * The only place that decides this. A time limit is the change's unless something else killed the step. Of a log the last lines
 * count, and only what comes after its last assertion: a step that went on to judge the change was not ended by the network.
 */
export function classify(step: FailedStep): 'change' | 'infra' {
  if (step.ended === 'wall' || step.kind === 'config') return 'change';
  if (step.kind === 'clone') return 'infra';
  if (step.exitCode === 137 || step.signal === 'SIGKILL') return 'infra';
  const lines = endOf(step.log);
  const judged = lines.findLastIndex((line) => assertion.test(line));
  const after = judged < 0 ? lines : lines.slice(judged + 1 + linesOfAssertion);
  return after.some(saysTrouble) ? 'infra' : 'change';
}

function endOf(log: string): readonly string[] {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-lastLines).map((line) => stripVTControlCharacters(line.slice(0, longestLine)));
}

function saysTrouble(line: string): boolean {
  return machineTrouble.some((pattern) => {
    const found = pattern.exec(line);
    return found !== null && !isQuoted(line, found) && !isOwnServer(line);
  });
}

/** The words and nothing else between quotes are data of a program, for example what a test compares. */
function isQuoted(line: string, found: RegExpExecArray): boolean {
  const [before, after] = [line[found.index - 1], line[found.index + found[0].length]];
  return before !== undefined && '"\'`'.includes(before) && (after === before || after === '\\');
}

/** A server on this very machine is one that the step started itself. Name servers may be on it too. */
const isOwnServer = (line: string): boolean => /\b(?:localhost|127\.0\.0\.1)\b|::1\b/.test(line) && !/\blookup\b/.test(line);

/** Resolves at the first SIGTERM or SIGINT; a second one kills. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const handle = (): void => {
      if (asked) process.kill(process.pid, 'SIGKILL');
      asked = true;
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, handle);
  });
}

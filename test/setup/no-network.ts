import { Socket } from 'node:net';

/** Tests reach this machine only, and the forge that they were told to use: whoever connects elsewhere is told so at once, whatever client it uses. */
const forge = process.env['DISINTO_TEST_FORGE_URL'] ?? '';
const forgeHost = forge === '' ? null : new URL(forge).hostname;
const connect = Socket.prototype.connect;

Socket.prototype.connect = function connectHere(this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args);
  if (host !== null && host !== forgeHost && !/^(localhost|127\.[0-9.]+|::1|0\.0\.0\.0)$/.test(host))
    throw new Error(`a test connects to ${host}; tests reach 127.0.0.1 only`);
  return Reflect.apply(connect, this, args) as Socket;
};

/** The host of `connect(options)`, `connect(port, host)` and of the array that `net.connect` makes of both; null for a path. */
function hostOf(args: readonly unknown[]): string | null {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args;
  if (typeof first === 'object' && first !== null) return 'host' in first && typeof first.host === 'string' ? first.host : null;
  return typeof second === 'string' ? second : null;
}

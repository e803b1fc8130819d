/** An answer other than success that the caller caused or must know about. `message` goes to the caller as it is. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the real forge answers where it stumbles over something that it did not expect: 500 and no words. */
export const stumbled = (): Refused => new Refused(500, '');
export const notFound = (what = "The target couldn't be found."): Refused => new Refused(404, what);
export const invalid = (message: string): Refused => new Refused(422, message);
export const forbidden = (message: string): Refused => new Refused(403, message);

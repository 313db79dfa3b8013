import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines on stderr. @param level pino's level name; `silent` for none */
export function createLogger(level: string): Logger {
  return pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: false }));
}

export const silentLogger: Logger = pino({ level: 'silent' });

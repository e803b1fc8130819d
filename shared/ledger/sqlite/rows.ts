import type { Row } from './database.ts';

/** Reading columns of a row whose types the schema (STRICT tables) guarantees. */
export const text = (row: Row, column: string): string => String(row[column]);
export const number = (row: Row, column: string): number => Number(row[column]);
export const date = (row: Row, column: string): Date => new Date(number(row, column));
export const textOrNull = (row: Row, column: string): string | null => (row[column] === null ? null : text(row, column));
export const numberOrNull = (row: Row, column: string): number | null => (row[column] === null ? null : number(row, column));
export const dateOrNull = (row: Row, column: string): Date | null => (row[column] === null ? null : date(row, column));
/** A JSON column that we wrote ourselves. */
export const json = <T>(row: Row, column: string): T => JSON.parse(text(row, column)) as T;

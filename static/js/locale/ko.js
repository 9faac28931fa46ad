// Made by `make messages`.
/** @type {Record<string, string|string[]>} */
export const messages = {};
/** @type {(n: number) => number} */
export const plural = () => Number(0);

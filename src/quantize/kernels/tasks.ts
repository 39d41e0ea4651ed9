/** The heavy loops of all methods, by name. Each takes and gives plain data, so that a thread can run it. */
export const tasks = {};

export type Tasks = typeof tasks;

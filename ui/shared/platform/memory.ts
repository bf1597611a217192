/**
 * What the program remembers of a person's habits on this machine: theme, columns, the server's
 * address. Never a password and never a value of a record: it is not encrypted.
 */
const PREFIX = "daybook.";

export function remembered<T>(name: string): T | null {
  const text = localStorage.getItem(PREFIX + name);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    // Written by something else: forget it.
    localStorage.removeItem(PREFIX + name);
    return null;
  }
}

export function remember(name: string, value: unknown): void {
  localStorage.setItem(PREFIX + name, JSON.stringify(value));
}

export function forget(name: string): void {
  localStorage.removeItem(PREFIX + name);
}

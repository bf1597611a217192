import type {
  Failure,
  ImportOptions,
  ImportProgress,
  ImportReport,
  ImportUndone,
} from "@daybook/shared/generated/contract";
import { call, failureOf } from "@daybook/shared/platform/call";
import { onEvent } from "@daybook/shared/platform/events";
import { useSyncExternalStore } from "react";
import type { Chosen } from "./file";

export const NO_OPTIONS: ImportOptions = {
  format: null,
  encoding: null,
  delimiter: null,
  quote: null,
  sheet: null,
  decimal: null,
  dates: null,
  mapping: {},
  set: {},
  system: null,
  clear_empty: false,
  refused_to: null,
  all_or_nothing: false,
};

/** One import from the choice of its file to its end. */
export interface Work {
  file: Chosen | null;
  options: ImportOptions;
  /** What would come of it. */
  preview: ImportReport | null;
  /** What came of it. */
  done: ImportReport | null;
  undone: ImportUndone | null;
  doing: "looking" | "writing" | "undoing" | null;
  progress: ImportProgress | null;
  failure: Failure | null;
  /** The person has seen how it ended. */
  seen: boolean;
}

const NOTHING: Work = {
  file: null,
  options: NO_OPTIONS,
  preview: null,
  done: null,
  undone: null,
  doing: null,
  progress: null,
  failure: null,
  seen: true,
};

/**
 * The imports of this window by entity. They outlive their screen: a person works on elsewhere while one runs,
 * and finds it again as it was.
 */
const works = new Map<string, Work>();
const listeners = new Set<() => void>();

function put(entity: string, part: Partial<Work>): void {
  works.set(entity, { ...workOf(entity), ...part });
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function workOf(entity: string): Work {
  return works.get(entity) ?? NOTHING;
}

export function useWork(entity: string): Work {
  return useSyncExternalStore(subscribe, () => workOf(entity));
}

/** What runs, or has ended where nobody looked: the entity of it. */
export function useWorkElsewhere(): string | null {
  return useSyncExternalStore(subscribe, () => {
    const open = [...works].find(([, { doing, seen }]) => doing !== null || !seen);
    return open?.[0] ?? null;
  });
}

/** Does one thing after which the work holds what it answers; a failure leaves the rest as it was. */
async function run(
  entity: string,
  doing: NonNullable<Work["doing"]>,
  act: () => Promise<Partial<Work>>,
): Promise<void> {
  put(entity, { doing, failure: null, progress: null });
  const stop = onEvent((event) => {
    if (event.event === "import") put(entity, { progress: event.with });
  });
  let ended: Partial<Work>;
  try {
    ended = await act();
  } catch (cause) {
    ended = { failure: failureOf(cause) };
  }
  stop();
  const seen = doing === "looking";
  put(entity, { ...ended, doing: null, progress: null, seen });
}

const request = (entity: string, { file, options }: Work) => ({
  entity,
  file: file?.name ?? "",
  content: file?.content ?? null,
  options,
});

export function look(entity: string, options: ImportOptions): Promise<void> {
  put(entity, { options });
  return run(entity, "looking", async () => ({
    preview: await call("import_preview", request(entity, workOf(entity))),
  }));
}

/** Begins anew with a file. */
export function choose(entity: string, file: Chosen): Promise<void> {
  works.set(entity, { ...NOTHING, file });
  return look(entity, NO_OPTIONS);
}

export function write(entity: string): Promise<void> {
  return run(entity, "writing", async () => {
    const report = await call("import", request(entity, workOf(entity)));
    // Where a row that was right is wrong by now, all or nothing may mean nothing.
    return report.dry_run ? { preview: report } : { done: report };
  });
}

export function takeBack(entity: string, batch: string): Promise<void> {
  return run(entity, "undoing", async () => ({ undone: await call("import_undo", { batch }) }));
}

export function markSeen(entity: string): void {
  put(entity, { seen: true });
}

export function cancel(): void {
  void call("import_cancel");
}

/** Nothing is left of it on the screen. */
export function clear(entity: string): void {
  put(entity, NOTHING);
}

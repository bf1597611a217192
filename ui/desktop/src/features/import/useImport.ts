import { at } from "@daybook/shared/data/queries";
import type { EntityView, ImportOptions } from "@daybook/shared/generated/contract";
import { call } from "@daybook/shared/platform/call";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { readChosen } from "./file";
import { cancel, choose, clear, look, markSeen, takeBack, useWork, write } from "./work";

const BATCHES = ["import", "batches"] as const;

/** The import of an entity's records, what can be done with it, and the imports before it. */
export function useImport(entity: EntityView) {
  const { name } = entity;
  const queries = useQueryClient();
  const work = useWork(name);
  const batches = useQuery({ queryKey: BATCHES, queryFn: () => call("import_batches") });
  const settle = () => {
    void queries.invalidateQueries({ queryKey: BATCHES });
    void queries.invalidateQueries({ queryKey: at.records(name) });
  };
  const { seen } = work;
  useEffect(() => {
    if (!seen) markSeen(name);
  }, [name, seen]);

  return {
    ...work,
    report: work.done ?? work.preview,
    batches: (batches.data ?? []).filter((batch) => batch.entity === name),
    choose: async (picked: File) => choose(name, await readChosen(picked)),
    drop: (path: string) => choose(name, { name: path, content: null }),
    change: (part: Partial<ImportOptions>) => void look(name, { ...work.options, ...part }),
    start: () => void write(name).then(settle),
    takeBack: (batch: string) => void takeBack(name, batch).then(settle),
    cancel,
    clear: () => clear(name),
  };
}

export type Importing = ReturnType<typeof useImport>;

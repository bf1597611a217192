import { at } from "@daybook/shared/data/queries";
import type {
  EntityView,
  ImportOptions,
  ImportProgress,
  ImportReport,
} from "@daybook/shared/generated/contract";
import { call } from "@daybook/shared/platform/call";
import { onEvent } from "@daybook/shared/platform/events";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Chosen, readChosen } from "./file";

export type Options = ImportOptions;

export const NO_OPTIONS: Options = {
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

const BATCHES = ["import", "batches"] as const;

/** One import from the choice of a file to its end, and the imports before it. */
export function useImport(entity: EntityView) {
  const queries = useQueryClient();
  const [file, setFile] = useState<Chosen | null>(null);
  const [options, setOptions] = useState<Options>(NO_OPTIONS);
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  useEffect(
    () =>
      onEvent((event) => {
        if (event.event === "import") setProgress(event.with);
      }),
    [],
  );
  const request = (file: Chosen, options: Options) => ({
    entity: entity.name,
    file: file.name,
    content: file.content,
    options,
  });

  const preview = useMutation({
    mutationFn: (asked: { file: Chosen; options: Options }) =>
      call("import_preview", request(asked.file, asked.options)),
    onSettled: () => setProgress(null),
  });
  const look = (file: Chosen, options: Options) => {
    setOptions(options);
    preview.mutate({ file, options });
  };
  const run = useMutation({
    mutationFn: (asked: { file: Chosen; options: Options }): Promise<ImportReport> =>
      call("import", request(asked.file, asked.options)),
    onSettled: () => {
      setProgress(null);
      void queries.invalidateQueries({ queryKey: BATCHES });
      void queries.invalidateQueries({ queryKey: at.records(entity.name) });
    },
  });
  const undo = useMutation({
    mutationFn: (batch: string) => call("import_undo", { batch }),
    onSettled: () => {
      setProgress(null);
      void queries.invalidateQueries({ queryKey: BATCHES });
      void queries.invalidateQueries({ queryKey: at.records(entity.name) });
    },
  });
  const batches = useQuery({ queryKey: BATCHES, queryFn: () => call("import_batches") });

  return {
    file,
    options,
    progress,
    preview,
    run,
    undo,
    batches: (batches.data ?? []).filter((batch) => batch.entity === entity.name),
    choose: async (picked: File) => {
      const chosen = await readChosen(picked);
      setFile(chosen);
      run.reset();
      undo.reset();
      look(chosen, NO_OPTIONS);
    },
    change: (part: Partial<Options>) => file && look(file, { ...options, ...part }),
    start: () => file && run.mutate({ file, options }),
    cancel: () => void call("import_cancel"),
  };
}

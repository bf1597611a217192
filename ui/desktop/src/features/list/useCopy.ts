import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
import { useStyle } from "@daybook/shared/i18n/language";
import { tableText } from "@daybook/shared/lists/clipboard";
import type { GridHandle } from "@daybook/shared/lists/gridHandle";
import { type ListQuery, requestOf } from "@daybook/shared/lists/pages";
import { call, failureOf } from "@daybook/shared/platform/call";
import { App } from "antd";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";

/** The most records that the engine gives at once. */
const PAGE = 1000;

/** Copies the marked records, or all of a query, with the columns that are shown. */
export function useCopy(
  entity: EntityView,
  grid: RefObject<GridHandle | null>,
  all: ListQuery | null,
): () => void {
  const { t } = useTranslation();
  const style = useStyle();
  const { message } = App.useApp();
  return () => {
    const run = async () => {
      const { columns = [], sort = null } = grid.current?.arrangement() ?? {};
      const records = all ? await everything(all, sort) : (grid.current?.chosen() ?? []);
      if (records.length === 0) return;
      const names = columns.map(({ field }) => field);
      await navigator.clipboard.writeText(tableText(entity, names, records, style));
      void message.success(t("bulk.copied", { count: records.length }));
    };
    run().catch((cause) => void message.error(failureOf(cause).message));
  };
}

async function everything(query: ListQuery, sort: string | null): Promise<RecordView[]> {
  const records: RecordView[] = [];
  for (;;) {
    const request = { ...requestOf(query, sort, records.length), limit: PAGE };
    const page = await call("list", request);
    records.push(...page.records);
    if (page.records.length === 0 || records.length >= page.total) return records;
  }
}

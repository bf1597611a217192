import { at, useApprovals } from "@daybook/shared/data/queries";
import type { ProposalView, RecordView } from "@daybook/shared/generated/contract";
import { call } from "@daybook/shared/platform/call";
import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { isMine } from "./proposal";

/** Seconds for which it is said that what was saved waits. */
const SHOWN = 8;

/** How many proposals wait for this person. */
export function useMineToDecide(): number {
  return useApprovals().data?.filter(isMine).length ?? 0;
}

/**
 * Begins to watch a save; what that answers is called with the saved record, and tells the person if
 * part of it waits for somebody else.
 */
export function useSaidToWait(): () => (record: RecordView) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return () => {
    const known = queries.getQueryData<ProposalView[]>(at.approvals) ?? [];
    const before = new Set(known.map(({ id }) => id));
    return (record) => {
      const isNew = (one: ProposalView) =>
        one.own && one.record === record.id && !before.has(one.id);
      const asked = queries.fetchQuery({
        queryKey: at.approvals,
        queryFn: () => call("approvals"),
        staleTime: 0,
      });
      asked.then(
        (waiting) => {
          if (waiting.some(isNew)) void message.info(t("approvals.savedWaits"), SHOWN);
        },
        // The record was saved; its own page goes on to show what waits.
        () => undefined,
      );
    };
  };
}

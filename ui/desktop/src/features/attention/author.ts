import { useStatus } from "@daybook/shared/data/queries";
import { formatInstant } from "@daybook/shared/format/date";
import type { AttentionItem, HistoryEntry } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { call } from "@daybook/shared/platform/call";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

/** Whether it was the person at this computer who wrote the other value, at another one. */
export function useIsOneself(): (item: AttentionItem) => boolean {
  const { data: me } = useStatus();
  return ({ by_user: by }) => by !== null && by === me?.user_id;
}

/** The change of the history that wrote a value of this item which stands now; `undefined` where it is not told. */
export function writerOf(
  item: AttentionItem,
  entries: HistoryEntry[],
  path: string,
): HistoryEntry | undefined {
  const stands = JSON.stringify(item.fields[path]?.theirs ?? null);
  // Newest first: what stands is what was written last.
  return entries.find(
    ({ action, changes }) =>
      (path === "*" && action === "update") ||
      changes.some(({ field, after }) => field === path && JSON.stringify(after) === stands),
  );
}

/**
 * Who wrote what stands now, when and at which computer, as far as is known here: the history tells all of it
 * where the sync server is reached, the item itself only who. Empty where nothing is known.
 */
export function useAuthor(item: AttentionItem): (path: string) => string {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const { data: me } = useStatus();
  // Where two disagree; what was refused has no other side.
  const hasOther = item.kind === "conflict" || item.kind === "retired_edit";
  const { data: history } = useQuery({
    queryKey: ["history", item.entity, item.row_id, "attention", item.id],
    queryFn: () => call("history", { entity: item.entity, id: item.row_id, cursor: null }),
    enabled: hasOther,
  });
  return (path) => {
    if (!hasOther) return "";
    // What only this computer knows is its own work, not the other side's.
    const writer = history?.complete ? writerOf(item, history.entries, path) : undefined;
    // Who wrote this field is told by the history; the item names who wrote the record's only change.
    const by = writer ? writer.user_id : item.by_user;
    const who =
      by !== null && by === me?.user_id
        ? t("attention.youElsewhere")
        : (writer?.user ??
          (writer ? null : item.by_name) ??
          (by === null ? "" : t("record.someUser")));
    const at = writer && (writer.occurred_at ?? writer.received_at);
    const when = at ? formatInstant(at, locale) : "";
    return [who, when, writer?.device ?? ""].filter((part) => part !== "").join(" · ");
  };
}

import { pathLabel } from "@daybook/shared/entity/fields";
import type { AttentionItem, EntityView, Problem } from "@daybook/shared/generated/contract";
import { useEntities } from "@daybook/shared/data/queries";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { problemText } from "@daybook/shared/i18n/problem";
import { isReview, kindOf, reasonsInMessage } from "./choices";

/** An edit of a record that became another one. */
const MERGED = "merged_meanwhile";

/** Why there is an item, in the person's language; nothing where the item's own explanation says it all. */
export function useReasons(item: AttentionItem, entity: EntityView | undefined): string[] {
  const label = useLabel();
  const { language } = useLanguage();
  const { data: entities } = useEntities();
  const kind = kindOf(item);
  const isMerged = item.reasons.some(({ rule }) => rule === MERGED);
  const isTold = kind === "rejected" || kind === "decided" || isReview(item);
  if (!isTold && !isMerged) return [];
  const called = (path: string, of = entity) => of && path !== "" && pathLabel(of, path, label);
  if (item.reasons.length === 0) {
    return reasonsInMessage(item.message, (path) => called(path) || undefined);
  }
  return item.reasons.map((reason: Problem) => {
    const said = problemText(reason, language);
    // A rule of another record that refers to this one; the English message names it.
    const other = entities?.find(({ name }) => name === reason.params?.entity);
    const field = called(reason.field, other ?? entity);
    const isNamed = other && said !== reason.message;
    const record = isNamed ? `${label(other.label)} ${reason.params?.record ?? ""}` : undefined;
    return [record, field, said].filter(Boolean).join(": ");
  });
}

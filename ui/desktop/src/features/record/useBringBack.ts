import { showAnswer } from "@daybook/shared/data/queries";
import type { EntityView, Failure, RecordView } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";

/**
 * Takes the deletion of a record back, by its key or by `bringBack`, which is absent where that is not possible;
 * the key that edits says what to do instead.
 */
export function useBringBack(
  entity: EntityView,
  record: RecordView | null,
): { bringBack: (() => void) | undefined; failure: Failure | null } {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const isDeleted = record?.retired === true;
  // What became another record does not come back.
  const isMerged = typeof record?.fields.merged_into === "string";
  const may = isDeleted && !isMerged && entity.may_edit;
  const back = useMutation({
    mutationFn: (id: string) => call("bring_back", { entity: entity.name, id }),
    onSuccess: (shown) => {
      showAnswer(queries, entity.name, shown);
      void message.success(t("record.back_again", { title: shown.title }));
    },
  });
  const bringBack = () => {
    if (record && !back.isPending) back.mutate(record.id);
  };
  useKey("bringBack", bringBack, may);
  const say = () => {
    if (isMerged) void message.info(t("record.mergedEdit"));
    else if (may)
      void message.info(t("record.retiredEdit", { key: keyText("bringBack", language) }));
    else void message.info(t("record.retiredOnly"));
  };
  useKey("edit", say, isDeleted);
  return {
    bringBack: may ? bringBack : undefined,
    failure: back.error ? failureOf(back.error) : null,
  };
}

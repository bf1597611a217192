import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
import { Ask } from "@daybook/shared/kit/Ask";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

/** Asks whether a record is to be deleted, and deletes it. */
export function Retire({
  entity,
  record,
  onDone,
  onClose,
}: {
  entity: EntityView;
  record: RecordView;
  onDone: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const retire = useMutation({
    mutationFn: () => call("retire", { entity: entity.name, id: record.id }),
    onSuccess: onDone,
  });
  return (
    <Ask
      title={t("record.retireAsk", { title: record.title })}
      answer={t("record.retire")}
      danger
      busy={retire.isPending}
      onAnswer={() => retire.mutate()}
      onClose={onClose}
    >
      <p>{t("record.retireHint")}</p>
      {retire.error && <FailureNote failure={failureOf(retire.error)} />}
    </Ask>
  );
}

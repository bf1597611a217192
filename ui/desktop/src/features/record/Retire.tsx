import { UsedByNote } from "@daybook/shared/entity/UsedByNote";
import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
import { Ask } from "@daybook/shared/kit/Ask";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useMutation } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";

/** Seconds for which the list says what was deleted. */
const SHOWN = 6;

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
  const { message } = App.useApp();
  const retire = useMutation({
    mutationFn: () => call("retire", { entity: entity.name, id: record.id }),
    onSuccess: () => {
      void message.success(t("record.retired", { title: record.title }), SHOWN);
      onDone();
    },
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
      <UsedByNote
        of={[entity.name, record.id]}
        read={() =>
          call("used_by", { entity: entity.name, chosen: { by: "ids", with: [record.id] } })
        }
      />
      {retire.error && <FailureNote failure={failureOf(retire.error)} />}
    </Ask>
  );
}

import { showAnswer, useRecord } from "@daybook/shared/data/queries";
import type { Section } from "@daybook/shared/entity/fields";
import type { EntityView, Problem, RecordView, Saved } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTitle } from "@daybook/shared/kit/title";
import { failureOf } from "@daybook/shared/platform/call";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { RecordPage } from "./RecordPage";
import "./record.css";

interface Kept {
  id: string;
  warnings: Problem[];
}

/** One record of an entity, or a form for a new one. */
export function RecordScreen({
  entity,
  id,
  onSaved,
  onBack,
  onDuplicate,
  onStep,
  below,
  note,
  onSaving,
}: {
  entity: EntityView;
  /** `null` for a new record. */
  id: string | null;
  onSaved: (id: string) => void;
  onBack: () => void;
  onDuplicate?: () => void;
  onStep?: (by: 1 | -1) => void;
  /** What stands below the form of a record that is there. */
  below?: (record: RecordView) => ReactNode;
  /** What is to be said of a section of such a record, beside its fields. */
  note?: (record: RecordView, section: Section) => ReactNode;
  /** Called as a save begins; what it answers, with the record when it is saved. */
  onSaving?: () => (record: RecordView) => void;
}) {
  const queries = useQueryClient();
  const { data, error, refetch } = useRecord(entity.name, id);
  // What was said on saving outlives the change from the new form to the record's own page.
  const [saved, setSaved] = useState<Kept | null>(null);

  const done = ({ record, warnings }: Saved) => {
    showAnswer(queries, entity.name, record);
    setSaved({ id: record.id, warnings });
    if (id === null) onSaved(record.id);
  };

  if (id !== null && error && !data) {
    return <Missing entity={entity} error={error} onAgain={() => void refetch()} onBack={onBack} />;
  }
  if (id !== null && !data) return <Waiting />;
  return (
    <RecordPage
      key={id ?? "new"}
      entity={entity}
      record={id === null ? null : (data ?? null)}
      saved={saved && saved.id === id ? saved : null}
      onSaved={done}
      onBack={onBack}
      onDuplicate={onDuplicate}
      onStep={onStep}
      below={below}
      note={note}
      onSaving={onSaving}
    />
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <div className="record" role="status" aria-label={t("app.loading")}>
      <div className="record-skeleton">
        <Skeleton active={false} paragraph={{ rows: 12 }} />
      </div>
    </div>
  );
}

function Missing({
  entity,
  error,
  onAgain,
  onBack,
}: {
  entity: EntityView;
  error: Error;
  onAgain: () => void;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  useKey("back", onBack);
  useTitle(t("record.notFound"), label(entity.plural));
  const failure = failureOf(error);
  if (failure.code === "not_found") {
    return (
      <div className="record">
        <Blank title={t("record.notFound")} hint={t("fail.next.not_found")}>
          <Button type="primary" onClick={onBack}>
            {t("record.back")}
          </Button>
        </Blank>
      </div>
    );
  }
  return (
    <div className="record">
      <div className="record-missing">
        <FailureNote failure={failure} onAgain={onAgain} large />
        <Button onClick={onBack}>{t("record.back")}</Button>
      </div>
    </div>
  );
}

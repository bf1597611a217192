import { formatMoment } from "@daybook/shared/format/date";
import { titleOf } from "@daybook/shared/forms/kept";
import type { EntityView, FormDraft } from "@daybook/shared/generated/contract";
import { useLanguage } from "@daybook/shared/i18n/language";
import { useKey } from "@daybook/shared/keys/Keyboard";
import { keyText } from "@daybook/shared/keys/keymap";
import { Ask } from "@daybook/shared/kit/Ask";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** What was typed here before and never saved: to go on with, or to throw away. */
export function LeftNote({
  entity,
  isEdit,
  left,
  onTakeUp,
  onThrowAway,
}: {
  entity: EntityView;
  /** Of a record that is there, not of a new one. */
  isEdit: boolean;
  left: FormDraft[];
  onTakeUp: (left: FormDraft) => void;
  onThrowAway: (left: FormDraft) => void;
}) {
  const { t } = useTranslation();
  const { language, locale } = useLanguage();
  const [going, setGoing] = useState<FormDraft | null>(null);
  const [newest] = left;
  useKey("takeUp", () => newest && onTakeUp(newest), newest !== undefined);
  if (!newest) return null;
  const wordsOf = ({ kept_at: keptAt, content }: FormDraft) => {
    const date = formatMoment(keptAt, locale, new Date());
    const title = titleOf(entity, content);
    if (isEdit) return t("record.leftEdit", { date });
    return title === "" ? t("record.leftNameless", { date }) : t("record.left", { date, title });
  };
  return (
    <div className="record-notes" role="status">
      {left.map((draft) => (
        <div key={draft.id} className="record-note warn record-left">
          <span>{wordsOf(draft)}</span>
          <Button size="small" onClick={() => onTakeUp(draft)}>
            {t("record.takeUp")}{" "}
            {draft === newest && <kbd aria-hidden>{keyText("takeUp", language)}</kbd>}
          </Button>
          <Button size="small" type="text" onClick={() => setGoing(draft)}>
            {t("record.throwAway")}
          </Button>
        </div>
      ))}
      {going && (
        <Ask
          title={t("record.throwAwayAsk")}
          answer={t("record.throwAway")}
          losesWork
          onAnswer={() => {
            onThrowAway(going);
            setGoing(null);
          }}
          onClose={() => setGoing(null)}
        >
          <p>{t("record.throwAwayHint")}</p>
        </Ask>
      )}
    </div>
  );
}

import { pathLabel } from "@daybook/shared/entity/fields";
import { changesOf } from "@daybook/shared/forms/changes";
import { useForm } from "@daybook/shared/forms/form";
import type { EntityView, SimilarRecord } from "@daybook/shared/generated/contract";
import { useLabel } from "@daybook/shared/i18n/language";
import { call } from "@daybook/shared/platform/call";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

/** So long nobody typed before the copy is asked, in milliseconds. */
const PAUSE = 400;

/** What is typed into a new record and may be there already: said while it is typed, in no one's way. */
export function SimilarNote({ entity }: { entity: EntityView }) {
  const { t } = useTranslation();
  const label = useLabel();
  const { draft } = useForm();
  const changes = useMemo(() => changesOf(draft), [draft]);
  const [found, setFound] = useState<SimilarRecord[]>([]);

  useEffect(() => {
    let current = true;
    const later = setTimeout(() => {
      call("similar", { entity: entity.name, id: null, changes }).then(
        (records) => current && setFound(records),
        // A hint that could not be given stops nobody.
        () => current && setFound([]),
      );
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(later);
    };
  }, [entity.name, changes]);

  if (found.length === 0) return null;
  const why = ({ reasons }: SimilarRecord) =>
    [...new Set(reasons.map(({ field }) => pathLabel(entity, field, label)))].join(", ");
  return (
    <div className="record-note warn" role="status">
      <strong>{t("duplicates.already", { count: found.length })}</strong>
      <ul>
        {found.map((record) => (
          <li key={record.id}>
            {t("duplicates.alreadyOne", { title: record.title, why: why(record) })}
          </li>
        ))}
      </ul>
    </div>
  );
}

import type { AttentionItem, EntityView } from "@daybook/shared/generated/contract";
import { useTranslation } from "react-i18next";
import { useWords } from "./values";

/** What was entered and refused, kept word for word. */
export function Entered({ item, entity }: { item: AttentionItem; entity: EntityView | undefined }) {
  const { t } = useTranslation();
  const words = useWords(item, entity);
  const fields = Object.entries(item.fields).filter(([, field]) => field.mine !== null);
  if (fields.length === 0) return null;
  return (
    <table className="compared">
      <thead>
        <tr>
          <th scope="col">{t("attention.field")}</th>
          <th scope="col">{t("attention.mine")}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(([path, field]) => (
          <tr key={path}>
            <th scope="row">{words.label(path)}</th>
            <td>{words.value(path, field.mine)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

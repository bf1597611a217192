import type { AttentionItem, EntityView } from "@daybook/shared/generated/contract";
import { useTranslation } from "react-i18next";
import { useAuthor } from "./author";
import { WHOLE } from "./choices";
import { inFormOrder } from "./order";
import { useWords } from "./values";

/** What somebody else changed in the record that one deleted: to know, not to decide. */
export function Edited({ item, entity }: { item: AttentionItem; entity: EntityView | undefined }) {
  const { t } = useTranslation();
  const words = useWords(item, entity);
  const author = useAuthor(item);
  const paths = inFormOrder(item, entity).filter((path) => path !== WHOLE);
  if (paths.length === 0) return null;
  const say = (path: string, side: "base" | "theirs") =>
    item.fields[path]?.untold?.includes(side)
      ? t("attention.untold")
      : words.value(path, item.fields[path]?.[side] ?? null) || t("attention.empty_value");
  return (
    <table className="compared">
      <thead>
        <tr>
          <th scope="col">{t("attention.field")}</th>
          <th scope="col">{t("attention.base")}</th>
          <th scope="col">{t("attention.theirs")}</th>
        </tr>
      </thead>
      <tbody>
        {paths.map((path) => (
          <tr key={path}>
            <th scope="row">{words.label(path)}</th>
            <td className="quiet">{say(path, "base")}</td>
            <td>
              {say(path, "theirs")}
              {author(path) !== "" && <span className="compared-by faint">{author(path)}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

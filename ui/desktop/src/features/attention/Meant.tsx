import type { AttentionItem, EntityView } from "@daybook/shared/generated/contract";
import { useTranslation } from "react-i18next";
import { WHOLE } from "./choices";
import { inFormOrder } from "./order";
import { useWords } from "./values";

const VERBS = ["create", "update", "retire", "merge", "approve", "refuse"] as const;

/** What somebody meant to write, beside what stands now and what they saw. */
export function Meant({ item, entity }: { item: AttentionItem; entity: EntityView | undefined }) {
  const { t } = useTranslation();
  const words = useWords(item, entity);
  const paths = inFormOrder(item, entity).filter((path) => path !== WHOLE);
  const said = item.fields[WHOLE]?.mine;
  const verb = VERBS.find((known) => known === said);
  const say = (path: string, side: "mine" | "theirs" | "base") =>
    item.fields[path]?.untold?.includes(side)
      ? t("attention.untold")
      : words.value(path, item.fields[path]?.[side] ?? null) || t("attention.empty_value");
  return (
    <>
      {verb && (
        <p>
          {t("attention.review.did")}: <strong>{t(`attention.review.verbs.${verb}`)}</strong>
        </p>
      )}
      {paths.length > 0 && (
        <table className="compared">
          <thead>
            <tr>
              <th scope="col">{t("attention.field")}</th>
              <th scope="col">{t("attention.review.meant")}</th>
              <th scope="col">{t("attention.theirs")}</th>
              <th scope="col">{t("attention.base")}</th>
            </tr>
          </thead>
          <tbody>
            {paths.map((path) => (
              <tr key={path}>
                <th scope="row">{words.label(path)}</th>
                <td>{say(path, "mine")}</td>
                <td>{say(path, "theirs")}</td>
                <td className="quiet compared-base">{say(path, "base")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
